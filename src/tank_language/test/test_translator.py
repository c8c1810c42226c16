"""An instruction in, a verdict out, whatever the model says.

That holds for whatever comes in, too.
"""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tank_core.commands import Move, Stop, Turn, commands_to_json
from tank_core.commands.schema import schema_problem
from tank_core.commands.shorthand import NO_PREVIOUS
from tank_core.exceptions import ModelError
from tank_language.model import MissingModel
from tank_language.prompt import Form
from tank_language.translator import CANCELLED, Translator, Verdict

TURN = "turn left"


@pytest.fixture
def model(fake_model):
    return fake_model({TURN: "<turn><left>", "square": "4x(<move>", "far": "<move><forward>300<m>"})


def test_a_sentence_becomes_commands(model):
    translation = Translator(model).translate(TURN)
    assert (translation.commands, translation.verdict, translation.reason) == (
        (Turn("left", 90),),
        Verdict.OK,
        "",
    )


def test_a_model_that_answers_in_json(fake_model):
    model = fake_model(
        {"go 2 m": '{"commands":[{"action":"move","direction":"forward","distance_m":2}]}'},
        Form.JSON,
    )
    assert Translator(model).translate("go 2 m").commands == (Move("forward", 2),)


def test_latency_is_the_clocks(model):
    ticks = itertools.count(start=10.0, step=0.25)
    assert Translator(model, clock=lambda: next(ticks)).translate(TURN).latency_s == 0.25


@pytest.mark.parametrize("said", ["play music", "far"])
def test_what_cannot_be_done_is_empty_with_a_reason(model, said):
    translation = Translator(model).translate(said)
    assert (translation.commands, translation.verdict) == ((), Verdict.EMPTY)
    assert translation.reason


@pytest.mark.parametrize(
    ("confidence", "verdict"), [(0.39, Verdict.EMPTY), (0.4, Verdict.OK), (1.0, Verdict.OK)]
)
def test_an_answer_that_the_model_doubts_is_not_acted_on(model, confidence, verdict):
    model.confidence, model.trusted = confidence, 0.4
    translation = Translator(model).translate(TURN)
    assert translation.verdict is verdict
    assert translation.confidence == confidence
    understood = "that may mean: turn left 90 degrees" in translation.reason
    assert ("only 39% sure" in translation.reason and understood) == (not translation.commands)


@pytest.mark.parametrize("confidence", [0.3, 1.0])
@pytest.mark.parametrize("said", ["play music", TURN])
def test_a_refusal_names_words_that_the_model_hardly_knows_and_an_answer_does_not(
    model, said, confidence
):
    model.confidence, model.trusted, model.rare = confidence, 0.4, ("polka", "gavotte")
    translation = Translator(model).translate(said)
    assert ('"polka", "gavotte"' in translation.reason) == (not translation.commands)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (None, "NoneType"), (b"turn left", "bytes"), (7, "int"), (["turn left"], "list"),
        ("", "empty"), ("  \t\n ", "empty"), ("\u200b\ufeff", "empty"), ("?!...", "no word"),
        ("\U0001f916", "no word"),
        ("a" * 301, "301 characters"), ("turn left " * 10**5, "1000000 characters"),
        ("\ufdfa" * 100, "written out"),
        ("turn\x00left", "not text"), ("\x1b[2Jturn left", "not text"),
        ("turn \ufffd left", "not text"),
        ("\ud800", "not text"), ("\x07", "not text"),
    ],
)  # fmt: skip
def test_what_is_no_instruction_is_rejected_and_not_shown_to_the_model(model, said, words):
    translation = Translator(model).translate(said)
    assert (translation.commands, translation.verdict) == ((), Verdict.REJECTED)
    assert words in translation.reason
    assert model.asked == []


@pytest.mark.parametrize(
    ("said", "answer", "verdict", "commands"),
    [
        ("and as much again", "<again>", "OK", (Turn("left", 40),)),
        ("6 more degrees", "<more>6<deg>", "OK", (Turn("left", 6),)),
        ("twelve times that", "12<x(><again><)>", "OK", (Turn("left", 40),) * 12),
        # what it says itself has to be what was said, as ever
        ("6 more degrees", "<more>60<deg>", "EMPTY", ()),
        ("6 more degrees", "<more>", "EMPTY", ()),
        ("12 times that", "2<x(><again><)>", "EMPTY", ()),
        ("once more, with 6 feet", "<more>6<ft>", "REJECTED", ()),
        # by words of not doing it nothing moves
        ("don't do that again", "<again>", "EMPTY", ()),
        ("do not do this any more", "<again>", "EMPTY", ()),
        ("I don't want you to do it again", "<again>", "EMPTY", ()),
        ("it would be bad to do that again", "<again>", "EMPTY", ()),
        ("do that again and I will unplug you", "<again>", "EMPTY", ()),
        ("imagine doing it again", "<again>", "EMPTY", ()),
        ("keep going? no", "<more>", "EMPTY", ()),
        ("no further", "<more>", "EMPTY", ()),
        # nor by less than what was done
        ("again but not so far", "<again>", "EMPTY", ()),
        ("and again, but only half", "<again>", "EMPTY", ()),
        ("again, not faster", "<again><fast>", "EMPTY", ()),
        ("oh no, again", "<again>", "OK", (Turn("left", 40),)),
        ("if you can, once more", "<again>", "OK", (Turn("left", 40),)),
        ("if the door is open, again", "<again>", "EMPTY", ()),
        # nor by steps beside it of which there is no word
        ("again, then clean up the room", "<again><;><go_through>", "EMPTY", ()),
    ],
)
def test_an_answer_may_lean_on_the_last_request(fake_model, said, answer, verdict, commands):
    translator = Translator(fake_model({said: answer}))
    translation = translator.translate(said, previous=NO_PREVIOUS.then([Turn("left", 40)]))
    assert (translation.verdict, translation.commands) == (verdict, commands)
    assert translator.translate(said).verdict is Verdict.REJECTED


def test_300_characters_are_taken(model):
    assert Translator(model).translate(f"{TURN} {'x' * 290}").verdict is Verdict.EMPTY
    assert len(model.asked) == 1


@pytest.mark.parametrize("said", ["stop", "STOP!!!", "please stop " * 40])
def test_a_stop_word_never_reaches_the_model(model, said):
    model.fault = ModelError("broken")
    assert Translator(model).translate(said).commands == (Stop(),)
    assert model.asked == []


def test_without_a_model_stop_words_work_and_the_rest_is_told_why():
    translator = Translator(MissingModel("model file x.gguf does not exist"))
    assert translator.translate("stop").verdict is Verdict.OK
    translation = translator.translate(TURN)
    assert (translation.verdict, translation.reason) == (
        Verdict.REJECTED,
        "model file x.gguf does not exist",
    )


def test_an_answer_that_is_none_is_rejected(model):
    assert Translator(model).translate("square").verdict is Verdict.REJECTED


def test_an_answer_that_was_cut_off_is_rejected_even_if_it_can_be_read(model):
    model.finished = False
    translation = Translator(model).translate(TURN)
    assert (translation.commands, translation.verdict) == ((), Verdict.REJECTED)
    assert "did not end" in translation.reason


def test_a_cancelled_translation_is_rejected(model):
    translation = Translator(model).translate(TURN, cancelled=lambda: True)
    assert (translation.commands, translation.verdict, translation.reason) == (
        (),
        Verdict.REJECTED,
        CANCELLED,
    )


@settings(max_examples=200)
@given(
    said=st.one_of(st.text(max_size=40), st.binary(max_size=20)),
    answered=st.text(max_size=40),
    form=st.sampled_from(Form),
)
def test_for_any_instruction_and_any_answer_the_verdict_fits_and_the_commands_are_valid(
    fake_model, said, answered, form
):
    translation = Translator(fake_model({}, form, otherwise=answered)).translate(said)
    assert (
        (translation.verdict is Verdict.OK)
        == bool(translation.commands)
        == (not translation.reason)
    )
    assert schema_problem(commands_to_json(translation.commands)) is None
    assert "\n" not in translation.reason


def test_letters_that_a_small_model_never_saw_are_rejected_and_accents_are_not(fake_model):
    translator = Translator(fake_model({"Café": "<move><forward>"}))
    translation = translator.translate("двигайся вперёд")
    assert (translation.verdict, translation.commands) == (Verdict.REJECTED, ())
    assert "English" in translation.reason
    assert translator.translate("Café").verdict is Verdict.OK
