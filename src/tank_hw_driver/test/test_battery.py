"""Which readings are believed, and how the levels hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_hw_driver.battery import READINGS, RECOVERY, BatteryLevel, BatteryMonitor, charge
from tank_hw_driver.hardware import load_hardware

BATTERY = load_hardware("robot_hat_v3").battery
NEEDED = READINGS // 2 + 1  # so many readings turn the median


@pytest.fixture
def monitor():
    return BatteryMonitor(BATTERY)


def feed(monitor, volts, count=READINGS):
    for _ in range(count):
        monitor.update(volts)
    return monitor.level


@pytest.mark.parametrize(
    "volts, level",
    [(8.2, BatteryLevel.OK), (6.7, BatteryLevel.WARN), (6.3, BatteryLevel.NO_ARM), (5.9, BatteryLevel.STOP)],
)
def test_levels_by_voltage(monitor, volts, level):
    assert feed(monitor, volts) is level
    assert f"{volts:.2f} V" in monitor.message


@given(st.lists(st.floats(-100.0, 100.0), max_size=NEEDED - 1))
def test_a_few_wild_readings_change_nothing(wild):
    monitor = BatteryMonitor(BATTERY)
    feed(monitor, 8.0)
    for volts in wild:
        monitor.update(volts)
        assert monitor.level is BatteryLevel.OK and monitor.volts is not None and abs(monitor.volts - 8.0) <= 1.0


def test_a_jump_is_told_and_believed_when_it_stays(monitor):
    feed(monitor, 7.9)
    monitor.update(5.8)
    assert "jumped from 7.90 to 5.80 V" in monitor.doubt and monitor.level is BatteryLevel.OK
    assert feed(monitor, 5.8, NEEDED - 1) is BatteryLevel.STOP
    assert monitor.doubt == ""


@pytest.mark.parametrize("volts", [0.0, 4.4, 9.1, float("inf"), float("nan")])
def test_what_no_battery_has_is_dropped(monitor, volts):
    feed(monitor, 7.9)
    assert feed(monitor, volts, 50) is BatteryLevel.OK
    assert "not possible" in monitor.doubt and monitor.volts == 7.9


def test_a_level_holds_until_the_voltage_is_well_over_its_threshold(monitor):
    feed(monitor, BATTERY.arm - 0.01)
    assert feed(monitor, BATTERY.arm + RECOVERY - 0.01) is BatteryLevel.NO_ARM
    assert feed(monitor, BATTERY.arm + RECOVERY + 0.01) is BatteryLevel.WARN
    assert feed(monitor, BATTERY.warn + RECOVERY + 0.01) is BatteryLevel.OK


def test_a_stop_ends_by_charging_alone(monitor):
    feed(monitor, BATTERY.stop - 0.1)
    assert feed(monitor, BATTERY.stop + RECOVERY + 0.2) is BatteryLevel.STOP  # the cells rise when their load goes
    assert "too low to go on" in monitor.message
    assert feed(monitor, BATTERY.warn + 0.01) is BatteryLevel.WARN
    assert feed(monitor, BATTERY.full) is BatteryLevel.OK


@given(st.lists(st.floats(4.5, 9.0), min_size=READINGS, max_size=60))
def test_the_level_never_says_less_than_the_voltage(readings):
    monitor = BatteryMonitor(BATTERY)
    for volts in readings:
        monitor.update(volts)
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
