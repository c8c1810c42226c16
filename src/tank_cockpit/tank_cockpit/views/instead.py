"""Sentences that can be said where something was not done. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

from tank_client.phrases import PHRASES
from tank_executor.plan import PlanState, PlanStatus, StepOutcome, StepStatus, describe

MOST = 3
_WORD = re.compile(r"[a-z]+")
# What the executor's reasons are about, and what gets a robot out of that. The first that is found
# in a reason counts.
_WAYS_OUT: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"wait already", ("stop",)),
    (r"no odometry|world was reset|\bhung\b", ("{again}", "where are you")),
    (r"no place called|\bI know no\b", ("go back to the start", "where are you")),
    (r"(still|already) holding|(put it down|release it) first", ("put it down",)),
    (r"nothing is held", ("pick up the cube", "what do you see")),
    (r"slipped|nothing to grasp|no room|finger|closed on", ("{step}", "back up a bit")),
    (
        r"\blooked\b|\bsee\b|sight|no detections|the image",
        ("what do you see", "turn around", "drive forward one meter"),
    ),
    (
        r"obstacle|ahead|in the way|no free way|blocked|behind it",
        ("back up a bit", "turn left", "turn right"),
    ),
)


def nearest(sentence: str) -> list[str]:
    """The phrases that are most like a sentence that was not understood."""
    said = set(_WORD.findall(sentence.lower()))

    def likeness(phrase: str) -> tuple[int, float]:
        shared = len(said & set(_WORD.findall(phrase)))
        return shared, SequenceMatcher(None, sentence.lower(), phrase).ratio()

    return sorted(PHRASES, key=likeness, reverse=True)[:MOST]


def ways_out(status: PlanStatus) -> list[str]:
    """Sentences to say after a plan that failed or was refused, else none.

    A robot that is stopped takes nothing, whatever is said.
    """
    if status.state is PlanState.FAILED:
        failed = next((s for s in status.outcomes if s.status is StepStatus.FAILED), None)
        reason = (failed.message if failed is not None else "") or status.message
        return _offered(reason, status, failed)
    return _offered(status.message, status) if status.state is PlanState.REFUSED else []


def _offered(reason: str, status: PlanStatus, failed: StepOutcome | None = None) -> list[str]:
    again = status.plan.instruction if status.plan is not None else ""
    words = {"again": again, "step": describe(failed.command) if failed is not None else again}
    if "stopped" in reason and failed is None:
        return []
    for about, ways in _WAYS_OUT:
        if re.search(about, reason):
            return _distinct(way.format(**words) for way in ways)
    return _distinct((again,))


def _distinct(sentences: Iterable[str]) -> list[str]:
    return [each for each in dict.fromkeys(sentences) if each]
