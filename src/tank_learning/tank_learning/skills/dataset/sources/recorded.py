"""Demonstrations out of what was recorded of a robot, real or simulated. Pure.

The recorded velocities, trajectories and stops go through a RobotController again, with the
recorded state as its robot: what comes out is what was sent, after all clamping.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from tank_core.backend import Backend
from tank_core.commands.wording import in_words
from tank_core.robot import Robot
from tank_core.robot_controller import RobotController
from tank_core.state import (
    CameraFrame,
    JointState,
    JointTrajectory,
    Odometry,
    RobotCommand,
    RobotState,
    Twist2D,
)
from tank_executor.plan import PlanState, PlanStatus
from tank_executor.running.hands import DRIVEN, Hands
from tank_learning.skills.dataset.sources.attempts import Attempt, Known
from tank_learning.skills.dataset.sources.sampling import FrameSampler
from tank_learning.skills.dataset.spec import FRONT, DatasetError, Spec

OLD_IMAGE_S = 0.3  # [s]: an image that is older in a frame is told
UNSAID = "nobody said what was done; say it: --as SENTENCE"


@dataclass(frozen=True)
class JointSample:
    """Joint states, by name."""

    states: Mapping[str, JointState]


@dataclass(frozen=True)
class Stopped:
    """A stop of a source, or its end."""

    source: str
    holds: bool


@dataclass(frozen=True)
class Halted:
    """A velocity that no robot of this kind can have: it stands."""


@dataclass(frozen=True)
class WorldReset:
    """The simulated world began anew."""


News = (
    Odometry | JointSample | CameraFrame | Twist2D | Halted | JointTrajectory | Stopped | WorldReset
    | PlanStatus | Hands
)  # fmt: skip


@dataclass(frozen=True)
class RecordedEvent:
    """Something that was recorded, and when it came [s] on the robot's clock."""

    at: float
    news: News


@dataclass(frozen=True)
class RecordingSummary:
    """A recording in short.

    ``began`` names it; ``plans``, ``hands``: whether it tells of them.
    """

    began: str
    plans: bool
    hands: bool


class _RecordedBackend(Backend):
    """A robot whose state is what was recorded of it."""

    def __init__(self, robot: Robot) -> None:
        self.robot = robot
        self.state: RobotState | None = None

    def apply(self, command: RobotCommand) -> RobotCommand:
        return command

    def read(self) -> RobotState:
        assert self.state is not None  # nothing is stepped before the first state
        return self.state

    def stop(self) -> None:
        """It is past: nothing moves."""

    def close(self) -> None:
        """Nothing is held."""


@dataclass
class _Take:
    """A demonstration that is being read."""

    task: str
    source: str
    sampler: FrameSampler
    plan: tuple[int, str] | None = None  # None: by hand, or the whole recording
    fault: str = ""
    started: float = field(default=0.0)


class RecordedDemonstrations:
    """Finds demonstrations in events: a sentence each, or a drive by hand.

    A recording that tells of neither is one demonstration. ``sentence`` is what was done where
    nobody said it; empty where that is not known.
    """

    def __init__(
        self, robot: Robot, spec: Spec, told: RecordingSummary, sentence: str, known: Known
    ) -> None:
        self._robot, self._spec, self._told = robot, spec, told
        self._sentence, self._known = sentence, known
        self._backend = _RecordedBackend(robot)
        self._controller = RobotController(self._backend)
        self._odometry: Odometry | None = None
        self._joints: Mapping[str, JointState] | None = None
        self._frame: CameraFrame | None = None
        self._first: float | None = None
        self._take: _Take | None = None
        self._done: set[tuple[int, str]] = set()  # plans that were told of
        self.found = 0  # demonstrations, and what is none, also what is known already

    def read(self, events: Iterable[RecordedEvent]) -> Iterator[Attempt]:
        """The demonstrations, and what is none, with the reason."""
        for event in events:
            if self._first is None:
                self._first = event.at
            yield from self._hear(event)
        if self._take is not None and self._take.plan is not None:
            self._take.fault = self._take.fault or "the recording ends in the midst of it"
        yield from self._end()

    def _hear(self, event: RecordedEvent) -> Iterator[Attempt]:
        news, at = event.news, event.at
        if isinstance(news, Odometry):
            self._odometry = news
            yield from self._step(at)
        elif isinstance(news, JointSample):
            self._joints = news.states
        elif isinstance(news, CameraFrame):
            self._frame = news
        elif isinstance(news, PlanStatus):
            yield from self._on_plan(news, at)
        elif isinstance(news, Hands):
            yield from self._on_hands(news, at)
        elif isinstance(news, WorldReset):
            if self._take is not None:
                self._take.fault = "the world was reset in the midst of it"
            yield from self._end()
            self._odometry = self._joints = self._frame = None
            self._controller.restart()
        elif self._controller.state is not None:
            self._command(news, at)

    def _command(self, news: Twist2D | Halted | JointTrajectory | Stopped, at: float) -> None:
        controller = self._controller
        if isinstance(news, Twist2D):
            controller.command_twist(news, at)
        elif isinstance(news, JointTrajectory):
            controller.command_trajectory(news, at)
        elif isinstance(news, Halted):
            controller.halt(hold=False)
        elif news.holds:
            controller.stop(at, "it was stopped", news.source)
        else:
            controller.reset_stop(news.source)

    def _step(self, at: float) -> Iterator[Attempt]:
        """The robot's state at ``at`` is whole, where its joints are known."""
        if self._odometry is None or self._joints is None:
            return
        if any(name not in self._joints for name in self._robot.joint_names):
            return
        self._backend.state = RobotState(at, self._odometry, self._joints)
        state = self._controller.step(at)
        if self._take is None and not (self._told.plans or self._told.hands):
            self._begin(self._sentence, at)
        take = self._take
        if take is None or take.fault:
            return
        try:
            take.sampler.step(state, self._look, self._controller.sent)
        except DatasetError as error:
            take.fault = str(error)
        yield from ()

    def _look(self) -> Mapping[str, CameraFrame] | None:
        return None if self._frame is None else {FRONT: self._frame}

    def _on_plan(self, status: PlanStatus, at: float) -> Iterator[Attempt]:
        plan = status.plan
        if plan is None or plan.asks or plan.preempts:
            return
        key = plan.stamp, plan.instruction
        if status.state is PlanState.RUNNING and key not in self._done:
            if self._take is None or self._take.plan != key:
                yield from self._end()
                self._begin(plan.instruction or self._sentence or in_words(plan.commands), at, key)
        elif status.state is not PlanState.RUNNING and self._take and self._take.plan == key:
            if status.state is not PlanState.SUCCEEDED:
                self._take.fault = f"{status.state.name.lower()}: {status.message}"
            self._done.add(key)
            yield from self._end()

    def _on_hands(self, hands: Hands, at: float) -> Iterator[Attempt]:
        if hands.state == DRIVEN:
            if self._take is None or self._take.plan is not None:
                yield from self._end()
                self._begin(self._sentence, at)
        elif self._take is not None and self._take.plan is None:
            yield from self._end()

    def _begin(self, task: str, at: float, plan: tuple[int, str] | None = None) -> None:
        since = at - (self._first or 0.0)
        source = f"recording of {self._told.began}, at {since:.1f} s: {task or 'by hand'}"
        sampler = FrameSampler(self._robot, self._spec)
        self._take = _Take(task, source, sampler, plan, "" if task else UNSAID, at)

    def _end(self) -> Iterator[Attempt]:
        take, self._take = self._take, None
        self.found += take is not None
        if take is None or self._known(take.source):
            return
        sampler = take.sampler
        period = 1.0 / self._spec.fps
        if not take.fault and sampler.late_s > period:
            take.fault = f"the robot's state is missing for {sampler.late_s + period:.1f} s"
        if not take.fault and not sampler.frames:
            take.fault = "there is no image and state in it"
        if take.fault:
            yield Attempt(take.source, why_not=take.fault)
            return
        shown = sampler.demonstration(take.task, take.source)
        yield Attempt(take.source, shown, notes=tuple(_missing(sampler, period)))


def _missing(sampler: FrameSampler, period: float) -> Iterator[str]:
    """The things that a demonstration lacks, in words."""
    if sampler.blind:
        yield "its beginning has no image, and is left out"
    old = sum(age > OLD_IMAGE_S for age in sampler.ages_s)
    if old:
        yield (
            f"{old} of {sampler.frames} frames have an image older than {OLD_IMAGE_S:g} s, the "
            f"oldest {max(sampler.ages_s):.1f} s"
        )
