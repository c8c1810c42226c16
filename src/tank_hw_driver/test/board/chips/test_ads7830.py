"""The battery's ADC against the register model."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_hw_driver.board.chips.ads7830 import Ads7830, command
from tank_hw_driver.bus.faults import CheckedBus
from tank_hw_driver.chip_model.model import ChipModel
from tank_hw_driver.chip_model.testing import ModelBus
from tank_hw_driver.hardware import load_hardware

HARDWARE = load_hardware("robot_hat_v3")


@given(volts=st.floats(0.0, 20.0), channel=st.integers(0, 7))
def test_a_voltage_comes_back_within_a_step(volts, channel):
    hardware = dataclasses.replace(
        HARDWARE, battery=dataclasses.replace(HARDWARE.battery, channel=channel)
    )
    model = ChipModel(hardware, battery=volts)
    adc = Ads7830(CheckedBus(ModelBus(model), "test", 0.05), hardware.battery)
    assert adc.volts() == pytest.approx(volts, abs=5.2 * 4 / 255 + 1e-9)


def test_the_command_bytes_are_the_data_sheets():
    assert [command(channel) for channel in range(8)] == [
        0x84,
        0xC4,
        0x94,
        0xD4,
        0xA4,
        0xE4,
        0xB4,
        0xF4,
    ]
