"""A stop is done when the robot says so, and only then."""

from __future__ import annotations

from tank_cockpit.stop_watch import LATE_S, StopState, StopWatch


def watched(says: bool | None = False) -> StopWatch:
    watch = StopWatch()
    watch.says(says)
    return watch


def test_from_the_press_to_the_robots_word() -> None:
    watch = watched()
    assert watch.state(0.0) is StopState.FREE
    press = watch.press(1.0)
    assert watch.state(1.0) is StopState.STOPPING
    watch.answered(press)
    assert watch.state(1.1) is StopState.STOPPING  # it has heard, and not said that it is stopped
    watch.says(True)
    assert watch.state(1.1) is StopState.STOPPED and watch.wait(press, 0.0)
    watch.says(False)
    assert watch.state(2.0) is StopState.FREE


def test_what_it_said_before_the_press_confirms_nothing() -> None:
    """A robot that hangs left the last thing it said behind."""
    watch = watched(True)
    press = watch.press(5.0)
    assert not watch.wait(press, 0.0)
    assert watch.state(5.0 + 0.9 * LATE_S) is StopState.STOPPING
    assert watch.state(5.0 + LATE_S) is StopState.NOT_CONFIRMED
    watch.press(7.0)  # pressed again: it is late since the first one
    assert watch.state(7.0) is StopState.NOT_CONFIRMED
    watch.answered(press)
    assert watch.state(7.0) is StopState.NOT_CONFIRMED  # that was the press before
    watch.answered(press + 1)
    assert watch.state(7.1) is StopState.STOPPED


def test_a_robot_that_has_gone_is_not_stopped() -> None:
    watch = watched(True)
    watch.says(None)
    assert watch.state(0.0) is StopState.UNKNOWN
    watch.answered(watch.press(1.0))
    assert watch.state(1.0) is StopState.STOPPING
    assert watch.state(1.0 + LATE_S) is StopState.NOT_CONFIRMED
    watch.says(True)
    assert watch.state(9.0) is StopState.STOPPED


def test_one_that_was_let_go_at_once_is_free() -> None:
    watch = watched()
    watch.answered(watch.press(1.0))
    watch.says(False)  # its "stopped" was overtaken
    assert watch.state(9.0) is StopState.FREE


def test_a_stop_that_came_to_nothing_ends_with_the_release() -> None:
    watch = watched()
    watch.press(1.0)
    watch.released()
    assert watch.state(9.0) is StopState.FREE
