"""An instruction's way through the stack ends in exactly one exit code.

In whatever order reports come.
"""

from __future__ import annotations

from itertools import permutations

import pytest

from tank_client.narrator import Understanding
from tank_client.request import Request
from tank_core.commands import Report, Topic, Wait
from tank_core.io.console import ExitCode
from tank_executor.plan import Plan, PlanState, PlanStatus

WAIT = Wait(1.0)


def status(state: PlanState, stamp: int) -> PlanStatus:
    return PlanStatus(state, Plan((WAIT,), "wait", stamp))


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (PlanState.SUCCEEDED, ExitCode.DONE),
        (PlanState.FAILED, ExitCode.FAILED),
        (PlanState.STOPPED, ExitCode.FAILED),
        (PlanState.REFUSED, ExitCode.FAILED),
    ],
)
def test_the_code_is_how_the_list_ended(state: PlanState, code: int) -> None:
    reports = [Understanding(7, "wait", (WAIT,)), status(PlanState.RUNNING, 7), status(state, 7)]
    for order in permutations(range(3)):
        request = Request("wait")
        for index in order:
            report = reports[index]
            request.understood(report) if isinstance(report, Understanding) else request.progressed(
                report
            )
        assert request.code == code


def test_what_is_not_understood_ends_at_once() -> None:
    request = Request("sing")
    assert request.understood(Understanding(7, "sing", (), "no"))
    assert request.code == ExitCode.USAGE


def test_others_instructions_and_plans_are_not_mine() -> None:
    request = Request("wait")
    assert not request.understood(Understanding(6, "sing", (), "no"))
    assert request.understood(Understanding(7, "wait", (WAIT,)))
    assert not request.understood(Understanding(8, "wait", ()))
    assert not request.progressed(status(PlanState.FAILED, 6))
    assert not request.progressed(status(PlanState.REFUSED, 8))
    assert request.code is None


def test_a_later_list_that_runs_says_that_mine_has_ended_unheard() -> None:
    request = Request("wait")
    request.understood(Understanding(7, "wait", (WAIT,)))
    request.progressed(status(PlanState.RUNNING, 7))
    request.progressed(status(PlanState.RUNNING, 8))
    assert request.code == ExitCode.FAILED


def test_a_sentence_that_is_too_long_is_known_by_its_beginning() -> None:
    request = Request("x" * 400)
    assert request.understood(Understanding(7, "x" * 300 + "...", (), "too long"))
    assert request.code == ExitCode.USAGE


def test_old_news_about_the_same_sentence_is_not_mine() -> None:
    request = Request("wait", after=7)
    assert not request.understood(Understanding(7, "wait", (WAIT,)))
    request.progressed(status(PlanState.SUCCEEDED, 7))
    assert request.trust_executor() is None
    assert request.understood(Understanding(8, "wait", (WAIT,)))
    assert request.code is None


def test_the_executors_word_is_enough_where_the_translator_was_not_heard() -> None:
    request = Request("wait", after=6)
    request.progressed(status(PlanState.RUNNING, 7))
    answer = request.trust_executor()
    assert answer is not None and answer.commands == (WAIT,) and request.code is None
    request.progressed(status(PlanState.SUCCEEDED, 7))
    assert request.code == ExitCode.DONE
    assert not request.understood(Understanding(7, "wait", (WAIT,)))


def test_the_executor_also_knows_that_nothing_was_understood() -> None:
    request = Request("sing")
    request.progressed(
        PlanStatus(
            PlanState.REFUSED, Plan((), "sing", 7), message="nothing to execute: not a command"
        )
    )
    answer = request.trust_executor()
    assert answer is not None and "not a command" in answer.line()
    assert request.code == ExitCode.USAGE


def test_a_later_list_that_runs_says_that_mine_has_ended_but_a_question_does_not() -> None:
    request = Request("wait")
    request.understood(Understanding(7, "wait", (WAIT,)))
    asked = Plan((Report(Topic.POSITION),), "where are you", 8)
    assert not request.progressed(PlanStatus(PlanState.RUNNING, asked))
    assert request.code is None
    assert not request.progressed(status(PlanState.RUNNING, 9))
    assert request.code == ExitCode.FAILED
