"""Two models read the same sentence: where they differ the robot asks back."""

import pytest

from tank_core.commands import Move, Turn
from tank_core.commands.wording import disagreement
from tank_core.exceptions import ModelError
from tank_language.both import Both
from tank_language.translator import Translator, Verdict

SAID = "round and on"


def read(fake_model, quick: str, checking: str):
    models = fake_model({SAID: quick}), fake_model({SAID: checking})
    return Translator(Both(*models)).translate(SAID), models


def test_what_both_read_alike_is_done_whatever_its_notation(fake_model):
    meant, _ = read(fake_model, "<turn><left>", "1<x(><turn><left><)>")
    assert (meant.verdict, meant.commands) == (Verdict.OK, (Turn("left", 90),))


@pytest.mark.parametrize(
    ("quick", "checking", "told"),
    [
        ("<move><forward>", "<move><backward>", '"move forward 1 m" or "move backward 1 m"'),
        ("<turn><left>", "<none>", 'as "turn left 90 degrees", but am not sure'),
        ("<turn><left><;><stop>", "<turn><left>", '"..., then stop" or nothing more'),
    ],
)  # fmt: skip
def test_two_readings_are_told_and_neither_is_done(fake_model, quick, checking, told):
    meant, _ = read(fake_model, quick, checking)
    assert (meant.verdict, meant.commands) == (Verdict.EMPTY, ())
    assert told in meant.reason and "say it another way" in meant.reason


def test_a_refusal_of_the_quick_model_needs_no_check(fake_model):
    meant, (_, checking) = read(fake_model, "<none>", "<turn><left>")
    assert (meant.verdict, checking.asked) == (Verdict.EMPTY, [])


def test_without_the_check_nothing_is_done(fake_model):
    quick, checking = fake_model({SAID: "<turn><left>"}), fake_model()
    checking.fault = ModelError("it is closed")
    meant = Translator(Both(quick, checking)).translate(SAID)
    assert (meant.verdict, meant.reason) == (Verdict.REJECTED, "it is closed")


def test_a_stop_ends_the_check_too(fake_model):
    quick, checking = fake_model({SAID: "<turn><left>"}), fake_model({SAID: "<turn><left>"})
    dropped: list[bool] = []
    checking.gate.clear()

    def cancelled() -> bool:
        if checking.answering.is_set():
            dropped.append(True)
        return bool(dropped)

    meant = Translator(Both(quick, checking)).translate(SAID, cancelled)
    assert meant.verdict is Verdict.REJECTED and not meant.commands


def test_closing_lets_go_of_both(fake_model):
    models = fake_model(), fake_model()
    Translator(Both(*models)).close()
    assert all(model.closed for model in models)


def test_steps_in_another_order_are_another_reading():
    one, two = Turn("left", 90), Move("forward", 1)
    assert disagreement([one, two], [two, one]) and not disagreement([one, two], [one, two])
