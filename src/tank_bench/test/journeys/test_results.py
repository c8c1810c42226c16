"""Results of the journeys: rows, false claims, and what ends a trial."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tank_bench.common.pool import kept_episode
from tank_bench.journeys import trial as trials
from tank_bench.journeys.figures import as_details, failure_lines, figures
from tank_bench.journeys.tasks import TASKS, WANTED
from tank_bench.journeys.trial import (
    Assessment,
    JourneyResult,
    JourneyTask,
    JourneyTrial,
    Run,
    carry_out,
)
from tank_core.commands import Wait

TRIAL = JourneyTrial("photo", "empty", 3)


def result(*verdicts: Assessment, fault: str = "") -> JourneyResult:
    return JourneyResult(TRIAL, verdicts, fault)


def test_rows_count_what_is_done_and_said_so_and_false_claims_apart() -> None:
    results = [
        result(Assessment("photo", True, True)),
        result(Assessment("photo", True, False, "there it is", "it is not")),
        result(Assessment("photo", True, False, allowed=True)),
        result(Assessment("photo", False, True)),
        result(fault="crashed: ValueError: no"),
        JourneyResult(
            JourneyTrial("bring", "empty", 3), (Assessment("other", True, False, begun=False),)
        ),
        JourneyResult(
            JourneyTrial("arc", "empty", 3), (Assessment("third", True, True, belied=True),)
        ),
    ]
    found = {figure.name: figure for figure in figures(results)}
    assert (found["photo"].value, found["photo"].count) == (0.2, 5)
    assert found["photo"].at_least == WANTED["photo"] and found["photo"].met is False
    assert found["photo: claims that are false"].value == 1
    assert "other" not in found and found["other: claims that are false"].value == 0
    assert found["third"].value == 1.0 and found["third: claims that are false"].value == 1
    assert found["trials without an end"].value == 1
    lines = "\n".join(failure_lines(results))
    assert "seed 3: FALSE CLAIM: “there it is”; truth: it is not" in lines
    assert "not begun" in lines and "no" in lines
    assert [one["verdicts"][0]["false"] for one in as_details(results)["trials"][:3]] == [
        False, True, False,
    ]  # fmt: skip


def test_only_a_trial_of_which_all_is_true_is_good() -> None:
    true = Assessment("a", True, True)
    assert result(true, true).good
    assert not result(true, Assessment("a", True, False)).good
    assert not result(true, fault="crashed").good


def crashing(run: Run) -> Iterator[Assessment]:
    yield Assessment("row", True, True)
    raise ValueError("lost")


def endless(run: Run) -> Iterator[Assessment]:
    yield Assessment("row", run.did(Wait(60.0)), True)


@pytest.mark.slow
def test_a_crash_and_a_trial_without_an_end_are_results(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "PATIENCE_S", 1.0)
    crashed, slow = (
        carry_out(TRIAL, JourneyTask(attempt, ("empty",))) for attempt in (crashing, endless)
    )
    assert crashed.verdicts and crashed.fault == "crashed: ValueError: lost"
    assert not slow.verdicts and slow.fault == "not at an end after 1 s"
    assert slow.time_s == pytest.approx(1.0, abs=0.1)
    assert kept_episode("tank", "empty", "real").watcher is None


@pytest.mark.parametrize("name", ["something ahead", "thing afar"])
def test_a_drawn_room_is_the_same_for_the_same_seed(name: str) -> None:
    (room,) = [task.rooms[name] for task in TASKS.values() if name in task.rooms]
    rooms = [room("tank", seed) for seed in range(20)]
    assert rooms == [room("tank", seed) for seed in range(20)] and len(set(rooms)) == 20
