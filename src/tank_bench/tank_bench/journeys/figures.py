"""Results of journeys as figures, as lines for people, and as JSON. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from tank_bench.common.report import Figure
from tank_bench.journeys.tasks import WANTED
from tank_bench.journeys.trial import Assessment, JourneyResult

MOST_LINES = 12  # of what did not succeed, of each row
MOST_LETTERS = 200  # of what the robot said, which JSON holds whole


def rows(results: Sequence[JourneyResult]) -> dict[str, list[tuple[JourneyResult, Assessment]]]:
    """All verdicts by their rows.

    A trial that did not come to its end has failed in each row that others of its kind have.
    """
    found: dict[str, list[tuple[JourneyResult, Assessment]]] = {}
    kinds: dict[tuple[str, str], dict[str, None]] = {}
    for result in results:
        for verdict in result.verdicts:
            found.setdefault(verdict.row, []).append((result, verdict))
            kinds.setdefault((result.trial.task, result.trial.world), {})[verdict.row] = None
    for result in results:
        if result.fault:
            done = {verdict.row for verdict in result.verdicts}
            for row in kinds.get((result.trial.task, result.trial.world), {}):
                if row not in done:
                    found[row].append(
                        (result, Assessment(row, False, False, result.fault, "unknown"))
                    )
    return found


def figures(results: Sequence[JourneyResult]) -> list[Figure]:
    """Return for each row the share done and said so, and false claims."""
    found: list[Figure] = []
    for row, verdicts in rows(results).items():
        begun = [verdict for _, verdict in verdicts if verdict.begun]
        if begun:
            good = sum(verdict.good for verdict in begun)
            found.append(Figure.share(row, good, len(begun), at_least=WANTED.get(row)))
        false = sum(verdict.false for verdict in begun)
        found.append(Figure(f"{row}: claims that are false", false, at_most=0))
    faults = sum(bool(result.fault) for result in results)
    return [*found, Figure("trials without an end", faults, at_most=0)]


def failure_lines(results: Sequence[JourneyResult]) -> Iterator[str]:
    """List failures: the seed, what the robot said, and the truth."""
    for row, verdicts in rows(results).items():
        bad = [pair for pair in verdicts if not pair[1].good or not pair[1].begun or pair[1].false]
        if bad:
            yield f"  {row}: {len(bad)} of {len(verdicts)}"
            yield from (f"      {_told(*pair)}" for pair in bad[:MOST_LINES])
    for result in results:
        if result.fault:
            yield f"  {result.trial}: {result.fault}"


def _told(result: JourneyResult, verdict: Assessment) -> str:
    kind = (
        "not begun"
        if not verdict.begun
        else "FALSE CLAIM"
        if verdict.false
        else "not as wanted"
        if verdict.claimed
        else "done, but not said"
        if verdict.done
        else "failed"
    )
    said = verdict.message
    said = f"{said[:MOST_LETTERS]} ..." if len(said) > MOST_LETTERS else said
    return f"seed {result.trial.seed}: {kind}: “{said}”; truth: {verdict.truth}"


def as_details(results: Sequence[JourneyResult]) -> dict[str, Any]:
    """Every trial for JSON."""
    return {
        "trials": [
            asdict(result)
            | {"verdicts": [asdict(one) | {"false": one.false} for one in result.verdicts]}
            for result in results
        ]
    }
