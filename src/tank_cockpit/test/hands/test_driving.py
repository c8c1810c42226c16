"""The wheel among pages: one has it, and its zero follows whatever happens."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tank_cockpit.hands.driving import KEPT_S, SEEN_S, ZEROS, Driving
from tank_cockpit.protocol import DriveMessage
from tank_core.robot import load_robot
from tank_core.state import Twist2D
from tank_executor.running.hands import (
    DRIVEN,
    FREE,
    REFUSED,
    Hands,
    hands_from_text,
    speeds_of,
)
from tank_executor.running.wheel import DEAD_MAN_S

SPEEDS = speeds_of(load_robot("tank"))
STILL = Twist2D()


def driving(state: str = FREE, why: str = "") -> Driving:
    made = Driving()
    made.hands = Hands(state, why, SPEEDS)
    return made


def push(
    ahead: float = 1.0, left: float = 0.0, speed: str = "slow", seen: float = 0.0
) -> DriveMessage:
    return DriveMessage(ahead, left, speed, seen)


def test_a_push_is_a_share_of_the_robots_speed() -> None:
    assert driving().drive("a", push(0.5, -1.0, "fast"), 0.1) == Twist2D(0.5, -2.0)
    assert driving().drive("a", push(0.0, 0.0), 0.1) is None  # nobody drives: nothing to end


def test_one_page_has_the_wheel_and_the_others_are_told() -> None:
    wheel = driving()
    wheel.drive("a", push(), 0.0)
    wheel.hands = Hands(DRIVEN, "", SPEEDS)
    assert wheel.drive("b", push(), 0.1) is None
    assert wheel.letter("a", 0.1)["who"] == "you" and wheel.letter("b", 0.1)["who"] == "page"
    assert wheel.letter("b", 0.1)["why"] == "another page drives"
    assert wheel.drive("b", push(0.0), 0.1) is None  # its zero ends nothing of the other's
    assert wheel.drive("a", push(0.0), 0.2) == STILL
    wheel.hands = Hands(FREE, "", SPEEDS)
    assert wheel.drive("b", push(seen=0.9), 0.9) is None  # kept for a moment
    late = KEPT_S + 0.1
    assert wheel.drive("b", push(seen=late), late) == Twist2D(0.2, 0.0)


def test_another_hand_is_not_disturbed() -> None:
    wheel = driving(DRIVEN)
    assert wheel.drive("a", push(), 0.1) is None
    told = wheel.letter("a", 0.1)
    assert (told["who"], told["why"]) == ("hand", "another hand drives")


def test_a_page_that_sees_what_is_old_does_not_drive() -> None:
    wheel = driving()
    assert wheel.drive("a", push(seen=5.0), 5.0 + SEEN_S) is not None
    assert wheel.drive("a", push(seen=5.0), 5.1 + SEEN_S) == STILL
    assert "too slow" in wheel.letter("a", 5.1 + SEEN_S)["why"]


def test_without_an_executor_nobody_drives() -> None:
    wheel = Driving()
    assert wheel.drive("a", push(), 0.0) is None
    told = wheel.letter("a", 0.0)
    assert not told["ready"] and "executor_node" in told["why"]


def test_who_pushes_is_told_why_the_executor_refuses() -> None:
    wheel = driving()
    wheel.drive("a", push(), 0.0)
    wheel.hands = Hands(REFUSED, "stopped", SPEEDS)
    assert wheel.letter("a", 0.1)["why"] == "stopped" and wheel.letter("b", 0.1)["why"] == ""


@pytest.mark.parametrize("end", ["silence", "closed"])
def test_a_page_that_is_gone_ends_in_several_zeros(end: str) -> None:
    wheel = driving()
    wheel.drive("a", push(), 0.0)
    if end == "closed":
        assert wheel.leave("a") == STILL
        sent = [wheel.tick(0.05 * i) for i in range(ZEROS + 2)]
        assert sent == [STILL] * ZEROS + [None, None]
    else:
        assert wheel.tick(DEAD_MAN_S - 0.01) is None and wheel.tick(DEAD_MAN_S + 0.01) == STILL
    assert wheel.leave("a") is None


PAGES = st.sampled_from("abc")
STEP = st.floats(0.0, 0.4)
EVENTS = st.one_of(
    st.tuples(st.just("push"), PAGES, st.sampled_from([0.0, 0.5, -1.0]), STEP),
    st.tuples(st.just("leave"), PAGES, st.just(0.0), STEP),
    st.tuples(st.just("tick"), PAGES, st.just(0.0), STEP),
    st.tuples(st.just("hands"), st.sampled_from([FREE, DRIVEN, REFUSED, ""]), st.just(0.0), STEP),
)


@settings(max_examples=200)
@given(st.lists(EVENTS, max_size=25))
def test_only_who_pushes_drives_and_never_two_within_a_moment(events: list[Any]) -> None:
    wheel, now, last, moving = driving(), 0.0, ("", -10.0), False
    for kind, who, ahead, step in events:
        now += step
        sent = None
        if kind == "push":
            sent = wheel.drive(who, push(ahead, seen=now), now)
        elif kind == "leave":
            sent = wheel.leave(who)
        elif kind == "hands":
            wheel.hands = Hands(who, "", SPEEDS) if who else None
        else:
            sent = wheel.tick(now)
        if sent is not None and sent != STILL:
            assert kind == "push" and sent == Twist2D(0.2 * ahead, 0.0)
            assert last[0] == who or now - last[1] > KEPT_S
            last = who, now
        moving = moving if sent is None else sent != STILL
        if kind == "tick" and now - last[1] > DEAD_MAN_S:
            assert not moving


def test_what_the_executor_tells_comes_back_and_other_text_is_none() -> None:
    hands = Hands(REFUSED, "stopped", SPEEDS, 0.15)
    assert hands_from_text(hands.to_text()) == hands
    for text in ("", "[]", "{}", '{"state": 1, "why": "", "speeds": {"slow": 1}}', "NaN"):
        assert hands_from_text(text) is None
    assert json.loads(hands.to_text())["state"] == "refused"
