"""Letters that wait: of states the newest, the rest whole and in order."""

from __future__ import annotations

from tank_cockpit.outbox import MOST, Outbox


def taken(outbox: Outbox) -> list[object]:
    return list(iter(outbox.take, None))


def test_of_a_state_only_the_newest_is_sent() -> None:
    outbox = Outbox()
    for number in range(1000):
        outbox.put({"n": number}, "pose")
    outbox.put({"line": 1})
    outbox.put({"line": 2})
    assert taken(outbox) == [{"n": 999}, {"line": 1}, {"line": 2}] and not outbox.full


def test_a_page_that_takes_nothing_is_let_go() -> None:
    outbox = Outbox()
    for number in range(MOST + 50):
        outbox.put({"line": number})
    assert outbox.full and len(taken(outbox)) == MOST + 1
