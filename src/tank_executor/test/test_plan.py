"""Commands in the operator's words."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import pytest

from tank_core.commands import (
    COMMAND_TYPES,
    Approach,
    Arc,
    Face,
    GoBack,
    GoThrough,
    GoTo,
    Grasp,
    Move,
    Release,
    Remember,
    Report,
    Stop,
    Turn,
    Wait,
)
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
        (Approach("red", relation="left_of"), "approach the red object and end to the left of it"),
        (Release(relation="on", color="blue"), "release on the blue object"),
        (Release(relation="in_front_of", shape="cube"), "release in front of the cube"),
        (Move("forward", 2, until="obstacle"), "move forward 2 m, until something is in the way"),
        (
            Move("forward", 2, until="object", color="red", shape="ball"),
            "move forward 2 m, until it sees the red ball",
        ),
        (Arc("left", 0.5, 90), "arc left 90 degrees, radius 0.5 m"),
        (GoThrough("left"), "go through the gate on the left"),
        (GoTo("kitchen"), "go to the kitchen"),
        (GoTo("anna's desk"), "go to anna's desk"),
        (GoBack("before"), "go back to where it was before"),
        (GoBack("here"), "go back to where it was asked"),
        (Remember("kitchen"), "remember this place as the kitchen"),
        (Remember(heading_deg=90), "remember that this is east"),
        (Face(heading_deg=50), "face heading 50"),
        (Report("objects"), "report objects"),
        (Report("objects", "red", "cube"), "report objects: the red cube"),
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
