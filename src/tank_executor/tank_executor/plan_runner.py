"""Runs plans, one after the other. Pure: time is an argument."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, replace

from tank_core.commands import Command, Grasp, Release
from tank_core.pacing import stamp_fault
from tank_core.robot import Robot
from tank_core.state import Detections, JointTrajectory, RobotState, Twist2D
from tank_core.stop_latch import OPERATOR, StopLatch
from tank_executor import plan_progress
from tank_executor.arm import ArmPlanner
from tank_executor.behaviors.grasp_check import grasp_check_for
from tank_executor.memory import AHEAD_S, ObjectMemory
from tank_executor.motion import odometry
from tank_executor.plan import Plan, PlanState, PlanStatus, StepOutcome, StepStatus
from tank_executor.primitives import primitive_for
from tank_executor.script import Context, Done, Memory, Primitive, TickOutput

MAX_QUEUED = 32
STALE_S = 0.5  # an older state is not acted on: the robot is told to stand still
STATE_PATIENCE_S = 3.0  # without a state that can be acted on, the step fails


@dataclass(frozen=True)
class Output:
    """The message for the robot in this tick; None: nothing is sent."""

    twist: Twist2D | None = None
    trajectory: JointTrajectory | None = None


class PlanRunner:
    """A queue of plans and the one that runs.

    ``step`` is to be called at 50 Hz of whatever time there is; ``submit``, ``stop`` and the others
    in between, by one thread at a time. Where ``controller`` is a RobotController:

        runner = PlanRunner(controller.robot)
        runner.submit(Plan((Move("forward", 1.0),)))
        while runner.running:
            state = controller.step(now)
            output = runner.step(state, detections, now)
            if output.twist is not None:
                controller.command_twist(output.twist, now)
            if output.trajectory is not None:
                controller.command_trajectory(output.trajectory, now)
    """

    def __init__(self, robot: Robot, stop_for_obstacles: bool = True) -> None:
        """Run plans on a robot.

        ``stop_for_obstacles``: a move ends before what range sensor or camera see in its way.
        """
        self.robot = robot
        self._stop_for_obstacles = stop_for_obstacles
        self._arm = ArmPlanner(robot)
        self._grasp_check = grasp_check_for(robot)
        self._objects = ObjectMemory(robot.range_sensor)
        self._memory = Memory()
        self._queue: deque[Plan] = deque()
        self._status = PlanStatus()
        self._changes: list[PlanStatus] = []
        self._pending: Output | None = None
        self._stops = StopLatch()
        self._primitive: Primitive | None = None
        self._step_began = self._usable_at = self._now = 0.0
        self._state: RobotState | None = None  # the last that could be acted on

    # What it says

    @property
    def status(self) -> PlanStatus:
        """The current work, or how the last plan ended."""
        return replace(self._status, queued=len(self._queue))

    @property
    def running(self) -> bool:
        """True while a plan runs or waits."""
        return self._status.state is PlanState.RUNNING or bool(self._queue)

    @property
    def stopped(self) -> bool:
        """True from a latched stop until whoever stopped it has reset it."""
        return self._stops.stopped

    def stopped_by(self, source: str) -> bool:
        """True from this source's latched stop until it has reset it."""
        return self._stops.stopped_by(source)

    @property
    def stop_reason(self) -> str:
        """The reason of the stop, in words; empty when it is not stopped."""
        return self._stops.reason

    def take_changes(self) -> list[PlanStatus]:
        """Return every change of state or step since the last call, in order.

        Each plan ends in exactly one of them.
        """
        changes, self._changes = self._changes, []
        return changes

    def take_output(self) -> Output:
        """Return what a stop wants sent at once, without waiting for a step."""
        output, self._pending = self._pending or Output(), None
        return output

    # What it is told

    def submit(self, plan: Plan) -> str | None:
        """Put a plan behind those that wait; returns why not, or None.

        A plan that is only a stop ends them all.
        """
        reason = self.refusal(plan)
        if reason:
            self.refuse(plan, reason)
        elif plan.preempts:
            self._end_everything("stopped by a stop command")
            done = (StepOutcome(plan.commands[0], StepStatus.SUCCEEDED),)
            self._finish(PlanStatus(PlanState.SUCCEEDED, plan, outcomes=done), "stopped")
        else:
            self._queue.append(plan)
        return reason

    def refuse(self, plan: Plan, reason: str) -> None:
        """Tell that a plan is not begun; what runs and waits goes on."""
        self._drop(plan, PlanState.REFUSED, reason)

    def stop(self, reason: str, source: str = OPERATOR, latch: bool = True) -> Output:
        """End every plan now.

        ``latch`` refuses new ones until ``source`` resets it. Idempotent. Returns what to send at
        once.
        """
        if latch:
            self._stops.stop(reason, source)
        self._end_everything(reason)
        return self.take_output()

    def reset_stop(self, source: str | None = None) -> bool:
        """Take back the latched stop of one source, or of all.

        Returns True when plans are accepted again.
        """
        return self._stops.reset(source)

    def cancel(self, plan: Plan, reason: str) -> Output:
        """Take back a plan; returns what to send at once.

        One that waits leaves the queue; if it runs, everything stops.
        """
        if self._status.plan is plan and self._status.state is PlanState.RUNNING:
            return self.stop(reason, latch=False)
        for waiting in list(self._queue):
            if waiting is plan:
                self._queue = deque(other for other in self._queue if other is not plan)
                self._drop(plan, PlanState.STOPPED, reason)
        return Output()

    def fail(self, reason: str) -> Output:
        """End the plan that runs as failed; returns what to send at once.

        The reason is one that its steps cannot see. Those that wait go on.
        """
        if self._status.state is PlanState.RUNNING:
            return self._end_step(StepStatus.FAILED, reason)
        return Output()

    def refusal(self, plan: Plan) -> str | None:
        """Say why a plan would be refused now; None when it would be taken."""
        if self.stopped:
            return self._stops.refusal
        if not plan.commands:
            return "the command list is empty"
        if not plan.preempts and len(self._queue) >= MAX_QUEUED:
            return f"{MAX_QUEUED} command lists wait already; say stop to drop them"
        return None

    # Time goes on

    def step(self, state: RobotState | None, detections: Detections | None, now: float) -> Output:
        """Advance by one tick at ``now`` [s]; returns what to send.

        ``state`` None: no odometry has come. Nothing is sent unless a plan runs or was just
        stopped.
        """
        went_back = self._now - now
        self._now = now
        if went_back > 0.0:
            self._objects.forget()
        believed = state is not None and odometry.fault(state.odometry) is None
        if state is not None and believed and state.time <= now + AHEAD_S:
            self._objects.note(state, detections)
        if self._pending is not None:
            return self.take_output()
        if went_back > 0.0:
            self._forget(now)
        if self._status.state is not PlanState.RUNNING and not self._begin_next():
            return Output()
        if went_back > 0.0:
            reason = f"the clock went back by {went_back:.1f} s: was the simulation reset?"
            return self._end_step(StepStatus.FAILED, reason)
        fault = self._fault(state)
        if fault or state is None:
            if now - self._usable_at >= STATE_PATIENCE_S:
                return self._end_step(StepStatus.FAILED, fault or "")
            return self._stand_still(fault or "")
        jump = odometry.jump(self._state, state, self.robot.drive) if self._state else None
        self._usable_at, self._state = now, state
        if jump:
            self._objects.forget()
            reason = f"odometry jumped by {jump}: was the robot moved or the world reset?"
            return self._end_step(StepStatus.FAILED, reason)
        return self._advance(state)

    def _forget(self, now: float) -> None:
        """Begin a new time: nothing of the old one counts."""
        self._memory.reference, self._state = None, None
        self._usable_at = self._step_began = now

    def _fault(self, state: RobotState | None) -> str | None:
        """Say why a state cannot be acted on."""
        if state is None:
            return "no odometry on 'odom': is the robot running?"
        fault = odometry.fault(state.odometry)
        if fault:
            return fault
        if any(not math.isfinite(joint.position) for joint in state.joints.values()):
            return "a joint position on 'joint_states' is not a number"
        missing = [name for name in self._joints_needed() if name not in state.joints]
        if missing:
            return f"no reading of {missing[0]} on 'joint_states': is the robot running?"
        stale = stamp_fault(state.time, self._now, STALE_S, AHEAD_S)
        return f"the odometry on 'odom' is not up to date: {stale}" if stale else None

    def _joints_needed(self) -> tuple[str, ...]:
        return self.robot.joint_names if isinstance(self._command, (Grasp, Release)) else ()

    @property
    def _command(self) -> Command:
        return self._status.outcomes[self._status.step].command

    def _begin_next(self) -> bool:
        if not self._queue:
            return False
        plan = self._queue.popleft()
        self._status = plan_progress.begun(plan)
        self._state = None  # the robot may have been moved meanwhile
        self._begin_step(0)
        return True

    def _begin_step(self, index: int) -> None:
        self._primitive = None
        self._step_began = self._usable_at = self._now
        self._status = plan_progress.step_begun(self._status, index)
        self._changes.append(self.status)

    def _stand_still(self, message: str) -> Output:
        self._status = replace(self._status, message=message)
        return Output(Twist2D())

    def _advance(self, state: RobotState) -> Output:
        if self._primitive is None:
            context = Context(
                self.robot,
                self._arm,
                state,
                self._grasp_check,
                self._objects,
                self._now,
                self._memory,
                self._stop_for_obstacles,
            )
            self._primitive = primitive_for(self._command, context)
        action = self._primitive.step(state, self._now)
        if isinstance(action, TickOutput):
            text = action.message or self._status.message
            self._status = replace(self._status, progress=action.progress, message=text)
            return Output(action.twist, action.trajectory)
        done = isinstance(action, Done)
        return self._end_step(StepStatus.SUCCEEDED if done else StepStatus.FAILED, action.message)

    # Ends

    def _end_step(self, status: StepStatus, message: str) -> Output:
        """End the current step: on to the next, or the plan ends.

        The velocity is zero between steps.
        """
        succeeded, index = status is StepStatus.SUCCEEDED, self._status.step
        self._status = replace(self._step_ended(status, message), progress=float(succeeded))
        if succeeded and index + 1 < len(self._status.outcomes):
            self._begin_step(index + 1)
        elif succeeded:
            self._finish(replace(self._status, state=PlanState.SUCCEEDED), message or "done")
        else:
            self._memory.reference = None
            text = plan_progress.failure(self._status, message)
            self._finish(plan_progress.ended(self._status, PlanState.FAILED), text)
            return Output(Twist2D(), self._hold())
        return Output(Twist2D())

    def _step_ended(self, status: StepStatus, message: str) -> PlanStatus:
        duration = self._now - self._step_began
        return plan_progress.step_ended(self._status, status, message, duration)

    def _end_everything(self, reason: str) -> None:
        """End every plan: zero velocity at once, the arm held where it is."""
        self._memory.reference = None
        running = self._status.state is PlanState.RUNNING
        self._pending = Output(Twist2D(), self._hold() if running else None)
        if running:
            stopped = self._step_ended(StepStatus.STOPPED, reason)
            self._finish(plan_progress.ended(stopped, PlanState.STOPPED), reason)
        while self._queue:
            plan = self._queue.popleft()
            self._drop(plan, PlanState.STOPPED, reason)

    def _drop(self, plan: Plan, state: PlanState, reason: str) -> None:
        self._changes.append(plan_progress.never_begun(plan, state, reason, len(self._queue)))

    def _finish(self, status: PlanStatus, message: str) -> None:
        self._status = replace(status, message=message)
        self._primitive = None
        self._changes.append(self.status)

    def _hold(self) -> JointTrajectory | None:
        return self._arm.hold(self._state.joints) if self._state is not None else None
