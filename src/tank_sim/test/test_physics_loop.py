"""Simulated time runs, stands still when paused, and goes on step by step."""

import threading
import time

import pytest

from tank_sim.physics_loop import PhysicsLoop


class Count:
    """Counts turns and lets a test wait for them."""

    def __init__(self):
        self.turns, self._changed = 0, threading.Condition()

    def __call__(self):
        with self._changed:
            self.turns += 1
            self._changed.notify_all()

    def wait_for(self, turns):
        with self._changed:
            assert self._changed.wait_for(lambda: self.turns >= turns, timeout=60)


@pytest.fixture
def count():
    return Count()


def test_it_runs_until_stopped(count):
    loop = PhysicsLoop(count, 0.001)
    loop.start()
    loop.start()
    count.wait_for(20)
    loop.stop()
    after = count.turns
    time.sleep(0.02)
    assert count.turns == after
    loop.stop()


def test_it_never_runs_ahead_of_time(count):
    began = time.monotonic()
    loop = PhysicsLoop(count, 0.02, real_time_factor=2.0)
    loop.start()
    count.wait_for(20)
    turns, passed = count.turns, time.monotonic() - began
    loop.stop()
    assert turns * 0.02 <= 2.0 * passed + 0.05


def test_factor_zero_does_not_wait(count):
    loop = PhysicsLoop(count, period=1000.0, real_time_factor=0.0)
    loop.start()
    count.wait_for(50)
    loop.stop()


def test_paused_time_stands_still_and_steps(count):
    loop = PhysicsLoop(count, 0.001)
    loop.start()
    count.wait_for(3)
    loop.pause()
    after = count.turns
    assert loop.paused
    time.sleep(0.02)
    assert count.turns == after
    assert loop.step(5)
    assert count.turns == after + 5
    loop.resume()
    count.wait_for(after + 10)
    assert not loop.step(1)
    loop.stop()


def test_it_can_be_started_again_and_stopped_while_paused(count):
    loop = PhysicsLoop(count, 0.001)
    loop.start()
    loop.pause()
    loop.stop()
    turns = count.turns
    loop.resume()
    loop.start()
    count.wait_for(turns + 3)
    loop.stop()
