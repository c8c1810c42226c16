"""Keeps what the robot knows beyond its newest reading. Pure."""

from __future__ import annotations

import math

from tank_core.commands import Command, Grasp, Release
from tank_core.robot import Robot
from tank_core.state import Detections, JointTrajectory, RobotState
from tank_executor import hand
from tank_executor.arm import ArmPlanner
from tank_executor.behaviors.handling.carrying import Carrying
from tank_executor.behaviors.handling.grasp_check import grasp_check_for
from tank_executor.learned import NOTHING, Learned
from tank_executor.memory import ObjectMemory
from tank_executor.motion.travel import Compass
from tank_executor.plan import PlanStatus, StepOutcome
from tank_executor.script import Context, Memory


class Knowledge:
    """The things around, the way and its places, north, and what is held.

    Feed it every state that can be believed with ``note``; ``context`` is what a step sees of it.
    """

    def __init__(
        self,
        robot: Robot,
        stop_for_obstacles: bool,
        north: Compass | None,
        learned: Learned = NOTHING,
    ) -> None:
        """Begin with nothing but ``north``, where that is known, and skills."""
        self.objects = ObjectMemory(robot.range_sensor)
        self.memory = Memory(compass=north)
        self.robot, self._stop_for_obstacles, self._north = robot, stop_for_obstacles, north
        self._arm, self._grasp_check = ArmPlanner(robot), grasp_check_for(robot)
        self._carrying, self._learned = Carrying(), learned
        self._reset_at = -math.inf  # [s] what is as old as this is from before the world was reset

    def note(
        self, state: RobotState, detections: Detections | None, command: Command | None, now: float
    ) -> str | None:
        """Take over a state; returns what the hand lost just now, or None.

        ``command``: that of the step that runs. A grasp watches the hand itself, and a release
        opens it once it is low.
        """
        memory = self.memory
        self.objects.note(state, detections)
        if reason := memory.travel.note(state, self.robot.drive):
            memory.compass = self._north
            memory.places.forget(reason)
        memory.places.note(state.odometry, self.objects.things, self.objects.time)
        context = self.context(state, now)
        low = isinstance(command, (Grasp, Release)) and hand.is_low(context)
        if low:
            x, y, _ = hand.tip(context)
            self.objects.touch(state.time, state.odometry.pose.to_world((x, y)))
        return None if low or isinstance(command, Grasp) else self._carrying.lost(context)

    def is_late(self, state: RobotState) -> bool:
        """Whether a state is still on its way from before the world was reset."""
        return state.time <= self._reset_at

    def clock_went_back(self) -> None:
        """Forget the things: in a new time nothing that was seen counts."""
        self._reset_at = -math.inf
        self.objects.forget()

    def world_reset(self, at: float) -> None:
        """Forget all but the last plan: the world began anew ``at`` [s]."""
        self._reset_at, last, places = at, self.memory.last_plan, self.memory.places
        # where it starts it starts again: only names are missed
        places.forget("the world was reset" if places.names else "")
        self.memory = Memory(compass=self._north, last_plan=last, places=places)
        self.objects.forget(at)

    def plan_ended(self, status: PlanStatus) -> None:
        """Keep how a plan ended, unless it did nothing but answer."""
        if status.plan is not None and not status.plan.asks:
            self.memory.last_plan = status

    def context(
        self, state: RobotState, now: float, earlier: tuple[StepOutcome, ...] = ()
    ) -> Context:
        """Return what a step sees at ``now`` [s], after its plan's ``earlier``."""
        return Context(
            self.robot,
            self._arm,
            state,
            self._grasp_check,
            self.objects,
            now,
            self.memory,
            self._stop_for_obstacles,
            earlier=earlier,
            learned=self._learned,
        )

    def hold(self, state: RobotState) -> JointTrajectory | None:
        """Return what keeps the arm where it is."""
        return self._arm.hold(state.joints)
