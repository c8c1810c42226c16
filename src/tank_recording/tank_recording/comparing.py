"""Compares what came of sentences with what comes of them today. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from tank_core.geometry import Pose2D
from tank_recording.said import UNFINISHED, SentenceOutcome, Step

# How far two ends of one step may lie apart, and two headings: the stack's nodes take turns by the
# wall's clock, so a stop or a picture comes a few hundredths of a second sooner or later.
APART_M, TURNED_RAD = 0.1, math.radians(10.0)
_NUMBER = re.compile(r"\d+(\.\d+)?")


@dataclass(frozen=True)
class ComparedLine:
    """A line of the comparison; ``same`` is None if nothing could be compared."""

    text: str
    same: bool | None


def compare(
    then: Sequence[SentenceOutcome], now: Sequence[SentenceOutcome]
) -> Iterator[tuple[str, list[ComparedLine]]]:
    """Each sentence with the verdicts on its steps.

    ``then`` as it was recorded, ``now`` as it is today; both in the order in which it was said.
    """
    for old, new in zip_longest(then, now):
        if old is None or new is None:
            lone, word = (old, "recorded") if new is None else (new, "today")
            yield lone.instruction, [ComparedLine(f"only {word}: {lone.state}", False)]
        else:
            yield old.instruction, list(_verdicts(old, new))


def _verdicts(old: SentenceOutcome, new: SentenceOutcome) -> Iterator[ComparedLine]:
    if old.state == UNFINISHED:
        yield ComparedLine("it was under way when the recording ended", None)
        return
    if [step.command for step in old.steps] != [step.command for step in new.steps]:
        yield ComparedLine(f"understood as {_meaning(old)}, today as {_meaning(new)}", False)
        return
    for before, today in zip(old.steps, new.steps, strict=True):
        difference = _difference(before, today)
        yield ComparedLine(
            f"{before.command}: {difference or before.status}",
            not difference,
        )  # fmt: skip
    if not old.steps or old.state != new.state:
        same = old.state == new.state
        yield ComparedLine(old.state if same else f"{_end(old)}, today {_end(new)}", same)


def _meaning(outcome: SentenceOutcome) -> str:
    return ", then ".join(step.command for step in outcome.steps) or outcome.state


def _end(outcome: SentenceOutcome) -> str:
    return f"{outcome.state} ({outcome.reason})" if outcome.reason else outcome.state


def _difference(old: Step, new: Step) -> str:
    """In what two ends of a step differ, or nothing."""
    if old.status != new.status or _words(old.message) != _words(new.message):
        return f"{_said(old)}, today {_said(new)}"
    if old.moved is None or new.moved is None:
        return ""
    apart, turned = old.moved.distance(new.moved), old.moved.turned(new.moved)
    if apart <= APART_M and turned <= TURNED_RAD:
        return ""
    return f"moved {_way(old.moved)}, today {_way(new.moved)}"


def _said(step: Step) -> str:
    return f"{step.status} ({step.message})" if step.message else step.status


def _words(message: str) -> str:
    """Without its numbers, which are never quite the same."""
    return _NUMBER.sub("#", message)


def _way(moved: Pose2D) -> str:
    return (
        f"{moved.x:.2f} m ahead, {moved.y:.2f} m to the left, {math.degrees(moved.yaw):.0f} degrees"
    )
