"""The autonomous learner.

The order of its states, its budget, its pauses, its thinkers.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

pytest.importorskip("httpx2", reason="training tools are not installed: ./tank setup --train")

from fake_endpoint import FakeMaker, Reply, failed, said

from tank_learning.language.asking.endpoint import ChatEndpoint
from tank_learning.skills.auto.learner import (
    MOST,
    PAUSE_S,
    Learner,
    LearnerState,
    Round,
    Settings,
    StateReport,
    bounded,
)
from tank_learning.skills.auto.thinkers import EndpointThinker, FixedThinker, RuleThinker
from tank_learning.skills.auto.working import carry_out

ROUND = Settings(collect=100, updates=50)


def a_round(
    validation: float, training: float = 0.01, parts: tuple[float, ...] = (), **more: Any
) -> Round:
    return Round(replace(ROUND, **more), 10.0, training, validation, parts, 100, 50)


# The states


def test_a_round_collects_trains_validates_and_thinks() -> None:
    learner = Learner(FixedThinker(ROUND), budget=100.0)
    states = [learner.next(StateReport(number, 0.1, 0.2))[0] for number in range(9)]
    assert states == [
        LearnerState.COLLECT,
        LearnerState.TRAIN,
        LearnerState.VALIDATE,
        LearnerState.THINK,
    ] * 2 + [LearnerState.COLLECT]
    assert [each.updates for each in learner.rounds] == [
        Settings().updates,
        Settings().updates + ROUND.updates,
    ]


def test_it_ends_when_the_budget_is_spent_and_stays_so() -> None:
    learner = Learner(FixedThinker(ROUND), budget=10.0)
    assert learner.next(StateReport(0.0))[0] is LearnerState.COLLECT
    assert learner.next(StateReport(9.9))[0] is LearnerState.TRAIN
    assert learner.next(StateReport(10.0))[0] is LearnerState.DONE
    assert learner.next(StateReport(0.0))[0] is LearnerState.DONE


def paused() -> Learner:
    """A learner whose thinker wants other things before the robot."""
    learner = Learner(FixedThinker(replace(ROUND, pause=True)), budget=100.0)
    while learner.next(StateReport(1.0, 0.1, 0.2))[0] is not LearnerState.PAUSE:
        pass
    return learner


def test_a_pause_lasts_until_the_scene_was_changed() -> None:
    learner = paused()
    assert learner.next(StateReport(2.0, waited=1.0))[0] is LearnerState.PAUSE
    assert learner.next(StateReport(2.0, waited=2.0, changed=True))[0] is LearnerState.COLLECT


def test_without_people_a_pause_ends_by_itself() -> None:
    learner = paused()
    assert learner.next(StateReport(2.0, waited=PAUSE_S - 1))[0] is LearnerState.PAUSE
    assert learner.next(StateReport(2.0, waited=PAUSE_S))[0] is LearnerState.COLLECT


def test_what_a_thinker_wants_is_bounded() -> None:
    wild = Settings(collect=10**9, updates=-5, rate=3.0, focus="up")
    assert bounded(wild) == replace(MOST, updates=0, focus="all")


# The loop


@dataclass
class CountedWork:
    """Costs a second a step, and validates worse each time."""

    seconds: float = 0.0
    did: list[str] = field(default_factory=list)

    def _do(self, what: str) -> None:
        self.did.append(what)
        self.seconds += 1.0

    def collect(self, settings: Settings) -> None:
        self._do(f"collect {settings.focus}")

    def train(self, settings: Settings) -> float:
        self._do("train")
        return 0.01

    def validate(self) -> tuple[float, tuple[float, ...]]:
        self._do("validate")
        return 0.02, (0.01, 0.01, 0.04)

    def pause(self) -> tuple[float, bool]:
        self._do("pause")
        return 400.0, False


def test_the_work_is_done_in_order_until_the_budget_is_spent() -> None:
    work = CountedWork()
    events = carry_out(Learner(RuleThinker(), 14.0), work, lambda: work.seconds)
    first = ["collect all", "train", "validate"]
    assert work.did[:6] == [*first, "collect right", "train", "validate"]
    assert work.seconds == 14.0 == events[-1].spent
    assert work.did.count("pause") == 2  # two waits of 400 s: the time-out
    assert events[2].validation == 0.02 and events[1].training == 0.01


# The rules


def test_rules_go_on_while_it_gains() -> None:
    settings = RuleThinker().think((a_round(0.02), a_round(0.012)))
    assert (settings.collect, settings.updates, settings.pause) == (100, 50, False)


def test_rules_want_data_where_it_fails() -> None:
    settings = RuleThinker().think((a_round(0.03, parts=(0.05, 0.01, 0.01)),))
    assert settings.collect > 100 and settings.focus == "left" and settings.updates == 50
    even = RuleThinker().think((a_round(0.03, parts=(0.031, 0.03, 0.029)),))
    assert even.focus == "all"


def test_rules_train_longer_when_more_data_are_not_the_matter() -> None:
    settings = RuleThinker().think((a_round(0.0100), a_round(0.0101)))
    assert settings.updates > 50 and settings.collect == 100


def test_rules_ask_for_other_things_after_two_rounds_without_gain_but_not_twice_running() -> None:
    stuck = (a_round(0.0100), a_round(0.0100), a_round(0.0101))
    assert RuleThinker().think(stuck).pause
    assert not RuleThinker().think((*stuck, a_round(0.0101, pause=True))).pause


# The endpoint


def thought(
    fake: FakeMaker, script: Callable[[int, dict[str, Any]], Reply]
) -> tuple[Settings, list[str], str]:
    server, notes = fake(script), list[str]()
    endpoint = ChatEndpoint(server.url, "TANK_NO_KEY", 5.0, 0.01, say=lambda _: None)
    try:
        rounds = (a_round(0.0300), a_round(0.0299))
        settings = EndpointThinker(endpoint, "m", notes.append).think(rounds)
    finally:
        endpoint.close()
    return settings, notes, server.questions[0]["messages"][0]["content"]


def test_a_model_that_answers_decides(fake: FakeMaker) -> None:
    answer = {"collect": 7, "updates": 900, "rate": 0.001, "focus": "middle", "why": "as I say"}
    settings, notes, question = thought(fake, lambda *_: said("Well: " + json.dumps(answer)))
    assert settings == Settings(**answer) and not notes
    assert "0.0299" in question and '"focus"' in question


@pytest.mark.parametrize(
    "reply",
    [
        said("I would train longer"),
        said('{"collect": "many"}'),
        said('{"focus": "behind"}'),
        said('{"tool": "rm"}'),
        said("[1, 2]"),
        failed(401, "no"),
    ],
)
def test_where_the_answer_is_none_the_rules_think_and_it_is_said(
    fake: FakeMaker, reply: Reply
) -> None:
    settings, notes, _ = thought(fake, lambda *_: reply)
    assert settings == RuleThinker().think((a_round(0.0300), a_round(0.0299)))
    assert len(notes) == 1 and notes[0].startswith("the rules think instead: ")
