"""Messages of a page: typed, with limits on size and rate. Pure.

A message is a JSON object whose ``t`` names its kind. What is not exactly one of these is refused,
and nothing happens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tank_core.commands.words import Speed
from tank_core.exceptions import TankError
from tank_core.io.inputs import InputError, parse_json
from tank_core.io.one_line import quoted

LARGEST = 4096  # [bytes] of a message
LONGEST = 500  # characters of a sentence
LONGEST_NAME = 64  # of a world
RATE, BURST = 20.0, 40  # messages a second, and at once


class ProtocolError(TankError, ValueError):
    """A message that is none of the protocol's."""


@dataclass(frozen=True)
class SayMessage:
    """A sentence for the robot."""

    text: str


@dataclass(frozen=True)
class RehearseMessage:
    """A sentence of which only the meaning is wanted: nobody carries it out."""

    text: str


@dataclass(frozen=True)
class StopMessage:
    """Stop the robot."""


@dataclass(frozen=True)
class ReleaseMessage:
    """Let it move again."""


@dataclass(frozen=True)
class PingMessage:
    """Answer at once, with the same number."""

    at: float


@dataclass(frozen=True)
class SeenMessage:
    """The last camera picture is on the screen: send the next."""


@dataclass(frozen=True)
class LookMessage:
    """Whether somebody looks at the page; to one that is hidden no pictures go."""

    on: bool


@dataclass(frozen=True)
class ResetMessage:
    """Put the simulated world back to its start."""


@dataclass(frozen=True)
class PauseMessage:
    """Halt the simulation, or let it go on."""

    on: bool


@dataclass(frozen=True)
class DriveMessage:
    """Somebody pushes, with shares of a speed from -1 to 1; 0 and 0 lets go.

    ``seen`` [s] is the ``at`` of the last letter about the wheel that the page has had.
    """

    ahead: float
    left: float
    speed: str
    seen: float


@dataclass(frozen=True)
class RecordMessage:
    """Begin to record, or end it."""

    on: bool


@dataclass(frozen=True)
class PlayMessage:
    """Let a recording that is shown go on, or halt it."""

    on: bool


@dataclass(frozen=True)
class SeekMessage:
    """Show a recording from another place on [s]."""

    at: float


@dataclass(frozen=True)
class WorldMessage:
    """Put the robot into another simulated world."""

    world: str
    seed: int


Message = (
    SayMessage | RehearseMessage | StopMessage | ReleaseMessage | PingMessage | SeenMessage
    | LookMessage | ResetMessage | PauseMessage | WorldMessage | DriveMessage | RecordMessage
    | PlayMessage | SeekMessage
)  # fmt: skip


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ProtocolError(f"a sentence is text, not {quoted(value)}")
    words = " ".join(value.split())
    if not words:
        raise ProtocolError("the sentence is empty; say what the robot shall do")
    if len(words) > LONGEST:
        raise ProtocolError(
            f"the sentence has {len(words)} characters; {LONGEST} at most: say it in two"
        )
    return words


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ProtocolError(f"on is {quoted(value)}; it is true or false")
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e15:
        raise ProtocolError(f"a time is {quoted(value)}; it is a number")
    return float(value)


def _share(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not -1.0 <= value <= 1.0:
        raise ProtocolError(f"a share of the speed is {quoted(value)}; it is from -1 to 1")
    return float(value)


def _speed(value: Any) -> str:
    if value not in tuple(Speed):
        raise ProtocolError(f"the speed is {quoted(value)}; it is one of {', '.join(Speed)}")
    return str(value)


def _world(value: Any) -> str:
    if not isinstance(value, str) or not value or len(value) > LONGEST_NAME:
        raise ProtocolError(f"world is {quoted(value)}; it is the name of a world")
    return value


def _seed(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
        raise ProtocolError(f"seed is {quoted(value)}; it is a whole number from 0 to {2**31 - 1}")
    return value


# Each kind: its class, and its fields with what reads them.
_KINDS: Mapping[str, tuple[Callable[..., Message], Mapping[str, Callable[[Any], Any]]]] = {
    "say": (SayMessage, {"text": _text}),
    "stop": (StopMessage, {}),
    "release": (ReleaseMessage, {}),
    "ping": (PingMessage, {"at": _number}),
    "seen": (SeenMessage, {}),
    "look": (LookMessage, {"on": _flag}),
    "reset": (ResetMessage, {}),
    "pause": (PauseMessage, {"on": _flag}),
    "drive": (DriveMessage, {"ahead": _share, "left": _share, "speed": _speed, "seen": _number}),
    "record": (RecordMessage, {"on": _flag}),
    "play": (PlayMessage, {"on": _flag}),
    "seek": (SeekMessage, {"at": _number}),
    "rehearse": (RehearseMessage, {"text": _text}),
    "world": (WorldMessage, {"world": _world, "seed": _seed}),
}


def read_message(text: str | bytes) -> Message:
    """The message of a text. Raises ProtocolError that says what is wrong."""
    if not isinstance(text, str):
        raise ProtocolError("a message is text, not bytes")
    if len(text.encode(errors="replace")) > LARGEST:
        raise ProtocolError(f"a message has {LARGEST} bytes at most")
    try:
        data = parse_json(text)
    except InputError as error:
        raise ProtocolError(str(error)) from None
    if not isinstance(data, dict):
        raise ProtocolError("a message is a JSON object")
    kind = _KINDS.get(data.pop("t", None)) if isinstance(data.get("t"), str) else None
    if kind is None:
        raise ProtocolError(f"a message's t is one of {', '.join(_KINDS)}")
    make, fields = kind
    if set(data) != set(fields):
        raise ProtocolError(f"it has the fields {', '.join(fields) or 'none'} beside t")
    return make(**{name: read(data[name]) for name, read in fields.items()})


class Allowance:
    """The allowance of one page: RATE messages a second, and BURST at once.

    Times [s] are arguments, of any one clock.
    """

    def __init__(self, rate: float = RATE, burst: int = BURST) -> None:
        self._rate, self._burst = rate, float(burst)
        self._left, self._then = float(burst), float("-inf")

    def take(self, now: float) -> bool:
        """Whether one more message is allowed now; it is counted if so."""
        self._left = min(self._burst, self._left + self._rate * max(0.0, now - self._then))
        self._then = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True
