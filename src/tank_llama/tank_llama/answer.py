"""The text that a model wrote. Light: it needs neither llama.cpp nor numpy."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RawAnswer:
    """The text that a model wrote.

    ``finished`` is false when it ran out of room or was cancelled: then the text means nothing.

    ``confidence`` is the probability in [0, 1] that the model gives to this answer; below
    ``trusted`` its maker does not trust it. ``rare``: words of the question that its model has
    hardly met.
    """

    text: str
    tokens: int
    finished: bool = True
    confidence: float = 1.0
    trusted: float = 0.0
    rare: tuple[str, ...] = ()


def never() -> bool:
    """The ``cancelled`` of an answer that nobody wants to end early."""
    return False
