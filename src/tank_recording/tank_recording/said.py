"""Sentences said to a robot and what came of them, recorded or simulated.

Pure: reports in, an account out. Times [s] are simulated ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tank_client.narrator import ENDED, Understanding
from tank_core.commands import Command
from tank_core.geometry import Pose2D
from tank_executor.plan import PlanState, PlanStatus, StepStatus, describe
from tank_recording.bag import RecordingError

NOTE = "tank"  # the metadata record that says in which simulation a recording was made
SINCE = "since"  # in that record: when it was known [ns]
ASKED_OF_SIMULATION = ("robot", "world", "seed", "realism")
ASKED_OF_EXECUTOR = ("stop_for_obstacles", "skills", "skill_fallback")
LEARNED_LATER = ("skills", "skill_fallback")  # older recordings do not have these
# From where a robot has not been driven yet [m, rad].
AT_START = (0.02, 0.02)
_STEP_ENDED = (StepStatus.SUCCEEDED, StepStatus.FAILED, StepStatus.STOPPED)
NOT_UNDERSTOOD, UNFINISHED = "not understood", "unfinished"


@dataclass(frozen=True)
class Circumstances:
    """The simulation in which something was recorded."""

    robot: str
    world: str
    seed: int
    realism: str
    stop_for_obstacles: bool
    skills: str = ""  # learned ones, as they were chosen
    skill_fallback: bool = False

    @classmethod
    def at(cls, notes: Sequence[Mapping[str, str]], until: int | None) -> Circumstances:
        """Those of the notes that held before ``until`` [ns]; None: the last."""
        early = [note for note in notes if until is None or int(note.get(SINCE, 0)) < until]
        return cls.of(early[-1] if early else {})

    @classmethod
    def of(cls, note: Mapping[str, str]) -> Circumstances:
        """Read from a recording's note.

        Raises RecordingError where it does not say.
        """
        asked = (*ASKED_OF_SIMULATION, *ASKED_OF_EXECUTOR)
        missing = [key for key in asked if key not in note and key not in LEARNED_LATER]
        if missing or not note["seed"].isdecimal():
            raise RecordingError(
                f"the recording does not say in which simulation it was made ({NOTE}: "
                f"{', '.join(missing) or 'seed'}), so it cannot be done again; record "
                "./tank sim with ./tank record"
            )
        obstacles = note["stop_for_obstacles"] == "true"
        learned = note.get("skills", ""), note.get("skill_fallback") == "true"
        world = note["robot"], note["world"], int(note["seed"]), note["realism"]
        return cls(*world, obstacles, *learned)


@dataclass(frozen=True)
class Saying:
    """A sentence, and when it is said.

    ``idle``: nothing ran; then ``pause`` [s] is since the robot was done, else since the sentence
    before. ``commands`` are what it was understood as then.
    """

    text: str
    idle: bool
    pause: float
    commands: tuple[Command, ...] = ()


@dataclass
class Step:
    """A step's end: its words, and the way since the end of the one before."""

    command: str
    status: str
    message: str
    moved: Pose2D | None = None  # in the frame of where the robot was; None: not known


@dataclass
class SentenceOutcome:
    """The outcome of a sentence; ``state`` is how its plan ended."""

    instruction: str
    state: str = UNFINISHED
    reason: str = ""
    steps: list[Step] = field(default_factory=list)
    said: bool = False  # whether a sentence led to it


class Account:
    """Sentences and their outcomes from a world's start on, in their order.

    ``former``: plans of the time before, which may still be told of.
    """

    def __init__(self, former: Iterable[tuple[int, str]] = ()) -> None:
        self.sayings: list[Saying] = []
        self.until: int | None = None  # when the world was reset [ns]; None: not yet
        self._fault = ""
        self._former = frozenset(former)
        self._outcomes: dict[tuple[int, str], SentenceOutcome] = {}
        self._open: set[tuple[int, str]] = set()
        self._said_at = self._ended_at = 0.0  # [s]; when something was said last; ended last
        self._pose: Pose2D | None = None
        self._first_pose: Pose2D | None = None

    @property
    def outcomes(self) -> list[SentenceOutcome]:
        """The outcome of each sentence, in their order."""
        return list(self._outcomes.values())

    @property
    def fault(self) -> str:
        """The reason why it cannot be done again; empty where it can."""
        if self._fault or all(outcome.said for outcome in self.outcomes):
            return self._fault
        return (
            "something was done before the recording began, or without a sentence; begin it "
            "before the first sentence, or reset the world then"
        )

    @property
    def begun(self) -> bool:
        """Whether anything was said or done."""
        return bool(self._outcomes)

    def starts_at(self, pose: Pose2D) -> None:
        """Note the robot's first place.

        If it is not that of the world's start, nothing can be done again.
        """
        if self._first_pose is not None:
            return
        self._first_pose = self._pose = pose
        if pose.distance(Pose2D()) > AT_START[0] or pose.turned(Pose2D()) > AT_START[1]:
            self.spoil(
                f"the robot had driven to x {pose.x:.2f} m, y {pose.y:.2f} m when the recording "
                "began; begin it before the first sentence, or reset the world then"
            )

    def spoil(self, why: str) -> None:
        """Note that it cannot be done again, and why. The first reason counts."""
        self._fault = self._fault or why

    def after_reset(self) -> Account:
        """The account of what follows, with the world as it was at its start."""
        return Account({*self._former, *self._outcomes})

    def understood(self, meaning: Understanding, now: float) -> None:
        """A sentence was translated and handed on."""
        idle = not self._open
        since = max(self._said_at, self._ended_at) if idle else self._said_at
        pause = max(0.0, now - since)
        self.sayings.append(Saying(meaning.instruction, idle, pause, meaning.commands))
        self._said_at = now
        key = meaning.stamp, meaning.instruction
        outcome = self._outcomes.setdefault(key, SentenceOutcome(meaning.instruction))
        outcome.said = True
        if meaning.asks:
            self.spoil(
                "the robot asked whether it had understood; say sentences that it is sure of"
            )
        if not meaning.understood:
            outcome.state, outcome.reason = NOT_UNDERSTOOD, meaning.reason
        elif outcome.state == UNFINISHED:
            self._open.add(key)
            if not outcome.steps:
                waits = StepStatus.PENDING.name.lower()
                outcome.steps = [Step(describe(one), waits, "") for one in meaning.commands]

    def progressed(self, status: PlanStatus, pose: Pose2D | None, now: float) -> None:
        """A plan was begun, goes on, or has ended, with the robot at ``pose``."""
        if status.plan is None or status.state is PlanState.IDLE:
            return
        key = status.plan.stamp, status.plan.instruction
        if key in self._former:
            return
        outcome = self._outcomes.setdefault(key, SentenceOutcome(status.plan.instruction))
        if outcome.state != UNFINISHED:
            return  # it has ended, or was not understood, which the executor tells, too
        before = outcome.steps
        outcome.steps = [
            Step(describe(one.command), one.status.name.lower(), one.message)
            for one in status.outcomes
        ] or before
        for number, (step, one) in enumerate(zip(outcome.steps, status.outcomes, strict=False)):
            old = before[number] if number < len(before) else None
            if old is not None and old.moved is not None:
                step.moved = old.moved
            elif one.status in _STEP_ENDED and pose is not None and self._pose is not None:
                step.moved, self._pose = way(self._pose, pose), pose
        if status.state in ENDED:
            outcome.state, outcome.reason = status.state.name.lower(), status.message
            self._open.discard(key)
            self._ended_at = now


def way(start: Pose2D, end: Pose2D) -> Pose2D:
    """The pose ``end`` as seen from ``start``."""
    x, y = start.to_local((end.x, end.y))
    return Pose2D(x, y, end.yaw - start.yaw)
