"""A plan on its way, from its first step to its end. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from tank_core.commands import Arm, Command, Grasp, Release, Report
from tank_core.state import CameraFrame, JointTrajectory, RobotState, Twist2D
from tank_executor.findings import Photo, PhotoRequest
from tank_executor.knowledge import Knowledge
from tank_executor.motion import odometry, readiness
from tank_executor.plan import Plan, PlanState, PlanStatus, StepStatus
from tank_executor.primitives import primitive_for
from tank_executor.running import plan_progress
from tank_executor.script import Done, Failed, Primitive, TickOutput, Verdict

STATE_PATIENCE_S = 3.0  # without a state that can be acted on, the step fails


@dataclass(frozen=True)
class Output:
    """The message for the robot in this tick; None: nothing is sent."""

    twist: Twist2D | None = None
    trajectory: JointTrajectory | None = None


class PlanRun:
    """Carries out one plan, a step after the other.

    ``step`` is to be called once a tick while it ``goes_on``.
    """

    def __init__(
        self, plan: Plan, known: Knowledge, tell: Callable[[PlanStatus], None], now: float
    ) -> None:
        """Begin a plan at ``now`` [s].

        ``tell`` hears the status at each change of state or step.
        """
        self.plan, self.status = plan, plan_progress.begun(plan)
        self._known, self._tell, self._now = known, tell, now
        self._beside: PlanStatus | None = None
        # the last that could be acted on; none yet, for the robot may have been moved meanwhile
        self._state: RobotState | None = None
        self._step_began = self._usable_at = now  # [s]
        self._primitive: Primitive | None = None
        self._photo_wanted: PhotoRequest | None = None
        self._view_wanted = False
        self._begin_step(0)

    @property
    def goes_on(self) -> bool:
        """True until the plan has ended."""
        return self.status.state is PlanState.RUNNING

    @property
    def command(self) -> Command | None:
        """The command of the step that runs; None once the plan has ended."""
        return self._command if self.goes_on else None

    @property
    def photo_wanted(self) -> PhotoRequest | None:
        """The picture that the current step waits for: see ``photo_taken``."""
        return self._photo_wanted if self._primitive is not None else None

    @property
    def view_wanted(self) -> bool:
        """Whether the current step wants the camera's images: see ``saw``."""
        return self._view_wanted and self._primitive is not None

    def saw(self, frame: CameraFrame) -> None:
        """Hand the newest image to the current step, if it wants any.

        One from before the step shows another heading, and is none of its images.
        """
        if self._primitive is not None and self._view_wanted and frame.time >= self._step_began:
            self._primitive.context.frame = frame

    def photo_taken(self, photo: Photo | str) -> None:
        """Tell what became of ``photo_wanted``: the picture, or why not."""
        if self._primitive is not None:
            self._primitive.context.photo, self._photo_wanted = photo, None

    # Time goes on

    def step(
        self, state: RobotState | None, now: float, beside: PlanStatus | None = None
    ) -> Output:
        """Advance by one tick at ``now`` [s]; returns what to send.

        ``state`` None: no odometry has come. ``beside``: the plan that runs at the same time, where
        this one only asks.
        """
        self._now, self._beside = now, beside
        fault = self._fault(state)
        if fault or state is None:
            if now - self._usable_at >= STATE_PATIENCE_S:
                return self.fail(fault or "")
            return self._stand_still(fault or "")
        drive = self._known.robot.drive
        jump = odometry.jump(self._state, state, drive) if self._state else None
        self._usable_at, self._state = now, state
        if jump:
            self._known.objects.forget(state.time)
            return self.fail(f"odometry {jump}: was the robot moved or the world reset?")
        return self._advance(state)

    def time_began_anew(self, now: float) -> None:
        """Let nothing of the old time count; the new one is at ``now`` [s]."""
        self._state, self._now = None, now
        self._usable_at = self._step_began = now

    def fail(self, reason: str) -> Output:
        """End the plan as failed; returns what to send at once."""
        return self._end_step(StepStatus.FAILED, Failed(reason))

    def stop(self, reason: str) -> Output:
        """End the plan as stopped; returns what to send at once.

        That is zero velocity, and the arm held where it is.
        """
        self._step_ended(StepStatus.STOPPED, Failed(reason))
        self._finish(plan_progress.ended(self.status, PlanState.STOPPED), reason)
        return Output(Twist2D(), self._hold())

    def _fault(self, state: RobotState | None) -> str | None:
        """Say why a state cannot be acted on."""
        arm = isinstance(self._command, (Grasp, Release, Arm))
        needed = self._known.robot.joint_names if arm else ()
        return readiness.fault(state, needed, self._now)

    @property
    def _command(self) -> Command:
        return self.status.outcomes[self.status.step].command

    def _stand_still(self, message: str) -> Output:
        self.status = replace(self.status, message=message)
        return self._rest()

    def _advance(self, state: RobotState) -> Output:
        if self._primitive is None:
            if self.status.step == 0 and not self.plan.asks:
                self._known.memory.places.begin()
            earlier = self.status.outcomes[: self.status.step]
            context = self._known.context(state, self._now, earlier)
            self._primitive, self._photo_wanted = primitive_for(self._command, context), None
            self._view_wanted = False
        self._primitive.context.beside = self._beside
        action = self._primitive.step(state, self._now)
        if isinstance(action, TickOutput):
            text = action.message or self.status.message
            self.status = replace(self.status, progress=action.progress, message=text)
            self._photo_wanted, self._view_wanted = action.photo, action.view
            return Output(action.twist, action.trajectory)
        done = isinstance(action, Done)
        return self._end_step(StepStatus.SUCCEEDED if done else StepStatus.FAILED, action)

    # Steps begin and end

    def _begin_step(self, index: int) -> None:
        self._primitive = None
        self._step_began = self._usable_at = self._now
        self.status = plan_progress.step_begun(self.status, index)
        self._tell(self.status)

    def _end_step(self, status: StepStatus, verdict: Verdict) -> Output:
        """End the current step: on to the next, or the plan ends.

        The velocity is zero between steps, unless the step moved nothing.
        """
        succeeded, index, message = isinstance(verdict, Done), self.status.step, verdict.message
        output = self._rest(hold=not succeeded)
        self._step_ended(status, verdict)
        self.status = replace(self.status, progress=float(succeeded))
        if succeeded and index + 1 < len(self.status.outcomes):
            self._begin_step(index + 1)
        elif succeeded:
            self._finish(replace(self.status, state=PlanState.SUCCEEDED), message or "done")
        else:
            if not self.plan.asks:
                self._known.memory.reference = None
            text = plan_progress.failure(self.status, message)
            self._finish(plan_progress.ended(self.status, PlanState.FAILED), text)
        return output

    def _step_ended(self, status: StepStatus, verdict: Verdict) -> None:
        duration = self._now - self._step_began
        self.status = plan_progress.step_ended(self.status, status, verdict, duration)

    def _finish(self, status: PlanStatus, message: str) -> None:
        self.status, self._primitive = replace(status, message=message), None
        self._tell(self.status)

    def _rest(self, hold: bool = False) -> Output:
        """Zero velocity, and the arm held; a report sends nothing.

        Another source may move the robot meanwhile, and is not to be stopped by a question.
        """
        if isinstance(self._command, Report):
            return Output()
        return Output(Twist2D(), self._hold() if hold else None)

    def _hold(self) -> JointTrajectory | None:
        return self._known.hold(self._state) if self._state is not None else None
