"""A primitive is a script: a generator that is resumed once a tick and says at each what to do, until it ends.

It reads like the steps that it describes, and yet never waits: everything it knows about time and robot comes in anew
with each tick, through its Context.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TypeVar

from tank_core.robot import Robot
from tank_core.state import JointTrajectory, Pose2D, RobotState, Twist2D
from tank_executor.arm import ArmPlanner
from tank_executor.sight import Sight

STILL = Twist2D()


@dataclass(frozen=True)
class Action:
    """What to do in this tick: a velocity, a trajectory to begin, and what to tell the operator."""

    twist: Twist2D = STILL
    trajectory: JointTrajectory | None = None
    progress: float = 0.0
    message: str = ""


@dataclass(frozen=True)
class Done:
    """The step was done. ``message`` holds what the operator should know besides."""

    message: str = ""


@dataclass(frozen=True)
class Failed:
    """The step did not work, and why."""

    message: str


Verdict = Done | Failed
T = TypeVar("T")
Script = Generator[Action, None, T]


@dataclass
class Memory:
    """What is known beyond the newest reading, kept from step to step."""

    reference: Pose2D | None = None  # where the last motion was meant to end: small errors do not add up
    holding: bool = False  # something was grasped and not released since
    held: str = ""  # what it is, as far as it is known: "the red cube"


@dataclass
class Context:
    """Everything a script can see. ``state``, ``sight`` and ``now`` [s] are those of this tick."""

    robot: Robot
    arm: ArmPlanner
    state: RobotState
    sight: Sight = field(default_factory=Sight)
    now: float = 0.0
    memory: Memory = field(default_factory=Memory)
    stop_for_obstacles: bool = True


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
