"""A hand that drives: it ends the plan, a stop ends it, and silence too."""

import math
from typing import Any

import pytest
from executor_rig import TICK, Rig
from hypothesis import given, settings
from hypothesis import strategies as st

from tank_core.commands import Move, Report, Stop, Wait
from tank_core.mock_backend import MockBackend
from tank_core.robot import load_robot
from tank_core.robot_controller import Applied
from tank_core.state import Twist2D
from tank_executor.plan import Plan, PlanState
from tank_executor.running.plan_run import Output
from tank_executor.running.wheel import DEAD_MAN_S, GONE_S

ROBOT, STILL = load_robot("tank"), Twist2D()
LONG = Plan((Move("forward", 20.0),), "drive 20 meters")


class Driven(Rig):
    """A rig that a hand may drive, as the node has it."""

    def __init__(self) -> None:
        super().__init__(MockBackend(ROBOT))

    def hand(self, linear: float, angular: float = 0.0) -> Applied:
        applied = self.runner.drive(Twist2D(linear, angular), self.now)
        self.send(self.runner.take_output())
        self.drive()
        return applied

    def drive(self) -> Twist2D | None:
        velocity = self.runner.wheel.velocity(self.now)
        self.send(Output(velocity))
        return velocity

    def tick(self) -> Output:
        output = super().tick()
        self.drive()
        return output

    def held(self, linear: float, seconds: float) -> None:
        """A hand that says the same 10 times a second."""
        for _ in range(round(seconds / 0.1)):
            self.hand(linear)
            self.ticks(0.1)

    @property
    def speed(self) -> float:
        return self.state.odometry.twist.linear


@pytest.fixture
def rig() -> Driven:
    return Driven()


def test_a_hand_ends_the_plan_and_what_waits_and_drives(rig: Driven) -> None:
    for _ in range(2):
        assert rig.runner.submit(LONG) is None
    rig.ticks(0.5)
    rig.runner.take_changes()
    rig.hand(-0.2)
    ended = rig.runner.take_changes()
    assert [(each.state, each.message) for each in ended] == [
        (PlanState.STOPPED, "driven by hand")
    ] * 2
    rig.held(-0.2, 0.5)
    assert rig.speed == pytest.approx(-0.2)


def test_silence_is_zero_after_the_dead_man_and_a_zero_at_once(rig: Driven) -> None:
    rig.held(0.2, 0.5)
    rig.ticks(DEAD_MAN_S - 0.1 - 2 * TICK)
    assert rig.speed > 0.1
    rig.ticks(4 * TICK)
    assert rig.speed == 0.0 and not rig.runner.wheel.held
    rig.held(0.2, 0.2)
    rig.hand(0.0)
    rig.tick()
    assert rig.speed == 0.0 and rig.drive() is None


def test_when_the_hand_lets_go_nothing_starts_by_itself(rig: Driven) -> None:
    rig.ticks(0.1)
    early = round(rig.now * 1e9)  # said before, and long on its way through the model
    rig.held(0.2, 0.3)
    assert "driven by hand; let go" in str(rig.runner.submit(LONG))
    rig.hand(0.0)
    assert "say it again" in str(rig.runner.submit(Plan(LONG.commands, "go", early)))
    rig.ticks(1.0)
    assert rig.speed == 0.0 and not rig.runner.running
    assert rig.runner.submit(Plan(LONG.commands, "go", round(rig.now * 1e9))) is None
    rig.ticks(0.5)
    assert rig.speed > 0.1


def test_a_question_is_answered_while_a_hand_drives(rig: Driven) -> None:
    rig.held(0.2, 0.3)
    assert rig.runner.submit(Plan((Report("position"),))) is None
    rig.held(0.2, 0.3)
    assert rig.runner.status.state is PlanState.SUCCEEDED
    assert rig.speed == pytest.approx(0.2)


def test_a_stopped_hand_has_to_let_go_before_it_is_heard_again(rig: Driven) -> None:
    rig.held(0.2, 0.5)
    assert rig.runner.submit(Plan((Stop(),))) is None
    rig.send(rig.runner.take_output())
    rig.held(0.2, 2.0)  # it goes on pushing
    assert rig.speed == 0.0 and "let go first" in rig.hand(0.2).message
    rig.hand(0.0)  # it may be another's: a joystick at rest says it all the time
    assert "let go first" in rig.hand(0.2).message
    rig.hand(0.0)
    rig.ticks(DEAD_MAN_S + 0.05)
    rig.held(0.2, 0.3)
    assert rig.speed > 0.1
    rig.send(rig.runner.stop("a test", latch=False))
    rig.ticks(GONE_S + 0.1)  # one that only says what it wants, and no zero
    rig.held(0.2, 0.3)
    assert rig.speed > 0.1


def test_a_latched_stop_refuses_the_hand_and_its_reset_starts_nothing(rig: Driven) -> None:
    rig.send(rig.runner.stop("the service stop was called"))
    refused = rig.hand(0.2)
    assert refused.refused and "reset the stop first" in refused.message
    rig.runner.reset_stop()
    rig.held(0.2, 0.5)  # the same push
    assert rig.speed == 0.0


def test_a_joystick_at_rest_disturbs_nobody(rig: Driven) -> None:
    assert rig.runner.submit(Plan((Wait(0.5), Move("forward", 0.5)))) is None
    for _ in range(30):
        rig.hand(0.0)
        rig.ticks(0.1)
    assert rig.runner.status.state is PlanState.SUCCEEDED


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 20.0])
def test_what_is_no_velocity_lets_go_and_ends_no_plan(rig: Driven, bad: float) -> None:
    assert rig.runner.submit(LONG) is None
    rig.ticks(0.5)
    assert rig.hand(bad).refused and rig.hand(0.1, bad).refused
    rig.tick()
    assert rig.runner.status.state is PlanState.RUNNING and rig.speed > 0.1
    rig.hand(0.0)
    rig.ticks(DEAD_MAN_S + 0.05)
    rig.held(0.3, 0.5)
    rig.hand(bad)
    rig.tick()
    assert rig.speed == 0.0


def test_too_fast_is_clamped_and_told_and_the_robot_speeds_up_as_by_itself(rig: Driven) -> None:
    applied = rig.hand(3.0, -5.0)
    assert applied.twist == Twist2D(1.0, -2.0) and "over the limit" in applied.message
    speeds = []
    for _ in range(12):
        rig.hand(3.0)
        rig.ticks(0.1)
        speeds.append(rig.controller.twist.linear)
    assert speeds[-1] == 1.0
    steps = [b - a for a, b in zip([0.0, *speeds], speeds, strict=False)]
    assert max(steps) <= ROBOT.drive.linear_acceleration * 0.1 + 1e-9


EVENTS = st.one_of(
    st.tuples(st.just("hand"), st.sampled_from([0.0, 0.3, -0.4, 2.0, math.nan])),
    st.tuples(st.just("tick"), st.integers(1, 18)),
    st.tuples(st.sampled_from(["plan", "stop", "latch", "reset", "robot", "robot resets"])),
)


@pytest.mark.slow
@settings(max_examples=40)
@given(st.lists(EVENTS, max_size=30))
def test_one_drives_at_a_time_and_a_stop_always_wins(events: list[Any]) -> None:
    rig = Driven()
    heard = -math.inf
    for event in events:
        runner, sent = rig.runner, len(rig.outputs)
        match event:
            case ("hand", wanted):
                taken = runner.wheel.held
                rig.hand(wanted)
                heard = rig.now
                if taken and wanted == 0.0:
                    assert rig.outputs[-1].twist == STILL
            case ("tick", count):
                for _ in range(count):
                    before = rig.now
                    output = rig.tick()
                    drives = runner.status.state is PlanState.RUNNING
                    assert not (drives and runner.wheel.held)
                    if runner.wheel.held:
                        assert output.twist is None and before - heard < DEAD_MAN_S
            case ("plan",):
                expected = runner.stopped or runner.wheel.held
                refused = runner.submit(Plan(LONG.commands, "go", round(rig.now * 1e9)))
                assert bool(refused) == expected
            case ("stop",):
                runner.submit(Plan((Stop(),)))
                rig.send(runner.take_output())
            case ("latch",) | ("robot",):
                rig.send(runner.stop("a test", "robot" if event == ("robot",) else "operator"))
                assert rig.outputs[-1].twist == STILL
            case ("reset",) | ("robot resets",):
                runner.reset_stop("robot" if event == ("robot resets",) else "operator")
        if runner.stopped:
            moving = [each.twist for each in rig.outputs[sent:] if each.twist not in (None, STILL)]
            assert not moving and not runner.wheel.held and not runner.running
