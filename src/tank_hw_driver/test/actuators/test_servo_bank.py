"""Servos on their way.

Limits of speed, acceleration and pulse, the order of waking, holding and relaxing.
"""

import math
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_core.robot import load_robot
from tank_hw_driver.actuators.servo_bank import ServoBank
from tank_hw_driver.hardware import ServoStart, load_hardware

ROBOT = load_robot("rasptank")
SERVOS = load_hardware("robot_hat_v3").servos
REST = {**ROBOT.rest_positions, "camera_tilt": 0.4}
SPEEDS = {name: ROBOT.joint_velocity(name) for name in ROBOT.joint_names}
STEP = 0.02


class Run:
    """A bank and a clock."""

    def __init__(self, start=None, servos=SERVOS, speeds=SPEEDS, wake=True):
        self.bank = ServoBank(servos, start or ServoStart(0.0, 0.0), REST, speeds)
        self.now = 100.0
        if wake:
            self.bank.wake()
        self.bank.step(self.now)

    def go(self, seconds, step=STEP):
        """Steps; returns the joints after each."""
        seen = []
        for _ in range(round(seconds / step)):
            self.now += step
            self.bank.step(self.now)
            seen.append(self.bank.joints)
        return seen


@given(st.floats(0.0, 3.1), st.sampled_from([0.005, 0.02, 0.05]))
def test_a_way_keeps_to_speed_and_acceleration_and_ends_at_the_goal(goal, step):
    run = Run()
    servo, speed = (
        SERVOS["arm_shoulder"],
        min(SERVOS["arm_shoulder"].velocity, SPEEDS["arm_shoulder"]),
    )
    start = REST["arm_shoulder"]
    run.bank.command({"arm_shoulder": goal})
    states = [joints["arm_shoulder"] for joints in run.go(5.0, step)]
    assert states[-1].position == goal and states[-1].velocity == 0.0
    velocities = [0.0, *(state.velocity for state in states)]
    assert max(map(abs, velocities)) <= speed * (1 + 1e-9)
    for before, after in pairwise(velocities):
        assert abs(after - before) <= servo.acceleration * step * (1 + 1e-6)
    assert all(
        min(start, goal) - 1e-6 <= state.position <= max(start, goal) + 1e-6 for state in states
    )
    took = next(i for i, state in enumerate(states) if state.position == goal) * step
    assert took <= abs(goal - start) / speed + speed / servo.acceleration + 0.1


def test_the_slower_of_robot_and_servo_counts():
    run = Run(speeds={**SPEEDS, "arm_elbow": 0.3})
    run.bank.command({"arm_elbow": -1.0})
    assert max(joints["arm_elbow"].velocity for joints in run.go(3.0)) == pytest.approx(0.3)


@given(st.lists(st.floats(-5.0, 5.0), min_size=1, max_size=8))
def test_no_pulse_is_ever_outside_its_limits(goals):
    run = Run()
    for goal in goals:
        for name in REST:
            run.bank.command({name: goal})
        for _ in range(10):
            run.go(STEP)
            for servo in SERVOS.values():
                assert servo.min_us - 1e-6 <= run.bank.pulses[servo.channel] <= servo.max_us + 1e-6


@pytest.mark.parametrize("target, limit", [(5.0, "max_us 2400"), (-1.0, "min_us 500")])
def test_a_servo_asked_beyond_its_limits_says_what_was_applied(target, limit):
    run = Run()
    applied = run.bank.command({"arm_shoulder": target})["arm_shoulder"]
    assert SERVOS["arm_shoulder"].pulse(applied) in (500, 2400)
    assert (
        run.bank.clamps["arm_shoulder"] == f"arm_shoulder: {target:.2f} rad is beyond its servo; "
        f"{applied:.2f} rad applied ({limit})"
    )
    run.bank.command({"arm_shoulder": 1.5})
    assert run.bank.clamps == {}


def test_not_a_number_moves_nothing():
    run = Run()
    run.bank.command({"arm_shoulder": math.nan})
    assert run.go(0.1)[-1]["arm_shoulder"].position == REST["arm_shoulder"]


def test_they_wake_one_after_another_from_the_base_and_move_when_all_are_awake():
    run = Run(ServoStart(0.4, 0.0))
    run.bank.command({"gripper": 0.0})
    woken = []
    while not run.bank.awake:
        assert run.bank.joints["gripper"].position == REST["gripper"]
        run.go(STEP)
        woken += [
            (channel, run.now)
            for channel, pulse in run.bank.pulses.items()
            if pulse and channel not in dict(woken)
        ]
    assert [channel for channel, _ in woken] == [SERVOS[name].channel for name in REST]
    assert next(iter(REST)) == "arm_shoulder"
    times = [when for _, when in woken]
    assert all(b - a == pytest.approx(0.4, abs=STEP + 1e-6) for a, b in pairwise(times))
    assert run.go(1.0)[-1]["gripper"].position == 0.0


def test_before_waking_nothing_is_said_to_the_chip():
    run = Run(wake=False)
    run.go(1.0)
    assert run.bank.pulses == {} and not run.bank.awake
    run.bank.wake()
    run.go(STEP)
    # the jump to the rest pose
    assert run.bank.pulses[0] == SERVOS["arm_shoulder"].pulse(REST["arm_shoulder"])


def test_hold_stops_at_once_and_stays():
    run = Run()
    run.bank.command({"arm_shoulder": 0.5, "arm_elbow": -0.5})
    before = run.go(0.5)[-1]
    run.bank.hold()
    for joints in run.go(0.5):
        for name in REST:
            assert (joints[name].position, joints[name].velocity) == (before[name].position, 0.0)
    assert run.bank.command({})["arm_shoulder"] == before["arm_shoulder"].position


def test_hold_while_waking_leaves_the_sleeping_asleep_until_told():
    run = Run(ServoStart(0.4, 0.0))
    run.go(0.5)
    run.bank.hold()
    assert len(run.bank.pulses) == 2
    run.go(2.0)
    assert len(run.bank.pulses) == 2
    run.bank.wake()
    run.go(2.0)
    assert run.bank.awake


def test_idle_servos_relax_if_asked_and_wake_where_they_were():
    run = Run(ServoStart(0.1, 2.0))
    run.bank.command({"arm_shoulder": 1.0})
    run.go(3.0)
    assert run.bank.awake and run.bank.joints["arm_shoulder"].position == 1.0
    run.go(2.0)
    assert set(run.bank.pulses.values()) == {None}
    run.bank.command({"arm_shoulder": 1.0})  # the same again, as each control step says
    run.go(0.5)
    assert set(run.bank.pulses.values()) == {None}
    run.bank.command({"arm_shoulder": 1.2})
    run.go(STEP)
    assert run.bank.pulses[0] == SERVOS["arm_shoulder"].pulse(1.0)
    run.go(2.0)
    assert run.bank.joints["arm_shoulder"].position == 1.2


def test_without_being_asked_they_hold_for_ever():
    run = Run()
    run.go(0.1)
    run.now += 1e6
    run.go(1.0)
    assert run.bank.awake


def test_a_long_pause_makes_no_jump():
    run = Run()
    run.bank.command({"arm_shoulder": 0.0})
    run.go(0.2)
    before = run.bank.joints["arm_shoulder"].position
    run.now += 10.0
    after = run.go(STEP)[-1]["arm_shoulder"].position
    assert abs(after - before) <= 1.5 * 0.1 + 1e-9


def test_a_goal_that_changes_on_the_way_is_reached():
    run = Run(servos={**SERVOS, "arm_shoulder": replace(SERVOS["arm_shoulder"], acceleration=2.0)})
    run.bank.command({"arm_shoulder": 0.0})
    run.go(0.6)
    run.bank.command({"arm_shoulder": 2.5})
    assert run.go(5.0)[-1]["arm_shoulder"].position == 2.5


def standing(*names, at=-0.8):
    """A bank as a driver that died left it.

    These joints have pulses, ``at`` [rad] from their rest.
    """
    run = Run(ServoStart(0.4, 0.0), wake=False)
    run.bank.stand(
        {SERVOS[name].channel: SERVOS[name].pulse(REST[name] + at) for name in names} | {15: 1500.0}
    )
    return run


def test_what_the_chip_still_holds_stays_until_woken_and_goes_to_rest_in_order_at_limited_speed():
    run = standing("arm_shoulder", "arm_elbow")
    before = run.bank.joints
    assert before["arm_shoulder"].position == pytest.approx(REST["arm_shoulder"] - 0.8)
    run.go(1.0)
    assert run.bank.joints == before and set(run.bank.pulses) == {
        SERVOS[name].channel for name in ("arm_shoulder", "arm_elbow")
    }
    run.bank.wake()
    states = [before, *run.go(8.0)]
    assert run.bank.awake and all(states[-1][name].position == REST[name] for name in REST)
    for name in ("arm_shoulder", "arm_elbow"):
        ways = [abs(b[name].position - a[name].position) for a, b in pairwise(states)]
        assert max(ways) <= min(SPEEDS[name], SERVOS[name].velocity) * STEP + 1e-9
    at_rest = next(
        i
        for i, joints in enumerate(states)
        if joints["arm_shoulder"].position == REST["arm_shoulder"]
    )
    assert states[at_rest]["arm_elbow"] == before["arm_elbow"]


def test_held_on_its_way_to_rest_it_stays_and_never_goes_on_by_itself():
    run = standing("arm_shoulder")
    run.bank.wake()
    run.go(0.3)
    run.bank.hold()
    before = run.bank.pulses
    run.go(1.0)
    run.bank.wake()
    run.go(3.0)
    assert run.bank.awake and run.bank.pulses[0] == before[0]


def test_a_pulse_beyond_a_servo_s_limits_is_clamped():
    run = Run(wake=False)
    run.bank.stand({SERVOS["arm_shoulder"].channel: 5000.0})
    assert run.bank.pulses == {
        SERVOS["arm_shoulder"].channel: pytest.approx(SERVOS["arm_shoulder"].max_us)
    }
