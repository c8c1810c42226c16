"""The account of what was said: when, and whether it can be done again."""

from __future__ import annotations

import pytest

from tank_client.narrator import Understanding
from tank_core.commands import Command, Stop, Wait
from tank_core.geometry import Pose2D
from tank_executor.plan import Plan, PlanState, PlanStatus, StepOutcome, StepStatus
from tank_recording.bag import RecordingError
from tank_recording.said import NOT_UNDERSTOOD, UNFINISHED, Account, Circumstances

WAIT = Wait(1.0)
NOTE = {"robot": "tank", "world": "empty", "seed": "4", "realism": "ideal"}


def meaning(stamp: int, *commands: Command) -> Understanding:
    return Understanding(stamp, f"sentence {stamp}", commands, "" if commands else "no motion")


def status(stamp: int, state: PlanState, step: StepStatus, command: Command = WAIT) -> PlanStatus:
    plan = Plan((command,), f"sentence {stamp}", stamp)
    return PlanStatus(state, plan, outcomes=(StepOutcome(command, step),))


RUNNING = PlanState.RUNNING, StepStatus.RUNNING
DONE = PlanState.SUCCEEDED, StepStatus.SUCCEEDED
STOPPED = PlanState.STOPPED, StepStatus.STOPPED


def test_a_pause_is_since_the_end_and_while_something_runs_since_the_last_sentence() -> None:
    account = Account()
    account.understood(meaning(1, WAIT), 3.0)
    account.progressed(status(1, *RUNNING), None, 3.1)
    account.progressed(status(1, *DONE), None, 5.0)
    account.understood(meaning(2, WAIT), 9.0)
    account.understood(meaning(3, Stop()), 9.5)
    account.progressed(status(2, *STOPPED), None, 9.6)
    account.progressed(status(3, *DONE, Stop()), None, 9.6)
    assert [(one.idle, one.pause) for one in account.sayings] == [
        (True, 3.0), (True, 4.0), (False, 0.5),
    ]  # fmt: skip
    assert [one.state for one in account.outcomes] == ["succeeded", "stopped", "succeeded"]
    assert not account.fault


def test_what_ends_while_another_sentence_waits_shortens_no_pause() -> None:
    account = Account()
    account.understood(meaning(1, WAIT), 0.0)
    account.understood(meaning(2, WAIT), 2.0)
    account.progressed(status(1, *DONE), None, 10.0)
    account.understood(meaning(3, Stop()), 12.0)
    assert [(one.idle, one.pause) for one in account.sayings][1:] == [(False, 2.0), (False, 10.0)]


def test_the_way_of_a_step_is_in_the_frame_of_where_it_began() -> None:
    account = Account()
    account.starts_at(Pose2D())
    for stamp, pose in ((1, Pose2D(1.0, 0.0, 1.5)), (2, Pose2D(1.0, 2.0, 1.5))):
        account.understood(meaning(stamp, WAIT), stamp)
        account.progressed(status(stamp, *RUNNING), Pose2D(9.0, 9.0), stamp)
        account.progressed(status(stamp, *DONE), pose, stamp)
    first, second = (one.steps[0].moved for one in account.outcomes)
    assert first == Pose2D(1.0, 0.0, 1.5)
    assert second is not None and second.distance(Pose2D()) == pytest.approx(2.0)
    assert second.x == pytest.approx(2.0, abs=0.01) and second.yaw == 0.0


def test_what_was_not_understood_moves_nothing_and_holds_nothing_up() -> None:
    account = Account()
    account.understood(meaning(1), 1.0)
    refused = PlanStatus(PlanState.REFUSED, Plan((), "sentence 1", 1), message="nothing to do")
    account.progressed(refused, None, 1.0)
    account.understood(meaning(2, WAIT), 2.0)
    assert [one.state for one in account.outcomes] == [NOT_UNDERSTOOD, UNFINISHED]
    assert account.sayings[1].idle and not account.fault


def test_an_account_that_does_not_begin_at_the_start_cannot_be_done_again() -> None:
    driven = Account()
    driven.starts_at(Pose2D(0.5, 0.0))
    assert "had driven" in driven.fault
    without = Account()
    without.progressed(status(1, *DONE), None, 1.0)
    assert "without a sentence" in without.fault
    assert Account().fault == ""


def test_after_a_reset_the_plans_of_before_are_no_news() -> None:
    before = Account()
    before.understood(meaning(1, WAIT), 1.0)
    after = before.after_reset()
    after.starts_at(Pose2D())
    after.progressed(status(1, *STOPPED), None, 2.0)
    assert not after.begun and not after.fault


def test_circumstances_are_read_or_their_lack_is_told() -> None:
    note = {**NOTE, "stop_for_obstacles": "true"}
    assert Circumstances.of(note) == Circumstances("tank", "empty", 4, "ideal", True)
    learned = {**note, "skills": "face=learned", "skill_fallback": "true"}
    told = Circumstances.of(learned)
    assert (told.skills, told.skill_fallback) == ("face=learned", True)
    for wrong in (NOTE, {**note, "seed": "x"}, {}):
        with pytest.raises(RecordingError, match="does not say in which simulation"):
            Circumstances.of(wrong)


def test_each_part_has_the_world_that_it_was_in() -> None:
    """Another world is known a moment after the reset that began it."""
    full = {**NOTE, "stop_for_obstacles": "true"}
    notes = [{**full, "since": "10"}, {**full, "world": "cells", "since": "55"}]
    assert Circumstances.at(notes, 50).world == "empty"
    assert Circumstances.at(notes, 90).world == Circumstances.at(notes, None).world == "cells"
    with pytest.raises(RecordingError):
        Circumstances.at(notes, 5)
