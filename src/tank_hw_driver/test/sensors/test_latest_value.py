"""A slow sensor in a thread.

The newest reading without waiting, loss, and return.
"""

import queue
import time

import pytest

from tank_core.testing.waiting import wait_for
from tank_hw_driver.sensors.latest_value import LatestValue, SensorError


class Pipe:
    """A source whose readings the test gives; an exception is raised."""

    def __init__(self):
        self.given = queue.Queue()
        self.closed = 0

    def read(self):
        reading = self.given.get()
        if isinstance(reading, Exception):
            raise reading
        return reading

    def close(self):
        self.closed += 1


class Openings:
    """A source's openings: the outcome of each, in turn."""

    def __init__(self, *results):
        self.results = list(results)
        self.count = 0

    def __call__(self):
        result = self.results[min(self.count, len(self.results) - 1)]
        self.count += 1
        if isinstance(result, Exception):
            raise result
        return result


@pytest.fixture
def start():
    """A function from openings to a LatestValue that ends with the test."""
    made = []

    def make(*results, stale=60.0, clock=time.monotonic):
        openings = Openings(*results)
        reader = LatestValue("sensor", openings, stale, retry=0.01, clock=clock)
        made.append((reader, results))
        return reader, openings

    yield make
    for reader, results in made:
        for result in results:
            if isinstance(result, Pipe):
                result.given.put(SensorError("the test ends"))
        reader.close()


def test_the_newest_counts_and_reading_never_waits(start):
    pipe = Pipe()
    reader, _ = start(pipe)
    assert reader.read() is None and reader.problem == "not open yet"
    pipe.given.put(1)
    pipe.given.put(2)
    wait_for(lambda: reader.read() == 2)
    assert reader.problem == "" and reader.read() == 2


def test_a_sensor_that_is_lost_says_so_and_comes_back(start):
    first, second = Pipe(), Pipe()
    reader, openings = start(first, SensorError("it is gone"), second)
    first.given.put(1)
    wait_for(lambda: reader.read() == 1)
    first.given.put(SensorError("it broke"))
    wait_for(lambda: openings.count >= 3)
    assert first.closed == 1 and reader.read() is None
    assert reader.problem == "it is gone"  # until it has given something
    second.given.put(5)
    wait_for(lambda: reader.read() == 5)
    assert reader.problem == ""


def test_whatever_a_library_raises_ends_nothing(start):
    pipe = Pipe()
    reader, _ = start(ZeroDivisionError("in a library"), pipe)
    wait_for(lambda: reader.problem == "ZeroDivisionError: in a library")
    pipe.given.put(3)
    wait_for(lambda: reader.read() == 3)


def test_a_stale_reading_is_none(start):
    now = [100.0]
    pipe = Pipe()
    reader, _ = start(pipe, stale=2.0, clock=lambda: now[0])
    pipe.given.put(7)
    wait_for(lambda: reader.read() == 7)
    now[0] += 2.5
    assert reader.read() is None
    assert reader.problem == "the sensor has given nothing for 2.5 s"


def test_close_ends_the_thread_and_the_source():
    pipe = Pipe()
    reader = LatestValue("sensor", lambda: pipe, 1.0)
    pipe.given.put(1)
    wait_for(lambda: reader.read() == 1)
    pipe.given.put(SensorError("end"))
    reader.close()
    reader.close()
    assert not reader._thread.is_alive() and pipe.closed == 1 and reader.read() is None
