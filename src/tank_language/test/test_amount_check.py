"""No amount of an answer that the sentence does not say, and none of the sentence that the answer leaves out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_core.commands import Command, Grasp, Move, Turn, Wait, command_from_dict
from tank_language import shorthand
from tank_language.amount_check import objection
from tank_language.llama_model import load_model
from tank_language.pipeline.dataset import read_handwritten
from tank_language.translator import Translator

EVAL = Path(__file__).parents[3] / "eval"


def meaning(text: str) -> tuple[Command, ...]:
    commands = shorthand.expand(text)
    assert not isinstance(commands, shorthand.Refusal), commands
    return commands


# What models really answered, or might.
WRONG = [
    ("go forward 3-4 meters", "move forward 34 m", "'3-4'"),
    ("go forward 3 - 4 m", "move forward 3 m", "'3 - 4'"),
    ("roll back between two and three feet", "move backward 23 ft", "between two and three"),
    ("back up three or four steps", "move backward 4 step", "'three or four'"),
    ("drive a yard or two", "move forward 1 yd", "'yard or 2'"),
    ("turn twenty to thirty degrees left", "turn left 20 deg", "'twenty to thirty'"),
    ("roll on one three meters", "move forward 13 m", "13 m"),
    ("roll on 1 3 meters", "move forward 13 m", "'1 3'"),
    ("shift sixty degrees leftwards", "turn left ; move forward 60 m", "60 m"),
    ("move 30 degrees right", "turn right ; move forward 30 m", "30 m"),
    ("drive eighty to the right", "turn right ; move forward 80 m", "'eighty'"),
    ("advance nan feet", "move forward 9 ft", "'nan'"),
    ("advance infinity", "move forward", "'infinity'"),
    ("advance loads of feet", "move forward 5 m", "of feet"),
    ("advance ocho meters", "move forward 8 m", "8 m"),
    ("advance 1e2 centimeters", "move forward 1 m", "'1e2'"),
    ("advance 1.2.3 meters", "move forward 1.23 m", "'1.2.3'"),
    ("advance -2 meters", "move forward 2 m", "'-2'"),
    ("advance minus two meters", "move forward 2 m", "'minus two'"),
    ("roll at 0.3 m/s for 5 seconds", "move forward 0.3 m ; wait 5 s", "'m/s'"),
    ("roll at a foot a second for 4 seconds", "move forward 1 ft", "'foot a second'"),
    ("roll two meters at half speed", "move forward 2 m slow", "'half speed'"),
    ("roll two meters at 30 %", "move forward 2 m", "'30 %'"),
    ("roll two meters at 3 mph", "move forward 2 m", "'mph'"),
    ("roll two meters within 3 seconds", "move forward 2 m", "'meters within 3 seconds'"),
    ("turn right three pi radians", "turn right 171.9 deg", "171.9 degrees"),
    ("two and a half rotations left", "turn left 143.2 deg", "143.2 degrees"),
    ("reverse four foot nine", "move backward 49 ft", "14.935 m"),
    ("roll on 4 feet 2 inches", "move forward 4.2 in", "0.107 m"),
    ("roll on 4m/s", "move forward 4 m", "'m/s'"),
    ("roll on 4 meters with speed 0.2", "move forward 4 m fast", "'with speed 0.2'"),
    ("roll on 4 feet, maybe 5", "move forward 4 ft", "'feet, maybe 5'"),
    ("roll on 4² meters", "move forward 42 m", "'4 squared'"),
    ("roll on 4₂ meters", "move forward 42 m", "'4 2'"),
    ("roll on 4 m²", "move forward 4 m", "'m squared'"),
    ("roll on √3 meters", "move forward 3 m", "'root 3'"),
    ("roll on 4m±0.25m", "move forward 4.25 m", "'-0.25'"),
    ("reverse 4 foot 7 and halt", "move backward 4 ft ; stop", "'7'"),
    ("wait six seconds then roll 3 meters", "wait 63 s ; move forward 3 m", "63 s"),
    ("wait 3 meters", "wait 3 s", "3 s"),
    ("turn left for ten seconds, forward 4 meters", "move forward 4 m", "'ten seconds'"),
    ("roll on 3 meters five times", "2x( move forward 3 m )", "'five times'"),
    ("lift the green and the white ball", "grasp green ball", "'green and the white'"),
]


@pytest.mark.parametrize(("sentence", "answer", "named"), WRONG, ids=[row[0] for row in WRONG])
def test_what_does_not_follow_is_refused_and_named(sentence: str, answer: str, named: str) -> None:
    doubt = objection(sentence, meaning(answer.replace("49 ft", "14.935 m")))
    assert doubt is not None and "\n" not in doubt
    words = named.strip("'").split()
    assert all(word in doubt or word.isdigit() for word in words), doubt


RIGHT = [
    ("roll on two and a half feet", "move forward 2.5 ft"),
    ("reverse four foot nine", "move backward 57 in"),
    ("reverse 2 m 30", "move backward 2.3 m"),
    ("hold for a minute ten", "wait 70 s"),
    ("roll on 4 feet 2 inches", "move forward 50 in"),
    ("roll on at full speed 4 meters", "move forward 4 m fast"),
    ("speed four feet onwards", "move forward 4 ft fast"),
    ("turn one seventy to the left", "turn left 170 deg"),
    ("turn three five degrees", "turn right 35 deg"),
    ("turn right pi over three radians", "turn right 60 deg"),
    ("one and a half rotations right", "turn right 360 deg ; turn right 180 deg"),
    ("half a dozen inches back", "move backward 6 in"),
    ("back up seven meters, I mean feet", "move backward 7 ft"),
    ("roll on 4 meters, no, make it 6", "move forward 6 m"),
    ("drive for six seconds", "move forward 6 s"),
    ("swing to 4 o'clock", "turn right 120 deg"),
    ("a hexagon with sides of 40 cm", "6x( move forward 40 cm ; turn right 60 deg )"),
    ("forward 3, left 45, forward 2", "move forward 3 m ; turn left 45 deg ; move forward 2 m"),
    ("a quarter turn, then half a meter back", "turn right 90 deg ; move backward 0.5 m"),
    ("creep on fvie cm", "move forward 5 cm slow"),
    ("edge ahead a smidge, wait a moment", "move forward 0.3 m ; wait 2 s"),
    ("approach the red cube, not the blue one", "approach red cube"),
    ("don't go 3 meters, go 2", "move forward 2 m"),
    ("turn left", "turn left"),
]


@pytest.mark.parametrize(("sentence", "answer"), RIGHT, ids=[row[0] for row in RIGHT])
def test_what_follows_is_let_through(sentence: str, answer: str) -> None:
    assert objection(sentence, meaning(answer)) is None


@given(st.integers(1, 99), st.integers(1, 99))
def test_digits_are_never_put_together(one: int, other: int) -> None:
    for between in ("-", " - ", " to ", " or ", " "):
        sentence = f"go forward {one}{between}{other} cm"
        for value in (float(f"{one}{other}"), one, other):
            assert objection(sentence, [Move("forward", value / 100)]) is not None


@given(st.integers(2, 360), st.sampled_from(("degrees", "deg", "°")))
def test_a_number_before_degrees_is_never_a_distance(angle: int, unit: str) -> None:
    sentence = f"go {angle} {unit} to the left"
    assert objection(sentence, [Turn("left", angle)]) is None
    if angle <= 100 and angle not in (1, 5):
        assert objection(sentence, [Turn("left", 90), Move("forward", angle)]) is not None


@given(st.decimals("0.1", "90", places=1), st.sampled_from((("m", 1.0), ("meters", 1.0), ("feet", 0.3048), ("cm", 0.01))))
def test_a_plain_number_means_itself_and_nothing_else(number: float, unit: tuple[str, float]) -> None:
    word, size = unit
    value = float(number) * size
    sentence = f"back up {number} {word}"
    assert objection(sentence, [Move("backward", value)]) is None
    for wrong in (value * 10, value * 1.5 + 0.3):
        if 0 < wrong <= 100 and not any(abs(wrong - default) < 0.05 for default in (0.3, 0.5, 1.0, 5.0)):
            assert objection(sentence, [Move("backward", wrong)]) is not None


@given(st.text(max_size=200))
def test_no_sentence_makes_it_fall_over(sentence: str) -> None:
    commands: list[Command] = [Move("forward", 7.7), Turn("left", 33.3), Wait(44.4), Grasp(color="red")]
    doubt = objection(sentence, commands)
    assert doubt is None or (doubt and "\n" not in doubt)


def test_right_answers_of_evaluation_sentences_are_let_through() -> None:
    for file in sorted(EVAL.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            commands = [command_from_dict(command) for command in row["commands"]]
            assert objection(row["instruction"], commands) is None, row["id"]


def test_it_costs_few_right_answers_of_the_training_sentences() -> None:
    """Two voices of them misspell nearly every word: what cannot be read is refused there."""
    pairs = [(one.instruction, shorthand.expand(one.answer)) for one in read_handwritten()]
    kept = [(said, commands) for said, commands in pairs if not isinstance(commands, shorthand.Refusal)]
    lost = [said for said, commands in kept if objection(said, commands)]
    assert len(lost) <= 0.015 * len(kept), lost


SHIPPED = [
    ("go forward 1 to 2 meters", ""),
    ("advance nan feet", ""),
    ("drive at 0.3 m/s for 4 seconds", ""),
    ("pick up the green and the red cube", ""),
    ("turn left \N{PARTY POPPER}", "turn left"),
    ("\N{RIGHTWARDS ARROW} turn right", "turn right"),
    ("turn right \N{HEAVY BLACK HEART}\N{VARIATION SELECTOR-16}", "turn right"),
    ("1. turn right 2. go forward 3. wait", "turn right ; move forward ; wait"),
    ("\N{OCTAGONAL SIGN}", "stop"),
]


@pytest.mark.parametrize(("sentence", "answer"), SHIPPED, ids=[row[0] for row in SHIPPED])
def test_the_shipped_model_behind_it(sentence: str, answer: str) -> None:
    model = load_model()
    try:
        translation = Translator(model).translate(sentence)
    finally:
        model.close()
    assert translation.commands == (meaning(answer) if answer else ())
    assert bool(translation.reason) == (not answer)
