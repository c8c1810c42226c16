"""Commands in the operator's words."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import pytest

from tank_core.commands import COMMAND_TYPES, Approach, Face, Grasp, Move, Release, Stop, Turn, Wait
from tank_core.commands.actions import DISTANCE, Action, ArmCell, OfColor, Pace
from tank_executor.plan import describe


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (Move("forward", 1.0), "move forward 1 m"),
        (Move("backward", 0.25, "slow"), "move backward 0.25 m, slow"),
        (Turn("left", 90), "turn left 90 degrees"),
        (Turn("right", 45.5, "normal"), "turn right 45.5 degrees, normal"),
        (Stop(), "stop"),
        (Wait(2.5), "wait 2.5 s"),
        (Grasp(), "grasp the object"),
        (Grasp("front_left", "red", "cube"), "grasp the red cube ahead on the left"),
        (Release(), "release in front"),
        (Release("front_right"), "release ahead on the right"),
        (Face("blue"), "face the blue object"),
        (Approach(shape="ball"), "approach the ball"),
    ],
)
def test_a_command_is_said_in_words(command, words):
    assert describe(command) == words


def test_an_action_is_said_as_its_description_says():
    @dataclass(frozen=True)
    class Toss(Action):
        action: ClassVar[str] = "toss"
        says: ClassVar[str] = "toss {object} {distance_m}[, {speed}] {cell}"
        distance_m: Annotated[float, DISTANCE]
        speed: Pace | None = None
        cell: ArmCell | None = None
        color: OfColor | None = None

    assert describe(Toss(2)) == "toss the object 2 m in front"
    assert (
        describe(Toss(0.5, "fast", "left", "red")) == "toss the red object 0.5 m, fast on the left"
    )


def test_every_action_can_be_said():
    assert all(kind.says.split()[0] == kind.action.split("_")[0] for kind in COMMAND_TYPES)
