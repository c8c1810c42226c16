"""Echoes that slip out of the cone are remembered, and single ones are none.

What was taken away is forgotten.
"""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_core.robot import load_robot
from tank_core.state import Pose2D
from tank_executor.motion.range_memory import ECHO_KEPT_S, NEAR_M, RangeMemory

ROBOT = load_robot("tank")
SENSOR = ROBOT.range_sensor
assert SENSOR is not None
HALF = math.tan(SENSOR.field_of_view / 2)
PLACES = st.floats(-3.0, 3.0)


def hear(
    echoes: RangeMemory, *readings: float | None, time: float = 0.0, base: Pose2D | None = None
) -> float:
    """50 ms apart; returns the time after the last."""
    for reading in readings:
        echoes.note(reading, time, base or Pose2D())
        time += 0.05
    return time


def test_a_stray_echo_does_not_count_as_often_as_it_is_asked_for() -> None:
    echoes, time = RangeMemory(SENSOR), 0.0
    for reading in (1.0, 1.01, 0.2, 1.0, 1.02):  # 20 Hz, asked for at 50 Hz
        for _ in range(3):
            echoes.note(reading, time, Pose2D())
            assert echoes.range >= 1.0
            time += 0.017


@given(st.floats(0.05, 1.0), st.floats(0.05, 4.0))
def test_one_reading_is_none_and_of_two_the_longer_counts(one: float, two: float) -> None:
    echoes = RangeMemory(SENSOR)
    echoes.note(one, 0.0, Pose2D())
    echoes.note(one, 0.02, Pose2D())
    assert echoes.range == math.inf and echoes.ahead is None and not echoes.remembered
    echoes.note(two, 0.1, Pose2D())
    assert echoes.range == max(one, two)


@given(PLACES, PLACES, st.floats(-3.0, 3.0), st.floats(0.05, NEAR_M - 0.01))
def test_an_echo_is_where_the_robot_heard_it(
    x: float, y: float, yaw: float, distance: float
) -> None:
    base, echoes = Pose2D(x, y, yaw), RangeMemory(SENSOR)
    hear(echoes, distance, distance + 0.001, base=base)
    assert echoes.ahead is not None and base.to_local(echoes.ahead) == pytest.approx(
        (0.158 + distance + 0.001, 0.0), abs=1e-9
    )
    asides = [base.to_local(place)[1] for place in echoes.remembered]
    assert max(asides) == pytest.approx(max(0.02, (distance + 0.001) * HALF)) and min(
        asides
    ) == pytest.approx(-max(asides))


def test_what_slips_out_of_the_cone_is_where_its_edge_was_for_some_seconds() -> None:
    echoes, time = RangeMemory(SENSOR), 0.0
    for tick in range(40):  # a thing whose near edge is 8 cm aside, 1 m ahead
        away = 1.0 - 0.02 * tick
        time = hear(
            echoes, away if away * HALF >= 0.08 else None, time=time, base=Pose2D(0.02 * tick)
        )
    asides = [abs(y) for _, y in echoes.remembered]
    assert asides and min(asides) == pytest.approx(0.08, abs=0.01)
    assert all(x == pytest.approx(1.158, abs=0.01) for x, _ in echoes.remembered)
    hear(echoes, None, time=time + ECHO_KEPT_S)
    assert not echoes.remembered


def test_what_vanishes_before_a_robot_that_stands_was_taken() -> None:
    echoes = RangeMemory(SENSOR)
    time = hear(echoes, 0.3, 0.3, 0.31)
    assert echoes.remembered
    hear(echoes, 1.5, 1.5, 1.5, time=time)
    assert not echoes.remembered


def test_a_nearer_thing_hides_but_does_not_take_away() -> None:
    echoes = RangeMemory(SENSOR)
    time = hear(echoes, 0.8, 0.8, 0.81)
    hear(echoes, 0.3, 0.3, 0.31, time=time)
    assert {round(x, 1) for x, _ in echoes.remembered} == {0.5, 1.0}


@pytest.mark.parametrize(("gap", "kept"), [(0.03, False), (0.12, True)])
def test_what_the_camera_knows_is_no_echo(gap: float, kept: bool) -> None:
    echoes, base = RangeMemory(SENSOR), Pose2D(1.0, 2.0, 0.5)
    hear(echoes, 0.4, 0.4, 0.41, base=base)
    echoes.forget_known([(base.to_world((0.158 + 0.4 + 0.02 + gap, 0.0)), 0.02)])
    assert bool(echoes.remembered) is kept


def test_a_robot_without_a_sensor_remembers_none() -> None:
    echoes = RangeMemory(None)
    hear(echoes, None, None, None)
    assert echoes.range == math.inf and echoes.ahead is None and not echoes.remembered


@pytest.mark.parametrize("end", [-50.0, -35.0, 20.0, 40.0])
def test_a_turn_along_a_wall_brings_it_little_nearer_and_never_farther(end: float) -> None:
    echoes, away, half = RangeMemory(SENSOR), 0.7, SENSOR.field_of_view / 2
    for step in range(101):
        base = Pose2D(0.0, 0.0, math.radians(end) * step / 100)
        at = max(0.0, abs(base.yaw) - half)  # of the cone, what is nearest to the wall's foot
        echoes.note((away - 0.158 * math.cos(base.yaw)) / math.cos(at), 0.1 * step, base)
    points = [base.to_local(place) for place in echoes.remembered]
    ahead = [x for x, y in points if abs(y) <= 0.15]
    assert -0.09 < min(ahead) - (0.158 + echoes.range) < 0.01  # of 30 degrees of a wall aslant


def test_the_side_of_what_is_at_the_cones_edge_does_not_take_its_front_away() -> None:
    echoes = RangeMemory(SENSOR)
    time = hear(echoes, *[1.0] * 5)
    time = hear(echoes, *[1.08] * 5, time=time)  # standing still: by noise now this, now that
    hear(echoes, *[2.5] * 5, time=time, base=Pose2D(0.05))
    assert min(x for x, _ in echoes.remembered) == pytest.approx(0.158 + 1.0, abs=1e-9)
