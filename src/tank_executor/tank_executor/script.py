"""The contract of a step: a script that is resumed once a tick.

A script is a generator. At each tick it yields a TickOutput, which says what to do, until it
returns its verdict, Done or Failed. It reads like the steps that it describes, and yet never waits:
everything it knows about time and robot comes in anew with each tick, through its Context.

    def nod(context: Context) -> Script[Verdict]:
        began = context.now
        while context.now - began < 1.0:
            yield TickOutput(Twist2D(0.0, 0.2), message="turning a little")
        return Done()
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol, TypeVar

from tank_core.geometry import Place, Pose2D
from tank_core.robot import Robot
from tank_core.robot.self_view import HiddenView, hidden_view
from tank_core.state import CameraFrame, JointTrajectory, RobotState, Twist2D
from tank_executor.arm import ArmPlanner
from tank_executor.findings import Answer, Photo, PhotoRequest
from tank_executor.learned import NOTHING, Learned
from tank_executor.memory import ObjectMemory, Thing
from tank_executor.motion.travel import Compass, Travel
from tank_executor.places import Places
from tank_executor.plan import PlanStatus, StepOutcome

STILL = Twist2D()


@dataclass(frozen=True)
class TickOutput:
    """The commands of one tick: a velocity, and a trajectory to begin, if any.

    ``twist`` None: nothing is sent, and whoever else moves the robot goes on. ``progress`` (0 to 1)
    and ``message`` are for the operator.
    """

    twist: Twist2D | None = STILL
    trajectory: JointTrajectory | None = None
    progress: float = 0.0
    message: str = ""
    photo: PhotoRequest | None = None  # a picture to be taken, while it is wanted
    view: bool = False  # whether the camera's images are wanted


@dataclass(frozen=True)
class Done:
    """The verdict of a step that worked.

    ``message`` holds what the operator should know besides; ``answer`` and ``photo`` what was
    found out.
    """

    message: str = ""
    answer: Answer | None = None
    photo: Photo | None = None


@dataclass(frozen=True)
class Failed:
    """The verdict of a step that did not work, and why."""

    message: str


Verdict = Done | Failed
T = TypeVar("T")
Script = Generator[TickOutput, None, T]
Reason = str | None  # why something did not work; None: it worked


@dataclass
class Memory:
    """Knowledge beyond the newest reading, kept from plan to plan."""

    # where the last motion was meant to end: small errors do not add up
    reference: Pose2D | None = None
    holding: bool = False  # something was grasped and not released since
    held: str = ""  # what it is, as far as it is known: "the red cube"
    lost: str = ""  # what the hand lost, until it holds something again
    # what the camera saw between the fingers, of a hand that feels nothing
    shown: Thing | None = None
    travel: Travel = field(default_factory=Travel)
    places: Places = field(default_factory=Places)
    compass: Compass | None = None  # None: nobody has told where north is
    # how the last plan ended that did more than answer, before the one that runs; None: none did
    last_plan: PlanStatus | None = None


class GraspCheck(Protocol):
    """The way in which a robot knows what its fingers hold.

    ``behaviors/handling/grasp_check.py`` has the two that there are: by the servos' effort, or by
    the camera.
    """

    feels: bool  # whether feeling around is of any use
    lag: float  # [s] that the fingers may be behind what the gripper's joint says

    def squeezes(self, context: Context) -> bool:
        """Whether something is between the fingers, as the hand knows it."""

    def pushes(self, context: Context) -> bool:
        """True while a joint of the arm works hard against something."""

    def gap_around(self, context: Context, width: float | None) -> float:
        """Return the gap [m] to close to around something ``width`` [m] wide.

        None: its width is not known.
        """

    def release_gap(self, context: Context) -> float:
        """Return the gap [m] that lets go of what is held."""

    def came_along(self, context: Context, gap: float, hindered: bool) -> Script[Reason]:
        """Check whether what the fingers closed on was lifted with the hand.

        ``gap`` [m] is the one to which they closed, ``hindered`` whether the lift met resistance.
        Returns why it was not lifted; None when it was.
        """

    def in_hand(self, context: Context, since: float) -> Thing | None:
        """Return what the camera saw between the fingers, or None.

        Where it always sees them, only what it saw after ``since`` [s] counts.
        """

    def lies_there(self, context: Context, place: Place) -> Script[Verdict]:
        """Check whether what was let go of lies at a place [m] in base_link.

        It may say that this cannot be checked. The robot ends where it was.
        """

    def held_width(self, context: Context) -> float:
        """Return the width [m] of what is held, as far as it is known."""

    def holding(self, context: Context) -> str:
        """Describe what was picked up without knowing what was meant."""


@dataclass
class Context:
    """Everything a script can see.

    ``state``, ``objects`` and ``now`` [s] are those of this tick; ``memory`` lasts from step to
    step.
    """

    robot: Robot
    arm: ArmPlanner
    state: RobotState
    grasp_check: GraspCheck
    objects: ObjectMemory = field(default_factory=ObjectMemory)
    now: float = 0.0
    memory: Memory = field(default_factory=Memory)
    stop_for_obstacles: bool = True
    # what became of the picture that was asked for: it, why there is none, or nothing yet
    photo: Photo | str | None = None
    frame: CameraFrame | None = None  # the newest image, since a TickOutput wanted images
    learned: Learned = NOTHING
    notes: list[str] = field(default_factory=list)  # for the operator, beside the verdict
    earlier: tuple[StepOutcome, ...] = ()  # the steps of this plan before this one
    beside: PlanStatus | None = None  # the plan that runs while this one only asks

    @cached_property
    def hidden_view(self) -> HiddenView:
        """The part of the camera's view that the folded arm hides."""
        return hidden_view(self.robot)


class Primitive(ABC):
    """A step of a plan being executed.

    A subclass gives ``script``; the plan runner calls ``step`` once a tick until it returns a
    verdict. Whatever ends the step early, such as a stop, simply calls it no more.
    """

    def __init__(self, context: Context) -> None:
        self.context = context
        self._script: Script[Verdict] | None = None

    @abstractmethod
    def script(self) -> Script[Verdict]:
        """Return the steps, from the first tick to the verdict."""

    def step(self, state: RobotState, now: float) -> TickOutput | Verdict:
        """Advance by one tick at ``now`` [s]: a TickOutput or the verdict.

        It is not to be called again after a verdict.
        """
        self.context.state, self.context.now = state, now
        if self._script is None:
            self._script = self.script()
        try:
            return next(self._script)
        except StopIteration as end:
            verdict: Verdict = end.value
            return verdict


def pause(context: Context, duration: float, message: str = "") -> Script[None]:
    """Stand still for ``duration`` [s]."""
    began = context.now
    while context.now - began < duration:
        yield TickOutput(progress=(context.now - began) / duration, message=message)
