"""The contract between a learned skill and the stack that carries it out.

A skill proposes: it gets an Observation, which is what the robot's own sensors tell, and returns a
Chunk of actions with their times. Executor and RobotController clamp it, watch it, stop it and
check what it claims, exactly as with the stack's own motion laws.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Protocol

from tank_core.io.config_file import Matching, Within
from tank_core.state import Array, CameraFrame, RobotState

SURE = 0.5  # of its end: a skill that says so much, or more, has ended
FACED_DEG = 2.0  # a thing that is faced is at most so far off the middle
FACED_RAD = math.radians(FACED_DEG)


@dataclass(frozen=True)
class SkillTarget:
    """The thing that the command names, and its place as far as it is known.

    ``place`` is in base_link [m], at the time of the observation; ``goal`` is where it is brought
    to, in the same frame.
    """

    color: str | None = None
    shape: str | None = None
    side: str | None = None  # of a gate: "left" or "right"
    place: tuple[float, float, float] | None = None
    goal: tuple[float, float, float] | None = None
    words: str = ""  # the sentence, where there is one


@dataclass(frozen=True)
class Observation:
    """The robot's own sensors, never the truth of a simulator.

    ``frame`` is the newest image, as the camera gives it: its own ``time`` says when it was taken,
    which is earlier than ``state.time``. None: no image has come, or the skill wants none.
    """

    state: RobotState
    frame: CameraFrame | None = None
    target: SkillTarget = SkillTarget()


@dataclass(frozen=True)
class Chunk:
    """Actions from ``time`` on, one each ``period``; None leaves a part alone.

    ``time`` [s] is that of what the chunk was made from, such as the image: what lies in the past
    when the chunk comes out is skipped. The velocity is zero when it is over and no other came.
    """

    time: float
    period: float  # [s]
    twists: Array | None = None  # (n, 2): linear [m/s], angular [rad/s] in base_link
    joints: Array | None = None  # (n, j): positions [rad or m] of the card's ``joints``
    end: Array | None = None  # (n,): 0 to 1, how sure it is that all is done by then

    @property
    def length(self) -> int:
        """The number of actions."""
        return max(
            (len(part) for part in (self.twists, self.joints, self.end) if part is not None),
            default=0,
        )


@dataclass(frozen=True)
class SkillCard:
    """The purpose of a skill, its inputs, and the success that was measured.

    It travels inside the skill's file.
    """

    # of the file, such as "face-rasptank"
    name: Annotated[str, Matching(r"[A-Za-z][\w-]{0,63}", "letters, digits, - and _")]
    action: str  # of the language, such as "face"; "grasp" for reaching in a grasp
    robot: str  # the name of the robot that it was trained for
    kind: str  # which runtime reads its numbers: "turner", "driver", "reacher", "sequence"
    # [s] between two of its actions
    period: Annotated[float, Within(0.001, 10.0, "s")]
    horizon: Annotated[int, Within(1, 1000)]  # actions in a chunk
    # actions of a chunk after which the next is asked for; 0: half of them, at least one
    ask_after: Annotated[int, Within(0, 1000)] = 0
    image: tuple[int, int] | None = None  # width, height [px] that it looks at; None: none
    joints: tuple[str, ...] = ()  # the joints that it moves, in the order of a chunk's columns
    colors: tuple[str, ...] = ()  # that it was trained to find; empty: color is not its matter
    # [s] after which it has failed
    patience: Annotated[float, Within(0.1, 600.0, "s")] = 30.0
    trained_on: str = ""  # one line, for people
    measured: str = ""  # one line: its success with the interval, and the command that measures it
    seed: int = 0


class Skill(Protocol):
    """A learned skill that is loaded and ready.

    skill.reset()
    chunk = skill.act(Observation(state, frame, SkillTarget(color="red")))
    """

    card: SkillCard

    def reset(self) -> None:
        """Forget what was seen: another try begins."""

    def act(self, seen: Observation) -> Chunk:
        """Propose what to do from ``seen`` on."""
