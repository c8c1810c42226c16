"""Runs plans, one after the other. Pure: time is an argument."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

from tank_core.robot import Robot
from tank_core.robot_controller import Applied
from tank_core.state import CameraFrame, Detections, RobotState, Twist2D
from tank_core.stop_latch import OPERATOR, StopLatch
from tank_executor.findings import Photo, PhotoRequest
from tank_executor.knowledge import Knowledge
from tank_executor.learned import NOTHING, Learned
from tank_executor.memory import AHEAD_S
from tank_executor.motion import odometry
from tank_executor.motion.travel import Compass
from tank_executor.places import Places
from tank_executor.plan import Plan, PlanState, PlanStatus, StepOutcome, StepStatus
from tank_executor.running import plan_progress
from tank_executor.running.plan_run import Output, PlanRun
from tank_executor.running.wheel import BY_HAND, Wheel
from tank_executor.script import Memory

MAX_QUEUED = 32


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

    def __init__(
        self,
        robot: Robot,
        stop_for_obstacles: bool = True,
        compass: Compass | None = None,
        learned: Learned = NOTHING,
    ) -> None:
        """Run plans on a robot.

        ``stop_for_obstacles``: a move ends before what range sensor or camera see in its way.
        ``compass``: where north is in odom, where that is known from the beginning. ``learned``:
        the skills that carry out some of the steps.
        """
        self.robot = robot
        self._known = Knowledge(robot, stop_for_obstacles, compass, learned)
        self._queue: deque[Plan] = deque()
        self._run: PlanRun | None = None  # the plan that runs
        self._asked: list[PlanRun] = []  # questions that are answered beside it
        self._ended = PlanStatus()  # how the last one ended
        self._changes: list[PlanStatus] = []
        self._pending: Output | None = None
        self._stops = StopLatch()
        self._now = 0.0
        self.wheel = Wheel(robot)

    # What it says

    @property
    def status(self) -> PlanStatus:
        """The current work, or how the last plan ended."""
        status = self._ended if self._run is None else self._run.status
        return replace(status, queued=len(self._queue))

    @property
    def places(self) -> Places:
        """The places that the robot knows."""
        return self._memory.places

    @property
    def running(self) -> bool:
        """True while a plan runs or waits, or a question is answered."""
        return self._run is not None or bool(self._queue or self._asked)

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

    @property
    def photo_wanted(self) -> PhotoRequest | None:
        """The picture that the current step waits for: see ``photo_taken``."""
        return self._run.photo_wanted if self._run is not None else None

    @property
    def view_wanted(self) -> bool:
        """Whether the current step wants the camera's images: see ``saw``."""
        return self._run is not None and self._run.view_wanted

    def take_changes(self) -> list[PlanStatus]:
        """Return every change of state or step since the last call, in order.

        Each plan ends in exactly one of them. One without a plan says what happened while none
        ran, such as a thing that was lost.
        """
        changes, self._changes = self._changes, []
        return changes

    def take_output(self) -> Output:
        """Return what a stop wants sent at once."""
        output, self._pending = self._pending or Output(), None
        return output

    # What it is told

    def submit(self, plan: Plan) -> str | None:
        """Put a plan behind those that wait; returns why not, or None.

        A plan that is only a stop ends them all. One that only asks does not wait: it is answered
        beside the one that runs, which does not notice.
        """
        reason = self.refusal(plan)
        if reason:
            self.refuse(plan, reason)
        elif plan.preempts:
            self._end_everything("stopped by a stop command")
            done = (StepOutcome(plan.commands[0], StepStatus.SUCCEEDED),)
            self._tell(PlanStatus(PlanState.SUCCEEDED, plan, outcomes=done, message="stopped"))
        elif plan.asks and self.running:
            self._asked.append(PlanRun(plan, self._known, self._note, self._now))
        else:
            self._queue.append(plan)
        return reason

    def refuse(self, plan: Plan, reason: str) -> None:
        """Tell that a plan is not begun; what runs and waits goes on."""
        self._drop(plan, PlanState.REFUSED, reason)

    def drive(self, twist: Twist2D, at: float, refusal: str | None = None) -> Applied:
        """Hear a hand that drives, ``at`` [s] of its clock; says what it gets.

        Taking the wheel ends every plan. From then on ``wheel.velocity`` is to be sent.
        """
        held = self.wheel.held
        applied = self.wheel.turn(twist, at, self._now, refusal or self._stops.refusal)
        if self.wheel.held and not held:
            self._end_plans(BY_HAND)
        return applied

    def stop(self, reason: str, source: str = OPERATOR, latch: bool = True) -> Output:
        """End every plan and hand's drive now; returns what to send at once.

        ``latch`` refuses new ones until ``source`` resets it. Idempotent.
        """
        if latch:
            self._stops.stop(reason, source)
        self._end_everything(reason)
        return self.take_output()

    def reset_stop(self, source: str | None = None) -> bool:
        """Take back a source's stop, or all; True if plans are accepted again."""
        return self._stops.reset(source)

    def cancel(self, plan: Plan, reason: str) -> Output:
        """Take back a plan; returns what to send at once.

        One that waits leaves the queue, a question is not answered; if it runs, everything stops.
        """
        if self._run is not None and self._run.plan is plan:
            return self.stop(reason, latch=False)
        for question in self._asked:
            if question.plan is plan and question.goes_on:
                question.stop(reason)
        for waiting in list(self._queue):
            if waiting is plan:
                self._queue = deque(other for other in self._queue if other is not plan)
                self._drop(plan, PlanState.STOPPED, reason)
        return Output()

    def fail(self, reason: str) -> Output:
        """End what runs and is asked as failed; returns what to send at once.

        The reason is one that the steps cannot see. Those that wait go on.
        """
        while self._asked:
            self._asked.pop(0).fail(reason)
        return self._run.fail(reason) if self._run is not None else Output()

    def world_reset(self, until: float) -> Output:
        """End everything, because the simulated world began anew.

        What was known up to ``until`` [s] is forgotten; what comes late from then does not count.
        The plan that runs fails. Returns what to send at once.
        """
        reason = "the world was reset"
        self._known.world_reset(until)
        self._time_began_anew()
        output = self.fail(reason)
        self._end_everything(reason)
        self._pending = None
        return output

    def refusal(self, plan: Plan) -> str | None:
        """Say why a plan would be refused now; None when it would be taken."""
        if self.stopped:
            return self._stops.refusal
        if not plan.commands:
            return "the command list is empty"
        if plan.preempts:
            return None
        if not plan.asks and (by_hand := self.wheel.refusal(plan.stamp * 1e-9, self._now)):
            return by_hand
        if len(self._queue) + len(self._asked) >= MAX_QUEUED:
            return f"{MAX_QUEUED} command lists wait already; say stop to drop them"
        return None

    def photo_taken(self, photo: Photo | str) -> None:
        """Tell what became of ``photo_wanted``: the picture, or why not."""
        if self._run is not None:
            self._run.photo_taken(photo)

    def saw(self, frame: CameraFrame) -> None:
        """Hand over the newest image, while ``view_wanted``."""
        if self._run is not None:
            self._run.saw(frame)

    # Time goes on

    def step(self, state: RobotState | None, detections: Detections | None, now: float) -> Output:
        """Advance by one tick at ``now`` [s]; returns what to send.

        ``state`` None: no odometry has come. Nothing is sent unless a plan runs or was just
        stopped.
        """
        went_back = self._now - now
        self._now = now
        if went_back > 0.0:
            self._known.clock_went_back()
        if state is not None and self._known.is_late(state):
            state = None
        lost = None
        believed = state is not None and odometry.fault(state.odometry) is None
        if state is not None and believed and state.time <= now + AHEAD_S:
            command = self._run.command if self._run is not None else None
            lost = self._known.note(state, detections, command, now)
        drops = bool(lost) and self._run is not None and not self._run.plan.asks
        if lost and not drops:
            self._note(PlanStatus(message=f"I lost {lost}"))
        if self._pending is not None:
            return self.take_output()
        if went_back > 0.0:
            self._time_began_anew()
        if self._run is None and self._queue:
            self._run = PlanRun(self._queue.popleft(), self._known, self._tell, now)
        if went_back > 0.0:
            return self.fail(f"the clock went back by {went_back:.1f} s: was the simulation reset?")
        self._answer(state, now)
        if self._run is None:
            return Output()
        return self._run.fail(f"I lost {lost} on the way") if drops else self._run.step(state, now)

    def _answer(self, state: RobotState | None, now: float) -> None:
        """Go on with the questions that are asked beside the plan that runs."""
        for question in self._asked:
            question.step(state, now, self.status if self._run is not None else None)
        self._asked = [question for question in self._asked if question.goes_on]

    @property
    def _memory(self) -> Memory:
        return self._known.memory

    def _time_began_anew(self) -> None:
        self._memory.reference = None
        for run in (*self._asked, *([self._run] if self._run is not None else [])):
            run.time_began_anew(self._now)

    # What changes

    def _tell(self, status: PlanStatus) -> None:
        """Take over a change of the plan that runs; it may have ended."""
        if status.state is not PlanState.RUNNING:
            self._run, self._ended = None, status
            self._known.plan_ended(status)
        self._note(status)

    def _note(self, status: PlanStatus) -> None:
        self._changes.append(replace(status, queued=len(self._queue)))

    def _drop(self, plan: Plan, state: PlanState, reason: str) -> None:
        self._note(plan_progress.never_begun(plan, state, reason))

    def _end_everything(self, reason: str) -> None:
        self.wheel.end()
        self._end_plans(reason)

    def _end_plans(self, reason: str) -> None:
        """End every plan: zero velocity at once, the arm held where it is."""
        self._memory.reference = None
        self._pending = self._run.stop(reason) if self._run is not None else Output(Twist2D())
        while self._asked:
            self._asked.pop(0).stop(reason)
        while self._queue:
            self._drop(self._queue.popleft(), PlanState.STOPPED, reason)
