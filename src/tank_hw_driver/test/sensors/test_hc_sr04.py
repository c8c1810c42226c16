"""The HC-SR04 (range_finder.py) on gpiozero's mock pins.

What its echo says, and that nothing of it can hang.
"""

import math
import time
from dataclasses import replace

import pytest
from gpiozero.pins.mock import MockFactory, MockPin

from tank_core.robot import load_robot
from tank_hw_driver.hardware import SPEED_OF_SOUND, RangeFinderPins
from tank_hw_driver.sensors.latest_value import SensorError
from tank_hw_driver.sensors.range_finder import (
    DEAF,
    MEDIAN_OF,
    HcSr04,
    open_range_finder,
)

SETTINGS = RangeFinderPins(trigger=23, echo=24, rate=40.0, timeout=0.01)
SENSOR = replace(load_robot("rasptank").range_sensor, max_range=4.0)


class TriggerPin(MockPin):
    """A trigger whose fall makes the echo pin answer, without waiting.

    As the factory's ``distances`` say.
    """

    def _change_state(self, value):
        changed = super()._change_state(value)
        if changed and not value and self.info.name == "GPIO23":
            self.factory.answer()
        return changed


class Factory(MockFactory):
    """``distances``: [m] of the pings to come, the last for ever.

    None: no echo ever; inf: an echo that does not end in time.
    """

    def __init__(self, *distances):
        super().__init__(revision="a02082", pin_class=TriggerPin)
        self.distances = list(distances)

    def answer(self):
        distance = self.distances.pop(0) if len(self.distances) > 1 else self.distances[0]
        if distance is None:
            return
        echo, ticks = self.pin(24), time.monotonic()
        for level, when in ((True, ticks), (False, ticks + 2 * distance / SPEED_OF_SOUND)):
            if level or distance != float("inf"):
                echo._state = level if distance != float("inf") else False
                if echo.when_changed is not None:
                    echo.when_changed(when, int(level))


def readings(count, *distances):
    sensor = HcSr04(SETTINGS, SENSOR, Factory(*distances))
    try:
        return [sensor.read() for _ in range(count)]
    finally:
        sensor.close()


def test_an_echo_is_a_distance():
    assert readings(3, 1.2) == pytest.approx([1.2] * 3)


def test_one_wrong_echo_of_three_does_not_count():
    assert readings(6, 1.0, 1.0, 0.1, 1.0)[2:] == pytest.approx([1.0] * 4)


@pytest.mark.parametrize(
    "distance, told", [(5.0, math.inf), (float("inf"), math.inf), (0.001, SENSOR.min_range)]
)
def test_out_of_reach_is_infinite_and_too_near_the_least(distance, told):
    assert readings(2, distance)[-1] == told


def test_a_sensor_that_never_moves_its_echo_is_told_with_its_pins():
    with pytest.raises(
        SensorError,
        match=r"does not answer: GPIO 24 .* check its 5 V and the wires of "
        r"GPIO 23 \(trigger\) and 24",
    ):
        readings(1, None)


def test_a_sensor_that_falls_silent_is_given_some_pings():
    sensor = HcSr04(SETTINGS, SENSOR, Factory(1.0, None))
    assert sensor.read() == pytest.approx(1.0)
    silent = [sensor.read() for _ in range(DEAF - 1)]
    assert silent[: MEDIAN_OF - 1] == pytest.approx([1.0] * (MEDIAN_OF - 1)) and all(
        map(math.isnan, silent[MEDIAN_OF - 1 :])
    )
    with pytest.raises(SensorError):
        sensor.read()
    sensor.close()


def test_an_echo_pin_that_stays_high_hangs_nothing():
    factory = Factory(1.0)
    sensor = HcSr04(SETTINGS, SENSOR, factory)
    factory.pin(24)._state = True
    with pytest.raises(SensorError):
        sensor.read()
    sensor.close()


def test_an_echo_pin_that_goes_high_for_good_is_never_nothing_in_reach():
    factory = Factory(1.0, 1.0, 1.0, math.inf)
    sensor = HcSr04(SETTINGS, SENSOR, factory)
    seen = [sensor.read() for _ in range(4)]
    factory.pin(24)._state = True  # the echo that has begun does not end
    with pytest.raises(SensorError):
        while True:
            seen.append(sensor.read())
    assert math.inf not in seen and math.isnan(seen[-1]) and seen[3] == pytest.approx(1.0)
    sensor.close()


def test_pings_keep_their_distance(stepped_clock):
    """Of the clock that they are told; what came late is not made up for."""
    clock = stepped_clock
    sensor = HcSr04(SETTINGS, SENSOR, Factory(1.0), clock, clock.sleep)
    times = []
    for late in (0.0, 0.0, 0.5, 0.0, 0.0):
        clock.now += late
        sensor.read()
        times.append(clock.now)
    sensor.close()
    period = 1 / SETTINGS.rate
    assert times == pytest.approx(
        [100.0, 100.0 + period, 100.5 + period, 100.5 + 2 * period, 100.5 + 3 * period]
    )


def test_a_pin_that_is_taken_is_a_sentence_and_the_other_is_free_again():
    factory = Factory(1.0)
    first = HcSr04(SETTINGS, SENSOR, factory)
    with pytest.raises(
        SensorError, match=r"GPIO 23 \(trigger\) or 24 \(echo\) cannot be had: .*GPIO23.*in use"
    ):
        HcSr04(SETTINGS, SENSOR, factory)
    first.close()
    HcSr04(SETTINGS, SENSOR, factory).close()


def test_in_a_thread_it_is_read_without_waiting():
    class Wires:
        def pin_factory(self):
            return factory

    factory = Factory(0.7)
    reader = open_range_finder(SETTINGS, SENSOR, Wires())
    try:
        end = time.monotonic() + 10.0
        while reader.read() is None and time.monotonic() < end:
            time.sleep(0.005)
        assert reader.read() == pytest.approx(0.7) and reader.problem == ""
    finally:
        reader.close()
