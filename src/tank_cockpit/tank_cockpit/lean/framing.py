"""Letters and messages on a UNIX socket: length, kind, and what is in it.

A frame is its length (little-endian uint32), a byte that is 0 for text and 1 for bytes, and the
data.
"""

from __future__ import annotations

import struct

HEAD = struct.Struct("<IB")
LARGEST_LETTER = 8 << 20  # [bytes] of what the robot tells: a description, or a picture


class FrameTooLongError(ValueError):
    """A frame that is longer than it may be."""


def pack(data: str | bytes) -> bytes:
    """A frame of a letter or a message."""
    body = data.encode() if isinstance(data, str) else data
    return HEAD.pack(len(body), 0 if isinstance(data, str) else 1) + body


def head(data: bytes, largest: int) -> tuple[int, bool]:
    """The length of what follows a frame's head, and whether it is text.

    Raises FrameTooLongError where that is over ``largest`` [bytes].
    """
    length, kind = HEAD.unpack(data)
    if length > largest:
        raise FrameTooLongError(f"a frame of {length} bytes; {largest} at most")
    return length, kind == 0


def unpack(body: bytes, is_text: bool) -> str | bytes:
    """The letter or message of a frame's body."""
    return body.decode(errors="replace") if is_text else body
