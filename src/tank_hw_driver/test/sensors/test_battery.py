"""Which readings are believed, and how the levels hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_hw_driver.hardware import load_hardware
from tank_hw_driver.sensors.battery import (
    READINGS,
    RECOVERY,
    STALE_S,
    BatteryLevel,
    BatteryMonitor,
    charge,
)

BATTERY = load_hardware("robot_hat_v3").battery
NEEDED = READINGS // 2 + 1  # so many readings turn the median


@pytest.fixture
def monitor():
    return BatteryMonitor(BATTERY)


def feed(monitor, volts, count=READINGS):
    for _ in range(count):
        monitor.update(volts, 0.0)
    return monitor.level


@pytest.mark.parametrize(
    "volts, level",
    [
        (8.2, BatteryLevel.OK),
        (6.7, BatteryLevel.WARN),
        (6.3, BatteryLevel.NO_ARM),
        (5.9, BatteryLevel.STOP),
    ],
)
def test_levels_by_voltage(monitor, volts, level):
    assert feed(monitor, volts) is level
    assert f"{volts:.2f} V" in monitor.message


@given(st.lists(st.floats(-100.0, 100.0), max_size=NEEDED - 1))
def test_a_few_wild_readings_change_nothing(wild):
    monitor = BatteryMonitor(BATTERY)
    feed(monitor, 8.0)
    for volts in wild:
        monitor.update(volts, 0.0)
        assert (
            monitor.level is BatteryLevel.OK
            and monitor.volts is not None
            and abs(monitor.volts - 8.0) <= 1.0
        )


def test_a_jump_is_told_and_believed_when_it_stays(monitor):
    feed(monitor, 7.9)
    monitor.update(5.8, 0.0)
    assert "jumped from 7.90 to 5.80 V" in monitor.doubt and monitor.level is BatteryLevel.OK
    assert feed(monitor, 5.8, NEEDED - 1) is BatteryLevel.STOP
    assert monitor.doubt == ""


@pytest.mark.parametrize("volts", [9.1, float("inf"), float("nan")])
def test_what_no_battery_has_is_dropped(monitor, volts):
    feed(monitor, 7.9)
    assert feed(monitor, volts, 50) is BatteryLevel.OK
    assert "not possible" in monitor.doubt and monitor.volts == 7.9


@pytest.mark.parametrize("volts", [0.0, 4.4])
def test_less_than_any_battery_has_is_a_stop_when_it_stays(monitor, volts):
    feed(monitor, 7.9)
    assert feed(monitor, volts, READINGS - 1) is BatteryLevel.OK and "not possible" in monitor.doubt
    assert feed(monitor, volts, 1) is BatteryLevel.STOP
    assert (
        "the ADC or its wire is broken, or the cells are dead" in monitor.refusal
        and monitor.volts is None
    )
    assert feed(monitor, 7.9, 1) is BatteryLevel.OK and monitor.refusal == ""


def test_without_a_believed_reading_it_is_not_measured_and_the_arm_is_refused(monitor):
    monitor.update(7.9, 100.0)
    monitor.watch(100.0 + STALE_S)
    assert monitor.volts == 7.9 and monitor.refusal == ""
    monitor.update(9.5, 100.0 + STALE_S)
    monitor.watch(100.1 + STALE_S)
    assert (
        monitor.volts is None
        and "no reading for over 5 s: a reading of 9.50 V is not possible" in monitor.refusal
    )
    assert monitor.level is BatteryLevel.OK  # it may drive
    monitor.update(7.9, 107.0)
    assert monitor.refusal == "" and monitor.volts == 7.9


def test_one_that_never_was_read_is_refused_after_the_same_time(monitor):
    monitor.watch(50.0)
    assert monitor.refusal == ""
    monitor.watch(50.1 + STALE_S)
    assert "none came" in monitor.refusal


def test_a_level_outlives_its_monitor(monitor):
    feed(monitor, BATTERY.stop - 0.1)
    other = BatteryMonitor(BATTERY, monitor.level)
    assert "too low before" in other.refusal
    assert feed(other, BATTERY.warn - 0.1) is BatteryLevel.STOP
    assert feed(other, BATTERY.warn + RECOVERY + 0.1) is BatteryLevel.OK


def test_a_level_holds_until_the_voltage_is_well_over_its_threshold(monitor):
    feed(monitor, BATTERY.arm - 0.01)
    assert feed(monitor, BATTERY.arm + RECOVERY - 0.01) is BatteryLevel.NO_ARM
    assert feed(monitor, BATTERY.arm + RECOVERY + 0.01) is BatteryLevel.WARN
    assert feed(monitor, BATTERY.warn + RECOVERY + 0.01) is BatteryLevel.OK


def test_a_stop_ends_by_charging_alone(monitor):
    feed(monitor, BATTERY.stop - 0.1)
    # the cells rise when their load goes
    assert feed(monitor, BATTERY.stop + RECOVERY + 0.2) is BatteryLevel.STOP
    assert "too low to go on" in monitor.message
    assert feed(monitor, BATTERY.warn + 0.01) is BatteryLevel.WARN
    assert feed(monitor, BATTERY.full) is BatteryLevel.OK


@given(st.lists(st.floats(4.5, 9.0), min_size=READINGS, max_size=60))
def test_the_level_never_says_less_than_the_voltage(readings):
    monitor = BatteryMonitor(BATTERY)
    for volts in readings:
        monitor.update(volts, 0.0)
        assert monitor.volts is not None
        assert (monitor.volts < BATTERY.stop) <= (monitor.level is BatteryLevel.STOP)
        assert (monitor.volts < BATTERY.arm) <= (monitor.level >= BatteryLevel.NO_ARM)
        assert (monitor.volts < BATTERY.warn) <= (monitor.level >= BatteryLevel.WARN)


@given(st.floats(4.5, 9.0), st.floats(4.5, 9.0))
def test_charge_rises_with_the_voltage(one, other):
    low, high = sorted((one, other))
    assert 0.0 <= charge(low) <= charge(high) <= 1.0


def test_full_and_empty():
    assert (charge(8.4), charge(6.0)) == (1.0, 0.0)
    assert BatteryMonitor(BATTERY).message == "not measured yet"
