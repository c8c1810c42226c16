"""Laws of the stop latch: a stop wins, and its source alone ends it.

Or a reset of all.
"""

from hypothesis import given
from hypothesis import strategies as st

from tank_core.stop_latch import OPERATOR, StopLatch

SOURCES = st.sampled_from([OPERATOR, "guardian", "battery", "clock"])
STOPS = st.tuples(SOURCES, st.text("abc", min_size=1))
# (source, why) is a stop, (source, None) its reset, (None, None) the reset of all
EVENTS = st.lists(STOPS | st.tuples(SOURCES | st.none(), st.none()))


def latch_after(events: list[tuple[str | None, str | None]]) -> StopLatch:
    latch = StopLatch()
    for source, why in events:
        if why is None:
            assert latch.reset(source) is not latch.stopped
        else:
            assert source is not None
            latch.stop(why, source)
    return latch


@given(EVENTS)
def test_it_is_stopped_by_exactly_those_who_stopped_last_and_did_not_reset(
    events: list[tuple[str | None, str | None]],
) -> None:
    latch = latch_after(events)
    held: dict[str, str] = {}
    for source, why in events:
        if why is not None:
            held[source or ""] = why
        elif source is None:
            held = {}
        else:
            held.pop(source, None)
    assert latch.stopped == bool(held)
    assert all(latch.stopped_by(source) == (source in held) for source in (OPERATOR, "clock", "x"))
    assert sorted(filter(None, latch.reason.split("; "))) == sorted(held.values())


@given(EVENTS, STOPS)
def test_a_stop_always_wins(
    events: list[tuple[str | None, str | None]], stop: tuple[str, str]
) -> None:
    latch = latch_after([*events, stop])
    assert latch.stopped and latch.stopped_by(stop[0]) and stop[1] in latch.reason
    assert latch.refusal == f"stopped ({latch.reason}); reset the stop first"


@given(EVENTS, STOPS, SOURCES)
def test_one_source_cannot_take_back_what_another_stopped(
    events: list[tuple[str | None, str | None]], stop: tuple[str, str], other: str
) -> None:
    latch = latch_after([*events, stop])
    free = latch.reset(other)
    assert latch.stopped_by(stop[0]) == (other != stop[0])
    assert free is not latch.stopped


@given(EVENTS)
def test_a_reset_of_all_sets_free(events: list[tuple[str | None, str | None]]) -> None:
    latch = latch_after(events)
    assert latch.reset() and not latch.stopped and latch.reason == "" and latch.refusal is None


@given(EVENTS, STOPS)
def test_to_stop_twice_is_to_stop_once(
    events: list[tuple[str | None, str | None]], stop: tuple[str, str]
) -> None:
    once, twice = latch_after([*events, stop]), latch_after([*events, stop, stop])
    assert once.reason == twice.reason
    assert once.reset(stop[0]) == twice.reset(stop[0])
