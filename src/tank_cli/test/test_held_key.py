"""Keys of a terminal: held while it repeats them, and not a moment longer."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tank_cli.held_key import FIRST_S, LONGEST_S, PILE, REPEAT_S, HeldKey

WAITS, GAPS = st.floats(0.2, 0.66), st.floats(0.02, 0.1)


def hold(key: HeldKey, since: float, seconds: float, wait: float, gap: float) -> list[float]:
    """A key that is held for so long; the times at which it came."""
    times = [since]
    while (after := times[-1] + (gap if len(times) > 1 else wait)) <= since + seconds:
        times.append(after)
    return times


@settings(max_examples=100)
@given(WAITS, GAPS)
def test_a_keyboards_wait_is_learned_and_then_bridged(wait: float, gap: float) -> None:
    key, holds = HeldKey(), []
    for since in (0.0, 10.0):
        times = hold(key, since, 2.0, wait, gap)
        holds = []
        for at, following in zip(times, [*times[1:], times[-1] + REPEAT_S], strict=True):
            key.typed(["w"], at)
            holds.append(key.held(following - 1e-6) == "w")
    assert all(holds)  # of the second time, without a gap
    assert key.held(times[-1] + REPEAT_S + 1e-6) == ""


@settings(max_examples=200)
@given(st.lists(st.tuples(st.floats(0.0, 1.0), st.text("wasd", max_size=7)), max_size=20))
def test_no_key_is_held_longer_than_it_may(events: list[tuple[float, str]]) -> None:
    key, now, last = HeldKey(), 0.0, -1e9
    for passed, typed in events:
        now += passed
        key.typed(list(typed), now)
        last = now if typed else last
        assert key.held(now) in ("", typed[-1:] or key.held(now))
        assert key.held(last + LONGEST_S) == ""
        if len(typed) >= PILE:
            assert key.held(now) == ""


def test_what_waited_in_a_line_that_hung_holds_nothing() -> None:
    key = HeldKey()
    key.typed(["w"], 0.0)
    key.typed(["w"] * 40, 2.0)
    assert key.held(2.0) == ""
    key.typed(["w"], 2.03)  # it is held all the same: its next repetition says so
    assert key.held(2.1) == "w" and key.held(2.03 + REPEAT_S) == ""


def test_a_key_that_is_spent_has_to_be_let_go() -> None:
    key = HeldKey()
    key.typed(["w"], 0.0)
    key.spend()
    for tick in range(1, 40):
        key.typed(["w"], 0.1 * tick)
        assert key.held(0.1 * tick) == ""
    key.typed(["w"], 4.0 + LONGEST_S)
    assert key.held(4.0 + LONGEST_S) == "w"


def test_a_press_ends_by_itself_and_another_key_takes_its_place() -> None:
    key = HeldKey()
    key.typed(["w"], 0.0)
    assert key.held(FIRST_S - 0.01) == "w" and key.held(FIRST_S) == ""
    key.typed(["a"], 1.0)
    assert key.held(1.1) == "a"
    key.let_go()
    assert key.held(1.1) == ""
