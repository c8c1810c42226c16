"""A watchdog expires unless it is fed in time."""

import math

from hypothesis import given
from hypothesis import strategies as st

from tank_core.watchdog import Watchdog


def test_it_is_expired_until_it_is_fed():
    assert Watchdog(0.5).expired(0.0)


@given(st.floats(0, 1e6), st.floats(0.01, 10))
def test_it_lives_for_its_timeout_and_no_longer(start, timeout):
    watchdog = Watchdog(timeout)
    watchdog.feed(start)
    assert not watchdog.expired(start)
    assert not watchdog.expired(start + 0.99 * timeout)
    assert watchdog.expired(start + 1.01 * timeout)


def test_feeding_prolongs_and_starving_ends():
    watchdog = Watchdog(0.5)
    watchdog.feed(1.0)
    watchdog.feed(1.4)
    assert not watchdog.expired(1.8)
    watchdog.starve()
    assert watchdog.expired(1.8)


def test_a_clock_that_goes_back_or_breaks_expires_it():
    watchdog = Watchdog(0.5)
    watchdog.feed(10.0)
    assert watchdog.expired(0.0)
    assert watchdog.expired(math.nan)


def test_it_tells_how_long_it_lives_unless_it_is_fed():
    watchdog = Watchdog(0.5)
    assert watchdog.left(1.0) == 0.0
    watchdog.feed(1.0)
    assert watchdog.left(1.2) == 1.0 + 0.5 - 1.2
    assert watchdog.left(1.6) == 0.0
