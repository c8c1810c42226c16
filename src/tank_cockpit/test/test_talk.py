"""The conversation: each sentence once, with the truth about its steps."""

from __future__ import annotations

from typing import Any

import pytest

from tank_client.narrator import Understanding
from tank_cockpit.talk import KEPT, SILENT_S, Talk
from tank_core.commands import Wait, command_from_dict
from tank_core.commands.wording import did_you_mean
from tank_executor.findings import Photo as Picture
from tank_executor.plan import Plan, PlanState, PlanStatus, StepOutcome, StepStatus

MOVE, TURN, SNAP = map(
    command_from_dict,
    (
        {"action": "move", "direction": "forward", "distance_m": 1.0},
        {"action": "turn", "direction": "left", "angle_deg": 90.0},
        {"action": "photo"},
    ),
)
PLAN = Plan((MOVE, TURN), "drive, then turn", 7)


def status(state: PlanState, *steps: StepStatus, plan: Plan = PLAN, **more: Any) -> PlanStatus:
    outcomes = tuple(map(StepOutcome, plan.commands, steps))
    return PlanStatus(state, plan, outcomes=outcomes, **more)


def states(entry: Any) -> list[str]:
    return [step["state"] for step in entry["steps"]]


def test_why_a_plan_of_one_step_was_not_begun_is_told() -> None:
    """Its step has not run, so it says nothing itself."""
    talk = Talk()
    plan = Plan((Wait(1.0),), "wait a second", 4)
    stopped = status(
        PlanState.REFUSED, StepStatus.SKIPPED, plan=plan, message="the robot is stopped"
    )
    entry = talk.progressed(stopped, 1.0)
    assert entry is not None and entry["note"] == "the robot is stopped"


def test_a_sentence_from_its_page_to_its_end() -> None:
    talk = Talk()
    entry = talk.said(PLAN.instruction, 10.0)
    assert entry["state"] == "thinking"
    same = talk.understood(Understanding(7, PLAN.instruction, PLAN.commands, latency=0.012), 10.1)
    assert same is entry and entry["state"] == "waiting" and entry["ms"] == 12
    assert [step["text"] for step in entry["steps"]] == ["move forward 1 m", "turn left 90 degrees"]
    run, wait = StepStatus.RUNNING, StepStatus.PENDING
    talk.progressed(status(PlanState.RUNNING, run, wait, progress=0.25), 11.0)
    assert states(entry) == ["running", "pending"] and entry["steps"][0]["progress"] == 0.25
    done = StepStatus.SUCCEEDED
    talk.progressed(status(PlanState.RUNNING, done, run, step=1, progress=0.5), 12.0)
    assert [step["progress"] for step in entry["steps"]] == [1.0, 0.5]
    stopped = StepStatus.STOPPED
    talk.progressed(status(PlanState.STOPPED, done, stopped, message="stopped: why"), 13.0)
    assert entry["state"] == "stopped" and states(entry) == ["succeeded", "stopped"]
    assert entry["steps"][1]["progress"] == 0.0 and entry["note"] == "stopped: why"
    assert talk.entries == [entry]


def test_what_is_not_understood_has_its_reason_and_the_executors_refusal_is_no_news() -> None:
    talk = Talk()
    entry = talk.understood(Understanding(3, "sing", (), "it cannot sing"), 1.0)
    assert entry["state"] == "not understood" and entry["note"] == "it cannot sing"
    refused = status(PlanState.REFUSED, plan=Plan((), "sing", 3), message="nothing to execute")
    assert talk.progressed(refused, 1.1) is None and entry["note"] == "it cannot sing"


def test_the_executor_may_be_heard_before_the_translator() -> None:
    talk = Talk()
    entry = talk.said(PLAN.instruction, 1.0)
    talk.progressed(status(PlanState.RUNNING, StepStatus.RUNNING, StepStatus.PENDING), 1.1)
    talk.understood(Understanding(7, PLAN.instruction, PLAN.commands), 1.2)
    assert entry["state"] == "running" and talk.entries == [entry]


def test_the_same_sentence_twice_is_two_entries_each_with_its_own_end() -> None:
    talk = Talk()
    first, second = talk.said("turn", 1.0), talk.said("turn", 2.0)
    for stamp, entry in ((1, first), (2, second)):
        assert talk.understood(Understanding(stamp, "turn", (TURN,)), 3.0) is entry
    plan = Plan((TURN,), "turn", 2)
    talk.progressed(status(PlanState.FAILED, StepStatus.FAILED, plan=plan), 4.0)
    assert first["state"] == "waiting" and second["state"] == "failed"


def test_somebody_elses_sentence_and_a_list_without_one_are_shown() -> None:
    talk = Talk()
    assert talk.understood(Understanding(1, "turn", (TURN,)), 1.0)["text"] == "turn"
    running = status(PlanState.RUNNING, StepStatus.RUNNING, plan=Plan((TURN,), "", 9))
    entry = talk.progressed(running, 2.0)
    assert entry is not None and entry["text"] == "turn left 90 degrees"
    assert talk.progressed(PlanStatus(), 3.0) is None


def test_a_photo_is_named_with_its_step() -> None:
    talk = Talk()
    plan = Plan((SNAP,), "snap", 4)
    outcome = StepOutcome(plan.commands[0], StepStatus.SUCCEEDED, photo=Picture("/a/b.jpg"))
    entry = talk.progressed(PlanStatus(PlanState.SUCCEEDED, plan, outcomes=(outcome,)), 1.0)
    assert entry is not None and entry["steps"][0]["photo"] == "/a/b.jpg"


def test_a_sentence_that_nobody_answers_is_told_once() -> None:
    talk = Talk()
    entry = talk.said("turn", 10.0)
    assert talk.silence(10.0 + SILENT_S) == []
    assert talk.silence(10.1 + SILENT_S) == [entry] and entry["state"] == "failed"
    assert talk.silence(99.0) == []
    # a late answer still finds it: by then it is another entry, and the first one stays told
    assert talk.understood(Understanding(1, "turn", (TURN,)), 40.0) is not entry


@pytest.mark.parametrize("more", [1, 50])
def test_only_so_many_entries_are_kept(more: int) -> None:
    talk = Talk()
    for number in range(KEPT + more):
        talk.understood(Understanding(number, str(number), (TURN,)), 1.0)
    assert len(talk.entries) == KEPT and talk.entries[0]["text"] == str(more)


def test_a_question_is_no_refusal() -> None:
    talk = Talk()
    entry = talk.understood(Understanding(1, "lefty", (), did_you_mean([TURN])), 0.0)
    assert entry["state"] == "asked" and entry["instead"] == []
    refused = talk.understood(Understanding(2, "sing", (), "no"), 0.0)
    assert refused["state"] == "not understood" and refused["instead"]


def test_a_rehearsal_and_the_same_sentence_said_are_two() -> None:
    talk = Talk()
    dry, meant = talk.said("turn left", 0.0, dry=True), talk.said("turn left", 0.1)
    talk.understood(Understanding(1, "turn left", (TURN,)), 0.2)
    assert (dry["state"], meant["state"]) == ("thinking", "waiting")
    talk.rehearsed(Understanding(2, "turn left", (TURN,)), 0.3)
    assert dry["state"] == "rehearsed" and dry["steps"][0]["state"] == "pending"
