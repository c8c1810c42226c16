"""The messages between driver and guardian: ASCII, one a packet.

They go over a Unix socket that keeps messages apart (SOCK_SEQPACKET). The driver beats: ``beat
EPOCH GUARDS LASTS``, where GUARDS says which motors it drives (``motor_switch.guards_of``) and
LASTS for how many "ms" the velocity in force does; it is left out where the robot stands. The
guardian answers each beat, and speaks unasked when it cuts: ``STATE EPOCH REASON``. Each cut begins
a new epoch. A beat that names an older one acknowledges nothing: whatever a driver did while it
hung, it gets its motors back only after it has heard of the cut.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

MAX_BYTES = 512  # of a message
# Of anybody who may connect: cut the motors now. A driver that works hears of the cut, and gets
# them back as after any other.
STOP = b"stop"
BEAT = re.compile(rb"beat ([0-9]{1,12})(?: ([a-z0-9_]{1,32}/[0-9a-f]{8}))?(?: ([0-9]{1,5})ms)?")
LONGEST_S = 10.0  # that is said of a velocity; longer, or for ever, is left out


class GuardianState(StrEnum):
    """The guardian's hold on the motors."""

    FREE = "free"  # nothing: they are the driver's
    CUT = "cut"  # it holds them off until the driver acknowledges this epoch
    # it holds its own motors off for good: they are not those that this driver drives
    OTHER = "other"
    STUCK = "stuck"  # it wants them off and the bus does not take it
    REFUSED = "refused"  # this client may not drive, and should go


@dataclass(frozen=True)
class Reply:
    """A message of the guardian; ``reason`` is a sentence for people."""

    state: GuardianState
    epoch: int
    reason: str = ""

    def encode(self) -> bytes:
        return f"{self.state} {self.epoch} {self.reason}".encode("utf-8", "replace")[:MAX_BYTES]


def read_answer(data: bytes) -> Reply | None:
    """The guardian's message; None when it is none."""
    words = data.decode("utf-8", "replace").split(" ", 2)
    if len(words) != 3 or words[0] not in list(GuardianState) or not _is_number(words[1]):
        return None
    return Reply(GuardianState(words[0]), int(words[1]), words[2])


@dataclass(frozen=True)
class Beat:
    """The driver's message that its loop runs.

    It has acknowledged this epoch (0: none), and it drives these motors ("" does not say).
    ``lasts`` [s]: for how long it drives unless it is told again; None: it stands, or for ever.
    """

    epoch: int
    guards: str = ""
    lasts: float | None = None

    def encode(self) -> bytes:
        words = ["beat", str(self.epoch), *([self.guards] if self.guards else [])]
        if self.lasts is not None and 0.0 <= self.lasts <= LONGEST_S:
            words.append(f"{round(1e3 * self.lasts)}ms")
        return " ".join(words).encode("ascii")


def read_beat(data: bytes) -> Beat | None:
    """The driver's message; None when it is rubbish."""
    found = BEAT.fullmatch(data)
    if not found:
        return None
    lasts = None if found[3] is None else int(found[3]) * 1e-3
    if lasts is not None and lasts > LONGEST_S:
        return None
    return Beat(int(found[1]), (found[2] or b"").decode(), lasts)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 12
