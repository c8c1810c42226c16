"""Messages of a page: which there are, and how many it may send."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tank_cockpit.protocol import (
    BURST,
    LARGEST,
    RATE,
    Allowance,
    DriveMessage,
    LookMessage,
    PauseMessage,
    PingMessage,
    ProtocolError,
    ReleaseMessage,
    ResetMessage,
    SayMessage,
    SeenMessage,
    StopMessage,
    read_message,
)


def test_each_kind_is_read() -> None:
    assert read_message('{"t": "say", "text": "  turn \\n left "}') == SayMessage("turn left")
    assert read_message('{"t": "ping", "at": 12.5}') == PingMessage(12.5)
    assert read_message('{"t": "look", "on": false}') == LookMessage(False)
    assert read_message('{"t": "pause", "on": true}') == PauseMessage(True)
    pushed = '{"t": "drive", "ahead": 1, "left": -0.25, "speed": "fast", "seen": 7.5}'
    assert read_message(pushed) == DriveMessage(1.0, -0.25, "fast", 7.5)
    kinds = {
        "stop": StopMessage(),
        "release": ReleaseMessage(),
        "seen": SeenMessage(),
        "reset": ResetMessage(),
    }
    for word, message in kinds.items():
        assert read_message(json.dumps({"t": word})) == message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "JSON"),
        ("[1]", "object"),
        ('{"t": "fly"}', "say, stop"),
        ('{"t": "drive"}', "ahead, left, speed, seen beside t"),
        ('{"t": "drive", "ahead": 1.1, "left": 0, "speed": "fast", "seen": 0}', "from -1 to 1"),
        ('{"t": "drive", "ahead": 0, "left": true, "speed": "fast", "seen": 0}', "from -1 to 1"),
        ('{"t": "drive", "ahead": 0, "left": 0, "speed": ["fast"], "seen": 0}', "slow, normal"),
        ('{"t": "drive", "ahead": 0, "left": 0, "speed": "warp", "seen": 0}', "slow, normal"),
        ('{"t": ["say"]}', "say, stop"),
        ('{"t": "say"}', "text"),
        ('{"t": "say", "text": 1}', "text, not"),
        ('{"t": "say", "text": "  "}', "empty"),
        ('{"t": "stop", "now": 1}', "none beside t"),
        ('{"t": "ping", "at": true}', "number"),
        ('{"t": "look", "on": 1}', "true or false"),
        ('{"t": "stop", "t": "say"}', "twice"),
        (json.dumps({"t": "say", "text": "x" * 501}), "501 characters"),
        (json.dumps({"t": "say", "text": "x" * LARGEST}), f"{LARGEST} bytes"),
    ],
)
def test_anything_else_is_refused_in_a_line(text: str, words: str) -> None:
    with pytest.raises(ProtocolError, match=words) as refused:
        read_message(text)
    assert "\n" not in str(refused.value)


VALUES = (
    st.sampled_from(["slow", 0.5])
    | st.none()
    | st.booleans()
    | st.floats()
    | st.text(max_size=9)
    | st.just([{}])
)
KEYS = st.sampled_from(["t", "text", "at", "on", "ahead", "left", "speed", "seen"])
KINDS = st.sampled_from(["say", "stop", "ping", "look", "reset", "drive"])


@settings(max_examples=60)
@given(st.dictionaries(KEYS, VALUES), KINDS)
def test_whatever_comes_it_is_a_message_or_refused(data: dict[str, object], kind: str) -> None:
    given_kind = {**data, "t": kind}
    try:
        message = read_message(json.dumps(given_kind))
    except ProtocolError:
        return
    fields = {key: value for key, value in given_kind.items() if key != "t"}
    assert type(message).__name__ == f"{kind.capitalize()}Message" and set(vars(message)) == set(
        fields
    )


def test_a_page_may_say_so_much_at_once_and_so_much_a_second() -> None:
    allowance = Allowance()
    assert all(allowance.take(5.0) for _ in range(BURST))
    assert not allowance.take(5.0)
    assert allowance.take(5.0 + 1.01 / RATE) and not allowance.take(5.0 + 1.02 / RATE)
    assert sum(allowance.take(1e6) for _ in range(200)) == BURST
