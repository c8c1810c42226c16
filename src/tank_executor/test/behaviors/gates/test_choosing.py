"""The gate that is meant: ahead or on a side, and when that is to be asked."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tank_core.commands import Side
from tank_core.geometry import Pose2D
from tank_core.robot import load_robot
from tank_executor.behaviors.gates.choosing import KEPT_S, choose, not_found
from tank_executor.memory import KnownGate
from tank_executor.motion.route import Footprint

TANK = Footprint.of(load_robot("tank"))
LEFT, RIGHT = Side.LEFT, Side.RIGHT


def gate(bearing: float, width: float = 0.6, seen: float = 10.0, away: float = 1.5) -> KnownGate:
    """A gate in a direction [deg], whose id is the direction."""
    angle = math.radians(bearing)
    pose = Pose2D(away * math.cos(angle), away * math.sin(angle), angle)
    return KnownGate(round(bearing), pose, width, 0.0, "red", 0.9, seen)


def chosen(*bearings: float, side: Side | None = None, looked: bool = True) -> int | str | None:
    choice = choose([gate(one) for one in bearings], Pose2D(), side, TANK, 10.0, looked)
    return choice.gate.id if choice.gate else choice.reason


@pytest.mark.parametrize(
    ("bearings", "side", "meant"),
    [
        ((5, 40, -90), None, 5),
        ((40, -90), None, 40),
        ((90, 180), None, None),
        ((5, 40, -90), LEFT, 40),
        ((5, 40, -90), RIGHT, -90),
        ((15, -90), LEFT, None),
        ((150, -40), LEFT, None),
    ],
)
def test_the_gate_that_is_meant(
    bearings: tuple[float, ...], side: Side | None, meant: int | None
) -> None:
    assert chosen(*bearings, side=side) == meant


def test_before_it_has_looked_around_only_what_is_clearly_there_counts() -> None:
    assert chosen(40, looked=False) is None and chosen(5, looked=False) == 5
    assert chosen(40, side=LEFT, looked=False) == 40


def test_of_two_it_asks_in_words_that_name_the_choice() -> None:
    assert chosen(35, -35) == "I see two gates; say left or right"
    assert chosen(30, 50) == "I see two gates ahead; turn toward the one you mean and say it again"
    assert str(chosen(40, 90, side=LEFT)).startswith("I see two gates on the left; turn toward")


def test_of_two_the_one_that_the_robot_fits_through_is_meant() -> None:
    gates = [gate(35, 0.25), gate(-35)]
    choice = choose(gates, Pose2D(), None, TANK, 10.0, True)
    assert choice.gate is not None and choice.gate.id == -35
    narrow = choose(gates[:1], Pose2D(), None, TANK, 10.0, True)
    assert narrow.reason == "the red gate is 0.25 m wide, and I need 0.33 m to drive through"


def test_what_was_seen_long_ago_or_is_far_away_is_not_meant() -> None:
    old, far = gate(0, seen=10.0 - KEPT_S - 1), gate(0, away=5.0)
    assert choose([old, far], Pose2D(), None, TANK, 10.0, True).gate is None


def test_when_none_is_found_it_says_where_one_is() -> None:
    unseen = "; one of the floor's color I cannot see"
    assert not_found([], Pose2D(), LEFT) == f"I see no gate on the left{unseen}"
    assert not_found([gate(180)], Pose2D(), None) == (
        f"I see no gate ahead, but one behind me{unseen}"
    )
    assert not_found([gate(-90)], Pose2D(), LEFT) == (
        f"I see no gate on the left, but one on the right{unseen}"
    )


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(-3.1, 3.1), st.floats(-110, 110))
def test_sides_are_those_of_where_the_robot_stood(
    x: float, y: float, yaw: float, bearing: float
) -> None:
    # on a border, or where two doubles round to either side of one, both answers are right
    assume(all(abs(abs(bearing) - border) > 1e-6 for border in (15, 25, 60, 120)))
    start, one = Pose2D(x, y, yaw), gate(bearing)
    moved = Pose2D(*start.to_world((one.pose.x, one.pose.y)), yaw + one.pose.yaw)
    there = KnownGate(1, moved, 0.6, 0.0, None, 0.9, 10.0)
    for side in (None, LEFT, RIGHT):
        here = choose([one], Pose2D(), side, TANK, 10.0, True).gate is not None
        assert (choose([there], start, side, TANK, 10.0, True).gate is not None) == here
