"""Recordings of a few messages, for tests of what reads them."""

from __future__ import annotations

import struct
from pathlib import Path

from tank_recording.bag import BagTopic
from tank_recording.writing import BagWriter, Limits

SECOND = 10**9
BEGAN = 1_700_000_000 * SECOND
FOREVER = {"sec": 9223372036, "nsec": 854775807}
PROFILE = {
    "history": "keep_last", "depth": 1, "reliability": "reliable", "durability": "transient_local",
    "deadline": FOREVER, "lifespan": FOREVER, "liveliness": "automatic",
    "liveliness_lease_duration": FOREVER, "avoid_ros_namespace_conventions": False,
}  # fmt: skip
HASH = "RIHS01_df668c740482bbd48fb39d76a70dfd4bd59db1288021743503259e948f6b1a18"
TEXT = BagTopic("/said", "std_msgs/msg/String", "string data\n", (PROFILE,), HASH)
FLAG = BagTopic("/on", "std_msgs/msg/Bool", "bool data\n")


def text(words: str) -> bytes:
    """A std_msgs/String in CDR, little-endian."""
    data = words.encode() + b"\0"
    return b"\0\1\0\0" + struct.pack("<I", len(data)) + data


def write_bag(folder: Path, messages: int, limits: Limits | None = None) -> list[bytes]:
    """A message of TEXT each second, with a step after each; what was written."""
    writer = BagWriter(folder, "jazzy", limits or Limits())
    writer.note("tank", {"world": "empty"})
    writer.add(TEXT)
    writer.add(FLAG)
    written = []
    for number in range(messages):
        now = BEGAN + number * SECOND
        written.append(text(f"message {number}"))
        writer.write(TEXT.name, written[-1], now, now - 5)
        writer.step(now)
    writer.close()
    return written
