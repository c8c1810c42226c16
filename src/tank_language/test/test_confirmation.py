"""A doubtful reading is done only after a yes that is meant for it."""

from __future__ import annotations

import pytest

from tank_core.commands import Command, Move, MoveDirection, Side, Stop, Turn
from tank_core.commands.wording import DECLINED, EARLY_ANSWER, LATE_ANSWER, asks_back
from tank_core.english.answers import answer_of
from tank_core.english.stop_words import is_stop
from tank_language.confirmation import ASKED_S, Confirmation
from tank_language.translator import Translation, Verdict

TURN, MOVE = Turn(Side.LEFT, 90.0), Move(MoveDirection.FORWARD, 1.0)


def meant(confidence: float, *commands: Command) -> Translation:
    return Translation(commands, Verdict.OK, confidence=confidence)


def asking() -> Confirmation:
    confirmation = Confirmation(0.7)
    asked = confirmation.judge(meant(0.5, TURN, MOVE), 10.0)
    assert asked.verdict is Verdict.EMPTY and not asked.commands and asks_back(asked.reason)
    assert asked.reason == ("Did you mean: turn left 90 degrees, then move forward 1 m? yes / no")
    return confirmation


def test_a_yes_has_it_done_and_a_no_has_not() -> None:
    yes = asking().answer("Yes, please!", 11.0)
    assert yes is not None and yes.commands == (TURN, MOVE) and yes.verdict is Verdict.OK
    no = asking().answer("no", 11.0)
    assert no is not None and not no.commands and no.reason == DECLINED


def test_a_yes_counts_once_and_not_for_ever() -> None:
    confirmation = asking()
    confirmation.answer("yes", 11.0)
    assert confirmation.answer("yes", 12.0) is None
    late = asking().answer("yes", 10.1 + ASKED_S)
    assert late is not None and not late.commands and late.reason == LATE_ANSWER


def test_a_yes_that_waited_while_the_question_was_found_is_not_for_it() -> None:
    early = asking().answer("yes", 9.9)
    assert early is not None and not early.commands and early.reason == EARLY_ANSWER
    no = asking().answer("no", 9.9)
    assert no is not None and no.reason == DECLINED


def test_any_other_sentence_and_a_stop_end_the_question() -> None:
    confirmation = asking()
    assert confirmation.answer("turn around", 11.0) is None
    assert confirmation.answer("yes", 12.0) is None
    confirmation = asking()
    confirmation.clear()
    assert confirmation.answer("yes", 11.0) is None


def test_a_later_question_takes_the_place_of_the_first() -> None:
    confirmation = asking()
    confirmation.answer("a bit to the left", 11.0)
    confirmation.judge(meant(0.6, TURN), 11.5)
    yes = confirmation.answer("yes", 12.0)
    assert yes is not None and yes.commands == (TURN,)


def test_what_is_sure_a_stop_and_what_means_nothing_are_not_asked() -> None:
    confirmation = Confirmation(0.7)
    for sure in (meant(0.7, TURN), meant(0.0, Stop()), Translation((), Verdict.EMPTY, "x", 0, 0.1)):
        assert confirmation.judge(sure, 1.0) is sure
    assert confirmation.answer("yes", 1.0) is None
    unsure = meant(0.01, TURN)
    assert Confirmation(0.0).judge(unsure, 1.0) is unsure


def test_what_its_maker_does_not_trust_is_asked_where_anything_is() -> None:
    doubted = Translation((), Verdict.EMPTY, "only 30 % sure", confidence=0.3, unsure=(TURN,))
    assert Confirmation(0.0).judge(doubted, 1.0) is doubted
    confirmation = Confirmation(0.7)
    assert asks_back(confirmation.judge(doubted, 1.0).reason)
    yes = confirmation.answer("yes", 2.0)
    assert yes is not None and yes.commands == (TURN,)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("YES", True), ("that's right", True), ("nope", False), ("No, thanks.", False),
        ("yes turn left", None), ("no stop", None), ("right", None), ("go ahead", None), ("", None),
    ],
)  # fmt: skip
def test_only_a_whole_sentence_is_an_answer(text: str, said: bool | None) -> None:
    assert answer_of(text) is said


def test_no_answer_is_a_stop_word() -> None:
    """That would be taken from a person who is in need of it."""
    assert not is_stop("yes") and not is_stop("no") and is_stop("no stop")
