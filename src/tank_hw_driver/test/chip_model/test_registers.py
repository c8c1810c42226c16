"""Laws of the register model, and that no bytes can break it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_hw_driver.chip_model.registers import COUNTS, CYCLE, Ads7830Model, Mpu6050, Pca9685Model

BYTES = st.binary(max_size=80)
CHANNELS = st.integers(0, 15)
MODE1, PRE_SCALE = 0x00, 0xFE


def awake(mode: int = 0x21) -> Pca9685Model:
    chip = Pca9685Model(0x5F)
    chip.write(bytes([MODE1, mode]))
    return chip


def get(chip: Pca9685Model, register: int, count: int = 1) -> bytes:
    chip.write(bytes([register]))
    return chip.read(count)


def led(channel: int, on: int, off: int) -> bytes:
    return bytes([0x06 + 4 * channel, on & 0xFF, on >> 8, off & 0xFF, off >> 8])


def test_the_pca9685_begins_asleep_with_every_output_full_off():
    chip = Pca9685Model(0x40)
    assert (
        get(chip, MODE1) == b"\x11"
        and get(chip, 0x01) == b"\x04"
        and get(chip, PRE_SCALE) == b"\x1e"
    )
    assert [get(chip, 0x06 + i)[0] for i in range(64)] == [0, 0, 0, 0x10] * 16
    assert [get(chip, r)[0] for r in (2, 3, 4, 5)] == [0xE2, 0xE4, 0xE8, 0xE0]
    assert not any(chip.wave(channel) for channel in range(16))


@given(writes=st.lists(BYTES, max_size=12), counts=st.integers(0, 300))
def test_hostile_bytes_leave_a_chip_that_answers(writes, counts):
    for chip in (Pca9685Model(0x40), Ads7830Model(0x48, 5.2, lambda channel: 1.0), Mpu6050(0x68)):
        for data in writes:
            chip.write(data)
        assert len(chip.read(counts)) == counts
    pwm = Pca9685Model(0x40)
    for data in writes:
        pwm.write(data)
    assert all(0 <= pwm.wave(channel) <= CYCLE for channel in range(16)) and pwm.period > 0
    pwm.reset()
    assert get(pwm, MODE1) == b"\x11"


@given(channel=CHANNELS, on=st.integers(0, 4095), off=st.integers(0, 4095))
def test_an_output_is_high_from_on_to_off_around_the_cycle(channel, on, off):
    chip = awake()
    chip.write(led(channel, on, off))
    wave = chip.wave(channel)
    assert wave.bit_count() == (off - on) % COUNTS
    assert on == off or (wave >> on & 1 and not wave >> off & 1)


@given(channel=CHANNELS, on=st.integers(0, 0x1FFF), off=st.integers(0x1000, 0x1FFF))
def test_full_off_wins_over_everything_and_full_on_over_counts(channel, on, off):
    chip = awake()
    chip.write(led(channel, on, off))
    assert chip.wave(channel) == 0
    chip.write(led(channel, 0x1000, off & 0xFFF))
    assert chip.wave(channel) == CYCLE


@given(channel=CHANNELS, off=st.integers(1, 4095))
def test_no_output_lives_without_the_oscillator(channel, off):
    chip = awake()
    chip.write(led(channel, 0, off))
    chip.write(bytes([MODE1, 0x31]))
    # it was running: it waits for a restart
    assert chip.wave(channel) == 0 and get(chip, MODE1)[0] & 0x80
    chip.write(bytes([MODE1, 0x21]))
    assert chip.wave(channel) == 0
    chip.write(bytes([MODE1, 0xA1]))
    assert chip.wave(channel).bit_count() == off and not get(chip, MODE1)[0] & 0x80


@given(value=st.integers(0, 255))
def test_the_prescaler_changes_only_asleep_and_is_at_least_3(value):
    chip = Pca9685Model(0x40)
    chip.write(bytes([PRE_SCALE, value]))
    kept = max(3, value)
    assert get(chip, PRE_SCALE)[0] == kept and chip.period == pytest.approx(
        4096 * (kept + 1) / 25e6
    )
    chip.write(bytes([MODE1, 0x21]))
    chip.write(bytes([PRE_SCALE, value ^ 0x55]))
    assert get(chip, PRE_SCALE)[0] == kept


def test_registers_follow_each_other_only_with_auto_increment():
    chip = awake(0x01)
    chip.write(bytes([0x06, 1, 2, 3]))
    assert get(chip, 0x06)[0] == 3 and get(chip, 0x07)[0] == 0
    chip = awake()
    chip.write(bytes([0x06, 1, 2, 3]))
    assert get(chip, 0x06, 3) == bytes([1, 2, 3])
    assert get(chip, 0x45, 2) == bytes([0x10, 0x21])  # after the last output comes MODE1


@given(off=st.integers(0, 4095))
def test_all_led_registers_set_every_output_and_read_as_zero(off):
    chip = awake()
    chip.write(bytes([0xFA, 0, 0, off & 0xFF, off >> 8]))
    assert {chip.wave(channel).bit_count() for channel in range(16)} == {off}
    assert get(chip, 0xFA, 4) == bytes(4)


def test_all_call_and_sub_addresses_answer_while_their_bits_are_set():
    chip = awake()
    assert chip.answers(0x70) and not chip.answers(0x71) and not chip.answers(0x41)
    chip.write(bytes([MODE1, 0x2E]))
    assert (
        not chip.answers(0x70) and chip.answers(0x71) and chip.answers(0x72) and chip.answers(0x74)
    )


@given(volts=st.floats(0.0, 5.2), channel=st.integers(0, 7))
def test_the_adc_converts_the_selected_input_against_its_reference(volts, channel):
    adc = Ads7830Model(0x48, 5.2, lambda asked: volts if asked == channel else 0.0)
    by_data_sheet = {0: 0b000, 1: 0b100, 2: 0b001, 3: 0b101, 4: 0b010, 5: 0b110, 6: 0b011, 7: 0b111}
    for number, select in by_data_sheet.items():
        adc.write(bytes([0x84 | select << 4]))
        assert adc.read(1)[0] == (min(255, int(volts / 5.2 * 256)) if number == channel else 0)
    adc.write(bytes([0x8C | by_data_sheet[channel] << 4]))
    assert adc.read(1)[0] == min(255, int(volts / 2.5 * 256))


def test_the_mpu6050_says_who_it_is():
    chip = Mpu6050(0x68)
    chip.write(b"\x75")
    assert chip.read(2) == b"\x68\x00"
