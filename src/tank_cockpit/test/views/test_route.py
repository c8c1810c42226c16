"""The way of a plan that nobody carries out."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tank_cockpit.views.route import Route, in_words, route, route_letter
from tank_core.commands import command_from_dict
from tank_core.geometry import Pose2D

REACH_M = 0.15
CUBE = {"p": [1.0, 2.0, 0.02], "color": "red", "shape": "cube"}


def way(*steps: dict[str, Any], start: Pose2D = Pose2D(), things: Any = ()) -> Route:
    return route(map(command_from_dict, steps), start, things, REACH_M)


def move(distance: float, direction: str = "forward", **more: Any) -> dict[str, Any]:
    return {"action": "move", "direction": direction, "distance_m": distance, **more}


def turn(direction: str, angle: float) -> dict[str, Any]:
    return {"action": "turn", "direction": direction, "angle_deg": angle}


def test_a_square_leads_back_to_where_it_began() -> None:
    start = Pose2D(0.5, -1.0, 0.3)
    square = way(*[move(1.0), turn("right", 90.0)] * 4, start=start)
    assert square.end.distance(start) < 1e-9 and not square.open_from
    assert math.isclose(math.cos(square.end.yaw), math.cos(start.yaw))
    assert "4.00 m" in in_words(square)


def test_backward_is_the_other_way_and_what_moves_no_wheel_moves_nothing() -> None:
    still = [{"action": "photo"}, {"action": "wait", "duration_s": 2.0}, {"action": "grasp"}]
    there = way(move(1.0), *still, {"action": "arm", "pose": "up"}, move(1.0, "backward"))
    assert there.end.distance(Pose2D()) < 1e-9
    assert in_words(way(*still)) == "It would stay where it is now."


@pytest.mark.parametrize(("side", "y"), [("left", 1.0), ("right", -1.0)])
def test_an_arc_keeps_its_radius(side: str, y: float) -> None:
    bend = way({"action": "arc", "direction": side, "radius_m": 1.0, "angle_deg": 90.0})
    assert (bend.end.x, bend.end.y) == pytest.approx((1.0, y))
    assert all(math.dist(point, (0.0, y)) == pytest.approx(1.0) for point in bend.points)


def test_it_goes_up_to_what_it_sees_and_no_further_than_it_knows() -> None:
    grasp = {"action": "grasp", "color": "red", "shape": "cube"}
    seen = way(grasp, things=[CUBE, CUBE | {"color": "blue", "p": [0.4, 0.0, 0.0]}])
    assert seen.end.distance(Pose2D(1.0, 2.0)) == pytest.approx(REACH_M)
    assert seen.end.yaw == pytest.approx(math.atan2(2.0, 1.0))
    for step in (grasp, {"action": "go_through"}, {"action": "go_to", "place": "desk"}):
        unseen = way(move(1.0), step, move(1.0))
        assert unseen.points == ((0.0, 0.0), (1.0, 0.0)) and unseen.open_from
        assert unseen.open_from in in_words(unseen)
    until = way(move(5.0, until="obstacle"))
    assert until.points == ((0.0, 0.0),) and "in the way" in until.open_from
    assert route_letter(until)["end"] == [0.0, 0.0, 0.0]


def test_no_way_up_to_a_thing_is_told_where_the_robot_s_reach_is_not() -> None:
    steps = [command_from_dict({"action": action}) for action in ("face", "approach")]
    unknown = route(steps, Pose2D(), [CUBE])
    assert unknown.open_from == "approach the object" and len(unknown.points) == 2
