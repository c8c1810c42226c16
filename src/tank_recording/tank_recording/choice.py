"""Which topics are recorded. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# 28 MB a second at 640x480 and 30 Hz; the compressed topic beside it has the same pictures
LARGE_TYPES = frozenset({"sensor_msgs/msg/Image"})
CLOCK = "/clock"  # of all robots of a simulation


@dataclass(frozen=True)
class Choice:
    """The topics that a person wants recorded: ``topics`` by name, or all.

    By default all but images as they are, which have a compressed topic beside them;
    ``everything``: those, too. Hidden topics, those of actions and the like, never; nor, where it
    is not named, one whose last part is of ``unheard``. ``namespace``: of one robot of several,
    without the first slash.
    """

    topics: tuple[str, ...] = ()
    everything: bool = False
    unheard: frozenset[str] = frozenset()
    namespace: str = ""

    def takes(self, topic: str, kind: str) -> bool:
        """Whether a topic of this type is recorded."""
        if self.topics:
            return topic in self.topics
        if self.namespace and not topic.startswith((f"/{self.namespace}/", CLOCK)):
            return False
        hidden = any(part.startswith("_") for part in topic.split("/"))
        hidden = hidden or topic.rpartition("/")[2] in self.unheard
        plain = kind.count("/") == 2 and "/msg/" in kind
        return plain and not hidden and (self.everything or kind not in LARGE_TYPES)


def resolved(topics: Sequence[str], namespace: str) -> tuple[str, ...]:
    """The topics' names from the root: ``odom`` in ``/`` is ``/odom``."""
    base = "/" + namespace.strip("/")
    return tuple(
        one if one.startswith("/") else f"{base.rstrip('/')}/{one}" for one in topics
    )  # fmt: skip
