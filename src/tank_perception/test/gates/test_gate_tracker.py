"""Gates keep ids and places while the robot moves, and go when they are gone."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_core.commands import Color
from tank_core.robot import load_robot
from tank_core.state import Gate, Pose2D
from tank_perception.detection.ground import Eye
from tank_perception.gates.gate_tracker import KEEP_S, GateTracker
from tank_perception.gates.openings import DetectedOpening, Edge
from tank_perception.gates.polar import PolarMap
from tank_perception.view import Lens, View

ROBOT = load_robot("tank")
EYE = Eye(View.of(ROBOT), Lens.of(ROBOT.camera))
POLAR = PolarMap.of(EYE, (ROBOT.camera.height, ROBOT.camera.width))
PLACES = st.floats(-3.0, 3.0)


def seen(x: float, y: float = 0.0, yaw: float = 0.0, color: Color | None = None) -> DetectedOpening:
    return DetectedOpening(Pose2D(x, y, yaw), 0.6, color, 0.9, x)


def after(*sightings: tuple[float, Pose2D, list[DetectedOpening]]) -> tuple[Gate, ...]:
    """The gates known after some images, each of which came twice."""
    tracker = GateTracker()
    for time, base, openings in sightings:
        tracker.update(openings, base, time, POLAR)
        if openings:
            tracker.update(openings, base, time, POLAR)
    time, base, _ = sightings[-1]
    return tracker.gates(base, time)


def test_what_one_image_alone_shows_is_not_told() -> None:
    tracker = GateTracker()
    tracker.update([seen(1.5)], Pose2D(), 1.0, POLAR)
    assert tracker.gates(Pose2D(), 1.0) == ()


@given(PLACES, PLACES, st.floats(-3.1, 3.1))
def test_a_gate_out_of_sight_stays_where_it_is_while_the_robot_turns(
    x: float, y: float, yaw: float
) -> None:
    first, then = Pose2D(x, y, yaw), Pose2D(x, y, yaw + 2.5)
    before, now = (
        after((1.0, first, [seen(1.5)])),
        after((1.0, first, [seen(1.5)]), (3.0, then, [])),
    )
    assert now[0].id == before[0].id and now[0].age == pytest.approx(2.0)
    there = then.to_world((now[0].pose.x, now[0].pose.y))
    assert there == pytest.approx(first.to_world((1.5, 0.0)), abs=1e-9)


def test_seen_again_it_is_the_same_one_and_of_another_color_it_is_not() -> None:
    (gate,) = after((1.0, Pose2D(), [seen(1.5)]), (1.2, Pose2D(), [seen(1.54)]))
    assert 1.51 < gate.pose.x < 1.54 and gate.age == 0.0
    red = seen(1.54, color=Color.RED)
    assert len(after((1.0, Pose2D(), [seen(1.5)]), (1.2, Pose2D(), [red]))) == 2


def test_what_is_measured_from_much_nearer_counts_alone() -> None:
    nearer = Pose2D(0.8, 0.0, 0.0)
    (gate,) = after((1.0, Pose2D(), [seen(1.6)]), (2.0, nearer, [seen(0.7)]))
    assert gate.pose.x == pytest.approx(0.7)


def test_x_leads_away_from_the_robot_on_either_side() -> None:
    beyond = Pose2D(0.9, 0.0, math.pi)
    (gate,) = after((1.0, Pose2D(0.5), [seen(0.2)]), (2.0, beyond, []))
    assert gate.pose.x == pytest.approx(0.2) and abs(gate.pose.yaw) < 1e-9


def test_what_should_be_seen_and_is_not_goes_and_so_does_what_is_old() -> None:
    looks = [(1.0, Pose2D(), [seen(1.5)])]
    assert len(after(*looks, (1.2, Pose2D(), []), (1.4, Pose2D(), []))) == 1
    assert after(*looks, *[(1.0 + 0.2 * n, Pose2D(), []) for n in (1, 2, 3)]) == ()
    away = Pose2D(yaw=math.pi)
    assert len(after(*looks, *[(1.0 + 0.2 * n, away, []) for n in range(1, 20)])) == 1
    assert after(*looks, (2.0 + KEEP_S, away, [])) == ()


def test_odometry_that_jumps_forgets_them() -> None:
    assert after((1.0, Pose2D(), [seen(1.5)]), (1.2, Pose2D(2.0, 0.0, 3.0), [])) == ()


@pytest.mark.parametrize("side", [1, -1])
def test_one_upright_alone_is_measured_from_nearer_and_the_other_stays(side: int) -> None:
    tracker, nearer = GateTracker(), Pose2D(0.8, 0.0, side * 0.4)
    for time in (1.0, 1.2):
        tracker.update([seen(1.5)], Pose2D(), time, POLAR)
    tracker.update([], Pose2D(0.4, 0.0, side * 0.4), 1.4, POLAR)
    true = (1.56, side * 0.32)  # instead of 1.5, 0.3
    edge = Edge(nearer.to_local(true), side)
    tracker.update([], nearer, 2.0, POLAR, [edge, Edge(edge.place, -side)])
    (gate,) = tracker.gates(nearer, 2.0)
    assert gate.age == 0.0
    ends = [nearer.to_world(gate.pose.to_world((0.0, s * gate.width / 2))) for s in (side, -side)]
    assert ends[0] == pytest.approx(true, abs=1e-6)
    assert ends[1] == pytest.approx((1.5, side * -0.3), abs=1e-6)


@pytest.mark.parametrize(
    ("base", "place"),
    [
        (Pose2D(), (1.56, 0.32)),  # no nearer than before
        (Pose2D(0.8, 0.0, 0.4), (1.9, 0.9)),  # something else
        (Pose2D(0.8, 0.0, -0.6), (1.56, 0.32)),  # at the image's edge, which may cut it
    ],
)
def test_an_edge_that_is_not_surely_the_uprights_from_nearer_moves_none(
    base: Pose2D, place: tuple[float, float]
) -> None:
    tracker = GateTracker()
    for time in (1.0, 1.2):
        tracker.update([seen(1.0) if base == Pose2D() else seen(1.5)], Pose2D(), time, POLAR)
    tracker.update([], Pose2D(base.x / 2), 1.3, POLAR)
    before = tracker.gates(base, 1.2)
    tracker.update([], base, 1.4, POLAR, [Edge(base.to_local(place), 1)])
    (gate,) = tracker.gates(base, 1.4)
    assert gate.pose == before[0].pose and gate.age == pytest.approx(0.2)
