"""The PCA9685's driver against the register model: what the wire saw."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_hw_driver.board.chips.pca9685 import Pca9685
from tank_hw_driver.bus.base import BusError
from tank_hw_driver.bus.faults import CheckedBus
from tank_hw_driver.chip_model.model import ChipModel
from tank_hw_driver.chip_model.testing import ModelBus
from tank_hw_driver.hardware import PwmChip, load_hardware

HARDWARE = load_hardware("robot_hat_v3")
MOTORS = tuple(range(8, 16))
BLOCK_OFF = bytes([0x06 + 4 * 8]) + bytes([0, 0, 0, 0x10]) * 8


def bench(chip=HARDWARE.pca9685):
    model = ChipModel(HARDWARE)
    return model, Pca9685(CheckedBus(ModelBus(model), "test", 0.05), chip)


def seen(model):
    return [bytes(event["bytes"]) for event in model.events if event["kind"] == "i2c_write"]


def test_start_on_a_fresh_chip_makes_the_motors_dead_first_and_then_the_frequency():
    model, pwm = bench()
    pwm.start(MOTORS)
    writes = seen(model)
    assert writes[0] == BLOCK_OFF
    # no auto-increment yet
    assert writes[1:9] == [bytes([0x09 + 4 * channel, 0x10]) for channel in MOTORS]
    assert writes.count(bytes([0xFE, 121])) == 1
    assert model.pwm.period == pytest.approx(0.02, rel=0.01) and model.pwm.alive
    pwm.check()
    assert pwm.frequency == pytest.approx(25e6 / 4096 / 122)


def test_start_on_a_running_chip_stops_the_motors_and_leaves_the_servos_pulse_alone():
    model, pwm = bench()
    pwm.start(MOTORS)
    pwm.set({3: 300, 12: 4096, 13: 1000})
    assert model.motor_duties()["M2"] > 0.7
    model.events.clear()
    Pca9685(CheckedBus(ModelBus(model), "test", 0.05), HARDWARE.pca9685).start(MOTORS)
    assert seen(model) == [BLOCK_OFF]  # no MODE1, no PRE_SCALE: nothing twitches
    assert set(model.motor_duties().values()) == {0.0}
    assert model.pulses()[3] == pytest.approx(pwm.pulse(300), abs=0.001)


@given(
    mode=st.integers(0, 255),
    prescale=st.integers(0, 255),
    outputs=st.binary(min_size=64, max_size=64),
)
def test_start_leads_from_any_state_to_a_running_chip_and_never_moves_a_motor(
    mode, prescale, outputs
):
    model, pwm = bench()
    for data in (
        bytes([0xFE, prescale]),
        bytes([0x00, 0x21]),
        bytes([0x06]) + outputs,
        bytes([0x00, mode]),
    ):
        model.i2c_write(0.0, "test", 0x5F, data)
    pwm.start(MOTORS)
    pwm.check()
    assert model.pwm.alive and set(model.motor_duties().values()) == {0.0}
    model.events.clear()
    changes = len(model.motor_history(-1.0))
    pwm.start(MOTORS)
    assert seen(model) == [BLOCK_OFF] and len(model.motor_history(-1.0)) == changes


@given(prescale=st.integers(0, 255), outputs=st.binary(min_size=64, max_size=64))
def test_start_on_a_chip_that_drives_the_motors_stops_all_of_them_at_one_time(prescale, outputs):
    model, pwm = bench()
    for data in (bytes([0xFE, prescale]), bytes([0x00, 0x21]), bytes([0x06]) + outputs):
        model.i2c_write(0.0, "test", 0x5F, data)
    driven, changes = model.motor_duties(), len(model.motor_history(-1.0))
    pwm.start(MOTORS)
    stopped = dict.fromkeys(driven, 0.0)
    assert [duties for _, duties in model.motor_history(-1.0)[changes:]] == (
        [] if driven == stopped else [stopped]
    )


@given(mode=st.sampled_from((0x21, 0x01, 0x31, 0x11)), outputs=st.binary(min_size=64, max_size=64))
def test_off_is_off_in_whatever_state_the_chip_is(mode, outputs):
    model, pwm = bench()
    for data in (bytes([0x00, 0x21]), bytes([0x06]) + outputs, bytes([0x00, mode])):
        model.pwm.write(data)
    pwm.off(MOTORS)
    model.pwm.write(bytes([0x00, 0xA1]))  # were it woken and restarted now
    assert not any(model.pwm.wave(channel) for channel in MOTORS)


@given(oscillator=st.floats(23e6, 27e6), pulse=st.floats(300.0, 2700.0))
def test_a_pulse_comes_back_within_half_a_count(oscillator, pulse):
    pwm = bench(PwmChip(0x5F, 50.0, oscillator))[1]
    step = pwm.pulse(1)
    assert abs(pwm.pulse(pwm.counts(pulse)) - pulse) <= 0.5 * step + 1e-9
    assert step < 5.5 and abs(pwm.frequency - 50.0) < 0.25


@given(counts=st.integers(1, 4095))
def test_counts_to_pulse_to_counts(counts):
    pwm = bench()[1]
    assert pwm.counts(pwm.pulse(counts)) == counts


@pytest.mark.parametrize("pulse", [0.0, -5.0, 20_000.0, 1e9, float("nan"), float("inf")])
def test_an_impossible_pulse_is_refused(pulse):
    with pytest.raises(BusError, match=r"impossible; the PCA9685 at 50\.0 Hz makes"):
        bench()[1].counts(pulse)


@given(st.dictionaries(st.integers(0, 15), st.integers(0, 4096), min_size=1))
def test_outputs_are_as_set_and_neighbors_share_a_transfer(counts):
    model, pwm = bench()
    pwm.start(MOTORS)
    model.events.clear()
    pwm.set(counts)
    assert {channel: model.pwm.wave(channel).bit_count() for channel in counts} == counts
    assert not any(model.pwm.wave(channel) for channel in set(range(16)) - set(counts))
    runs = sum(channel + 1 not in counts for channel in counts)
    assert len(seen(model)) == runs


def test_a_reset_is_noticed_and_said():
    model, pwm = bench()
    pwm.start(MOTORS)
    pwm.check()
    model.fault(0.0, "reset")
    with pytest.raises(BusError, match=r"0x5f was reset.*start the driver again"):
        pwm.check()
    pwm.start(MOTORS)
    pwm.check()
