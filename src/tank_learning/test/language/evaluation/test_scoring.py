"""Figures of answers that are known."""

import pytest

from tank_core.commands import Command, Move, Report, Topic, Turn
from tank_learning.language.evaluation import scoring, tables

GO, LEFT = (Move("forward", 1.0),), (Turn("left", 90.0),)
TELL = (Report(Topic.OBJECTS),)
NOTHING: tuple[Command, ...] = ()


def answered(
    *pairs: tuple[tuple[Command, ...], tuple[Command, ...]], readable: bool = True
) -> list[scoring.Answered]:
    return [
        scoring.Answered(scoring.Question(str(i), "", wanted, "c"), got, "OK", "", 0.001, readable)
        for i, (wanted, got) in enumerate(pairs)
    ]


def test_figures_of_known_answers() -> None:
    figures = scoring.figures(
        answered(
            (GO, GO), (GO, (Move("forward", 2.0),)), (LEFT, ()), ((), ()), ((), GO), ((), TELL)
        )
    )
    assert (figures["exact_match"], figures["action_seq"]) == (2 / 6, 3 / 6)
    assert figures["ood_f1"] == pytest.approx(2 * 1 / (2 * 1 + 3))
    assert (figures["false_moves"], figures["false_refusals"]) == (1, 1)
    # a wrong report moves nothing
    assert (figures["wrong_commands"], figures["wrong_motions"]) == (3, 2)
    assert (figures["wrong_motion"], figures["false_move"]) == (2 / 6, 1 / 3)
    low, high = figures["false_move_95"]
    assert low < 1 / 3 < high
    assert "false_move" not in scoring.figures(answered((GO, GO)))  # of nothing there is no share


def test_what_cannot_be_read_is_not_valid() -> None:
    answers = [*answered((GO, GO)), *answered((GO, ()), readable=False)]
    assert scoring.figures(answers)["schema_valid"] == 0.5


def test_of_many_voices_those_with_a_miss_are_shown() -> None:
    reports = {
        str(number): scoring.figures(answered((GO, LEFT if number == 7 else GO)))
        for number in range(tables.MOST_ROWS + 5)
    }
    report = {"figures": {}, "categories": {}, "voices": reports, "misses": []}
    text = tables.as_markdown("set", {"m": report})
    rows = [line for line in text.splitlines() if " of 1" in line or "others" in line]
    assert rows == ["| 7 | 0.000 of 1, 1 wrong motions |", "| 29 others | 1.000 |"]
