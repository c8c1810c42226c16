"""A primitive is a script.

A generator that is resumed once a tick and says at each what to do, until it ends.

It reads like the steps that it describes, and yet never waits: everything it knows about time and
robot comes in anew with each tick, through its Context.
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
from tank_core.state import JointTrajectory, RobotState, Twist2D
from tank_executor.arm import ArmPlanner
from tank_executor.memory import ObjectMemory, Thing

STILL = Twist2D()


@dataclass(frozen=True)
class Action:
    """What to do in this tick.

    A velocity, a trajectory to begin, and what to tell the operator.
    """

    twist: Twist2D = STILL
    trajectory: JointTrajectory | None = None
    progress: float = 0.0
    message: str = ""


@dataclass(frozen=True)
class Done:
    """The step was done.

    ``message`` holds what the operator should know besides.
    """

    message: str = ""


@dataclass(frozen=True)
class Failed:
    """The step did not work, and why."""

    message: str


Verdict = Done | Failed
T = TypeVar("T")
Script = Generator[Action, None, T]
Reason = str | None  # why something did not work; None: it worked


@dataclass
class Memory:
    """What is known beyond the newest reading, kept from step to step."""

    # where the last motion was meant to end: small errors do not add up
    reference: Pose2D | None = None
    holding: bool = False  # something was grasped and not released since
    held: str = ""  # what it is, as far as it is known: "the red cube"
    # what the camera saw between the fingers, of a hand that feels nothing
    shown: Thing | None = None


class GraspCheck(Protocol):
    """How it is known what the fingers do; ``behaviors/grasp_check.py`` has the two ways."""

    feels: bool  # whether feeling around is of any use
    lag: float  # [s] that the fingers may be behind what the gripper's joint says

    def squeezes(self, context: Context) -> bool:
        """Whether something is between the fingers, as far as the hand itself knows."""

    def pushes(self, context: Context) -> bool:
        """True while a joint of the arm works hard against something."""

    def gap_around(self, context: Context, width: float | None) -> float:
        """The gap [m] to which the gripper closes around something that is so wide [m], if that
        is known.
        """

    def release_gap(self, context: Context) -> float:
        """The gap [m] that lets go of what is held."""

    def came_along(self, context: Context, gap: float, hindered: bool) -> Script[Reason]:
        """Whether what was between the fingers when their ``gap`` [m] closed was lifted."""

    def in_hand(self, context: Context, since: float) -> Thing | None:
        """What the camera saw between the fingers, after ``since`` [s] where it always sees
        them.
        """

    def lies_there(self, context: Context, place: Place) -> Script[Verdict]:
        """Whether what was let go of lies at a place [m] in base_link, or that it cannot be
        checked; the robot ends where it was.
        """

    def holding(self, context: Context, where: str) -> str:
        """What can be said of what was picked up without knowing what was meant."""


@dataclass
class Context:
    """Everything a script can see.

    ``state``, ``sight`` and ``now`` [s] are those of this tick.
    """

    robot: Robot
    arm: ArmPlanner
    state: RobotState
    grasp_check: GraspCheck
    objects: ObjectMemory = field(default_factory=ObjectMemory)
    now: float = 0.0
    memory: Memory = field(default_factory=Memory)
    stop_for_obstacles: bool = True

    @cached_property
    def hidden_view(self) -> HiddenView:
        """What the folded arm hides from the camera."""
        return hidden_view(self.robot)


class Primitive(ABC):
    """One step of a plan being executed."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._script: Script[Verdict] | None = None

    @abstractmethod
    def script(self) -> Script[Verdict]:
        """The steps, from the first tick to the verdict."""

    def step(self, state: RobotState, now: float) -> Action | Verdict:
        """One tick at ``now`` [s]. Not to be called again after a verdict."""
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
        yield Action(progress=(context.now - began) / duration, message=message)
