"""``./tank calibrate battery``: a multimeter sets the reference."""

from __future__ import annotations

from collections import deque
from typing import Any

import pytest
from dialogue_person import by_text, converse
from hypothesis import given, settings
from hypothesis import strategies as st

from tank_cli.calibrate.battery import battery
from tank_cli.calibrate.session import SessionStep
from tank_core.exceptions import TankError
from tank_hw_driver.hardware import load_hardware

HARDWARE = load_hardware("robot_hat_v3")


def calibrated(shown: float, typed: str) -> tuple[dict[str, Any], str]:
    keys, found = deque([*typed, "enter"]), dict[str, Any]()

    def answer(text: str, turn: SessionStep) -> str:
        if "multimeter show" in text:
            return keys.popleft() if keys else "q"
        return by_text({"own reading": "enter", "Measured at": "a"})(text, turn)

    return found, converse(battery(HARDWARE, found), answer, volts=lambda: shown)


@settings(max_examples=40)
@given(st.floats(6.0, 7.8), st.floats(0.85, 1.15))
def test_afterwards_the_robot_reads_what_the_multimeter_shows(shown: float, off: float) -> None:
    assert HARDWARE.battery is not None
    real = round(shown * off, 2)
    found, _ = calibrated(shown, f"{real}")
    after = load_hardware("robot_hat_v3", found).battery
    assert after is not None
    assert shown * after.reference / HARDWARE.battery.reference == pytest.approx(real, abs=0.01)


def test_what_cannot_be_is_asked_again() -> None:
    found, told = calibrated(8.2, "5.2")
    assert not found and "more than a reference can be off" in told


def test_no_battery_at_the_board() -> None:
    with pytest.raises(TankError, match="USB"):
        calibrated(0.3, "7.4")


def test_a_board_that_cannot_measure_says_so() -> None:
    with pytest.raises(TankError, match="motor_hat measures no battery"):
        next(battery(load_hardware("motor_hat"), {}))
