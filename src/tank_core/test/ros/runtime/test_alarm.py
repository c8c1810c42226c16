"""The alarm's laws: it wakes one waiter, and nobody when it was cleared."""

import sys
import threading
import time

import pytest

if sys.platform != "linux":
    pytest.skip("timerfd is Linux's", allow_module_level=True)

from tank_core.ros.runtime.alarm import Alarm

PATIENCE = 20.0  # [s]


@pytest.fixture
def alarm():
    alarm = Alarm()
    yield alarm
    alarm.close()


def waiter(alarm, woken):
    thread = threading.Thread(target=lambda: (alarm.wait(), woken.append(1)), daemon=True)
    thread.start()
    return thread


def test_it_goes_off_when_it_was_set_and_not_before(alarm):
    began = time.monotonic()
    alarm.set(0.05)
    alarm.wait()
    assert time.monotonic() - began >= 0.05


def test_one_waiter_is_woken_for_each_time(alarm):
    woken = []
    threads = [waiter(alarm, woken) for _ in range(3)]
    for number in range(1, 4):
        alarm.set(0.0)
        end = time.monotonic() + PATIENCE
        while len(woken) < number and time.monotonic() < end:
            time.sleep(0.001)
        assert len(woken) == number
    for thread in threads:
        thread.join(PATIENCE)


def test_what_was_cleared_or_set_anew_wakes_nobody(alarm):
    woken = []
    alarm.set(0.02)
    alarm.clear()
    thread = waiter(alarm, woken)
    alarm.set(0.02)
    alarm.set(100.0)
    time.sleep(0.06)
    assert not woken
    alarm.set(0.0)
    thread.join(PATIENCE)
    assert woken
