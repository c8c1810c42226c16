"""What driver and guardian say to each other on a Unix socket that keeps messages apart (SOCK_SEQPACKET). ASCII, one message a packet.

The driver beats: ``beat EPOCH``. The guardian answers each beat, and speaks unasked when it cuts: ``STATE EPOCH REASON``.
Each cut begins a new epoch. A beat that names an older one acknowledges nothing: whatever a driver did while it hung, it gets its
motors back only after it has heard of the cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MAX_BYTES = 512  # of a message


class State(StrEnum):
    """What the guardian does with the motors."""

    FREE = "free"  # nothing: they are the driver's
    CUT = "cut"  # it holds them off until the driver acknowledges this epoch
    STUCK = "stuck"  # it wants them off and the bus does not take it
    REFUSED = "refused"  # this client may not drive, and should go


@dataclass(frozen=True)
class Answer:
    """A message of the guardian; ``reason`` is a sentence for people."""

    state: State
    epoch: int
    reason: str = ""

    def encode(self) -> bytes:
        return f"{self.state} {self.epoch} {self.reason}".encode("utf-8", "replace")[:MAX_BYTES]


def read_answer(data: bytes) -> Answer | None:
    """The guardian's message; None when it is none."""
    words = data.decode("utf-8", "replace").split(" ", 2)
    if len(words) != 3 or words[0] not in list(State) or not _is_number(words[1]):
        return None
    return Answer(State(words[0]), int(words[1]), words[2])


def beat(epoch: int) -> bytes:
    """The driver's message: its loop runs, and it has acknowledged this epoch (0: none)."""
    return b"beat %d" % epoch


def read_beat(data: bytes) -> int | None:
    """The epoch of a beat; None when the message is rubbish."""
    word, _, number = data.decode("ascii", "replace").partition(" ")
    return int(number) if word == "beat" and _is_number(number) else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 12
