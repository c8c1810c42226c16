"""A calibration dialogue as played.

Nothing moves that was not asked for, and any key ends what moves in the same step.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tank_cli.calibrate.acts import Act, Ask, AskNumber, Dialogue, ShowText, aligned
from tank_cli.calibrate.motor_acts import (
    JOG_INTERVAL,
    READINGS,
    SWEEP_RATE,
    DriveOutcome,
    Jog,
    Measure,
    Pulse,
    RunMotors,
    Sweep,
    ramped,
)
from tank_cli.calibrate.session import Session

KEYS = [
    "y",
    "n",
    "q",
    "enter",
    "backspace",
    "+",
    "-",
    "3",
    "r",
    "7",
    ".",
    "up",
    "part of a key",
    "x",
]
STEPS = st.lists(
    st.tuples(st.floats(0.0, 0.5), st.lists(st.sampled_from(KEYS), max_size=3)), max_size=60
)


def one(act: Act, answers: list[object]) -> Dialogue:
    answers.append((yield act))


def everything() -> Dialogue:
    yield ShowText("begin")
    while True:
        yield Ask("go?", {"y": "yes", "n": "no"})
        yield RunMotors("driving", ramped({"M1": 0.5, "M2": -0.9}, 4.0), 1.0)
        yield AskNumber("how far", "cm", 1.0, 100.0)
        yield Pulse(0, 1450.0)
        yield Jog("jog", 0, 1000.0, 1500.0, 600.0)
        yield Sweep(0, 1200.0)
        yield Pulse(0, None)


@settings(max_examples=40)
@given(STEPS)
def test_whatever_is_pressed_only_a_drive_moves_motors_and_servos_stay_within_limits(
    steps: list[tuple[float, list[str]]],
) -> None:
    session, now = Session(everything()), 0.0
    pulse: float | None = None
    for wait, keys in steps:
        now += wait
        moved_before = session.moving
        turn = session.step(now, keys)
        assert not turn.duties or session.moving
        assert all(abs(duty) <= 0.9 for duty in turn.duties.values())
        if moved_before and keys:
            assert all(duty == 0.0 for duty in turn.duties.values())
        here = turn.pulses.get(0)
        assert here is None or 1000.0 <= here <= 1500.0
        if here is not None and pulse is not None:
            assert abs(here - pulse) <= max(25.0, SWEEP_RATE * wait) + 1e-6
        pulse = here
        if session.done:
            assert session.quit and not turn.duties
            return


def test_a_key_that_was_typed_before_the_motion_keeps_it_from_beginning() -> None:
    answers: list[object] = []

    def dialogue() -> Dialogue:
        yield Ask("go?", {"y": "yes"})
        answers.append((yield RunMotors("driving", lambda _: {"M1": 1.0}, 1.0)))

    session = Session(dialogue())
    session.step(0.0)
    assert session.step(1.0, ["y", "x"]).duties == {}
    assert session.done and answers == [DriveOutcome(0.0, {}, True)]


def test_a_drive_rises_ends_by_itself_and_says_how_it_went() -> None:
    answers: list[object] = []
    session = Session(one(RunMotors("driving", ramped({"M1": -0.5}, 1.0), 1.0), answers))
    seen = [session.step(now).duties.get("M1", 0.0) for now in (5.0, 5.25, 5.75, 6.0)]
    assert seen == [0.0, -0.25, -0.5, 0.0]
    assert answers == [DriveOutcome(1.0, {"M1": -0.5}, False)]


@pytest.mark.parametrize(
    ("typed", "value"),
    [("12.5", 12.5), ("12,5", 12.5), ("7!2", 72.0), ("200\r3\r", 3.0), ("\r-\r5", 5.0)],
)
def test_numbers_are_typed_and_checked(typed: str, value: float) -> None:
    answers: list[object] = []
    session = Session(one(AskNumber("how far", "cm", 1.0, 100.0), answers))
    session.step(0.0, ["enter" if key == "\r" else key for key in typed])
    session.step(0.1, ["enter"])
    assert answers == [value]


def test_a_digit_is_taken_back() -> None:
    answers: list[object] = []
    session = Session(one(AskNumber("how far", "cm", 1.0, 100.0), answers))
    assert session.step(0.0, ["4", "2"]).status.endswith(": 42")
    session.step(0.1, ["backspace", "enter"])
    assert answers == [4.0]


def test_a_slow_line_that_delivers_many_keys_at_once_makes_one_step() -> None:
    def dialogue() -> Dialogue:
        yield Pulse(0, 1450.0)
        yield Jog("jog", 0, 1000.0, 2000.0, 600.0)

    session = Session(dialogue())
    assert session.step(0.0, ["3"]).pulses == {0: 1450.0}
    assert session.step(0.1, ["up"] * 30).pulses == {0: 1475.0}
    assert session.step(0.1 + JOG_INTERVAL / 2, ["up"]).pulses == {0: 1475.0}
    assert session.step(0.1 + JOG_INTERVAL * 1.1, ["down"]).pulses == {0: 1450.0}


def test_a_servo_set_free_wakes_with_the_next_step() -> None:
    def dialogue() -> Dialogue:
        yield Pulse(0, 1450.0)
        yield Jog("jog", 0, 1000.0, 2000.0, 600.0)

    session = Session(dialogue())
    assert session.step(0.0, ["r"]).pulses == {0: None}
    assert session.step(1.0, ["+"]).pulses == {0: 1460.0}


def test_a_sweep_needs_a_servo_that_is_awake() -> None:
    with pytest.raises(ValueError, match="wake"):
        Session(one(Sweep(0, 1450.0), [])).step(0.0)


def test_a_measurement_takes_the_median_and_waits_for_enough_readings() -> None:
    answers: list[object] = []
    session = Session(one(Measure("battery"), answers))
    session.step(0.0, ["enter"])
    for number in range(READINGS):
        session.step(
            0.1 * number,
            ["enter"] if number < READINGS - 1 else [],
            volts=7.0 if number % 5 else 99.0,
        )
    assert not answers
    session.step(9.0, ["enter"])
    assert answers == [7.0]


def test_columns_stand_under_each_other() -> None:
    assert aligned([("key", "after"), ("longer", "1")]) == ["key     after", "longer  1"]
    assert aligned([]) == []
