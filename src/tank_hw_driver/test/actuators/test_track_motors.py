"""From a velocity to duties and back.

Laws of the mixing, the dead band and the slew limit.
"""

import math
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_core.state import Twist2D
from tank_hw_driver.actuators.track_motors import USEFUL, TrackMotors, duty_of, slewed, speed_of
from tank_hw_driver.hardware import board_names, load_hardware

TRACKS = load_hardware("robot_hat_v3").tracks
SEPARATION = 0.106
TRACK = TRACKS.left
speeds = st.floats(-TRACK.full_speed, TRACK.full_speed)
duties = st.floats(-1.0, 1.0)


def settled(twist, tracks=TRACKS):
    """Motors that have followed a velocity to its end."""
    motors = TrackMotors(tracks, SEPARATION)
    motors.command(twist)
    for _ in range(100):
        motors.step(0.02)
    return motors


@given(st.floats(-1.0, 1.0), st.floats(-8.0, 8.0))
def test_a_velocity_that_is_too_fast_keeps_its_curve(linear, angular):
    aimed = TrackMotors(TRACKS, SEPARATION).command(Twist2D(linear, angular))
    across = SEPARATION * TRACKS.separation_multiplier
    for side in (-1, 1):
        assert abs(aimed.linear + side * aimed.angular * across / 2) <= TRACK.full_speed * (
            1 + 1e-9
        )
    if (
        abs(aimed.linear) > 0.05
        and abs(aimed.angular) > 1.0
        and abs(abs(aimed.linear) - abs(aimed.angular) * across / 2) > 0.02
    ):
        assert aimed.angular / aimed.linear == pytest.approx(angular / linear)


@given(st.floats(-0.1, 0.1), st.floats(-1.0, 1.0))
def test_what_the_motors_settle_at_is_what_was_aimed_at(linear, angular):
    motors = TrackMotors(TRACKS, SEPARATION)
    aimed = motors.command(Twist2D(linear, angular))
    after = settled(Twist2D(linear, angular)).twist
    assert (after.linear, after.angular) == pytest.approx((aimed.linear, aimed.angular), abs=1e-9)


@given(speeds)
def test_duty_and_speed_undo_each_other(speed):
    assert speed_of(TRACK, duty_of(TRACK, speed)) == pytest.approx(speed, abs=1e-12)


@given(speeds)
def test_whatever_moves_is_beyond_the_dead_band(speed):
    duty = duty_of(TRACK, speed)
    assert duty == 0.0 if speed == 0.0 else TRACK.dead_band <= abs(duty) <= 1.0
    assert duty * speed >= 0.0


def test_full_speed_is_full_duty_and_the_dead_band_moves_nothing():
    assert duty_of(TRACK, TRACK.full_speed) == 1.0
    assert speed_of(TRACK, TRACK.dead_band) == speed_of(TRACK, -0.1) == 0.0


def test_a_useless_speed_is_none():
    tiny = 0.9 * USEFUL * TRACK.full_speed
    assert TrackMotors(TRACKS, SEPARATION).command(Twist2D(tiny, 0.0)) == Twist2D()
    assert TrackMotors(TRACKS, SEPARATION).command(Twist2D(tiny / 0.9 * 1.01, 0.0)) != Twist2D()


def test_a_turn_in_place_uses_the_separation_multiplier():
    motors = settled(Twist2D(0.0, 1.0))
    across = SEPARATION * TRACKS.separation_multiplier
    assert motors.speeds == pytest.approx((-across / 2, across / 2))


@pytest.mark.parametrize("board", board_names())
def test_inverted_tracks_get_the_opposite_duty_on_their_own_port(board):
    tracks = load_hardware(board).tracks
    duties = settled(Twist2D(0.1, 0.0), tracks).duties
    for track in (tracks.left, tracks.right):
        assert math.copysign(1.0, duties[track.port]) == (-1.0 if track.inverted else 1.0)
    turned = replace(tracks, left=replace(tracks.left, inverted=not tracks.left.inverted))
    assert settled(Twist2D(0.1, 0.0), turned).duties[tracks.left.port] == -duties[tracks.left.port]


@given(duties, duties, st.floats(0.0, 1.0))
def test_slew_never_leads_past_the_target_or_over_zero(duty, target, change):
    after = slewed(duty, target, change)
    assert duty * after >= 0.0
    assert min(duty, target, 0.0) <= after <= max(duty, target, 0.0)
    if target == 0.0:
        assert after == 0.0
    elif after != 0.0:
        assert abs(after - duty) <= change * (1 + 1e-9) + 1e-12


def test_a_reversal_makes_a_halt_and_a_stop_is_at_once():
    motors = settled(Twist2D(0.25, 0.0))
    motors.command(Twist2D(-0.25, 0.0))
    seen = []
    for _ in range(20):
        motors.step(0.02)
        seen.append(motors.duties[TRACKS.left.port] * (-1 if TRACKS.left.inverted else 1))
    assert 0.0 in seen and seen[-1] == pytest.approx(-duty_of(TRACK, 0.25))
    assert max(abs(b - a) for a, b in pairwise(seen)) <= TRACKS.slew * 0.02 + 1e-9
    motors.stop()
    assert set(motors.duties.values()) == {0.0} and motors.twist == Twist2D()
