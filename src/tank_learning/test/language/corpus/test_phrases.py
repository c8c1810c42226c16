"""Files of phrases: what is wrong with one is named.

What a phrase is said to mean is true.
"""

import random
from itertools import islice
from pathlib import Path

import pytest

from tank_core.commands import shorthand
from tank_core.commands.shorthand import expand, read
from tank_core.exceptions import TankError
from tank_learning.language.corpus.generator import sentences
from tank_learning.language.corpus.grammar import phrases as p
from tank_learning.language.corpus.grammar import slots, themes
from tank_learning.language.corpus.grammar.slots import Clause


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("go:\n  - drive\n  - no\n", r"False of go is no text .*; put it in quotes"),
        ("go:\n  - 180\n", r"180 of go is no text .*; put it in quotes"),
        ("go: drive\n", r"go is no list of phrases; write one a line after '- '"),
        ("go:\n", r"go is no list of phrases"),
        ("- drive\n", r"holds no lists of phrases; write 'NAME:'"),
        ("go:\n  - , then\n", r"moving.yaml"),
    ],
)
def test_a_bad_phrase_is_named_in_one_line_with_the_cure(
    tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "moving.yaml").write_text(text)
    with pytest.raises(TankError, match=said) as caught:
        p.read_phrases(tmp_path / "moving.yaml")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("phrases", "step"),
    [
        (p.JOINING["doing"], "{}"),
        (p.AMOUNTS["distances"], "move forward {}"),
        (p.AMOUNTS["durations"], "wait {}"),
        (p.TURNING["other_parts"], "turn left {}"),
    ],
)
def test_what_a_phrase_is_said_to_mean_is_shorthand(phrases: tuple[str, ...], step: str) -> None:
    for words, meaning in p.pairs(phrases):
        assert words
        assert expand(step.format(meaning))


def test_whatever_fills_the_slots_of_a_phrase_its_answer_is_shorthand() -> None:
    dice = random.Random(0)
    step: dict[str, Clause] = {"clause": lambda _: ("stop", "stop"), "part": lambda _: ("", "")}
    whole = [(p.LEANING, "and_then"), (p.PICTURES, "every_alone")]
    for name, function in vars(themes).items():
        if getattr(function, "__module__", "") == slots.__name__ and name not in vars(slots):
            for _ in range(40):
                read(function(dice)[1])
    for lists, name in whole:
        assert slots.compose(dice, lists, name, step)[0]


def test_a_slot_has_one_filling_in_words_and_answer_and_a_digit_makes_another() -> None:
    lists = {"two": ("{color} to {color2} => {color2} {color}",)}
    for seed in range(30):
        words, answer = slots.compose(random.Random(seed), lists, "two")
        first, second = words.split(" to ")
        assert answer.split() == [
            next(color for color, said in p.COLORS.items() if one in said)
            for one in (second, first)
        ]


def test_near_misses_are_none_and_every_kind_of_them_can_be_filled() -> None:
    dice = random.Random(1)
    for name in p.NEARS:
        for _ in range(60):
            words, answer = slots.compose(dice, p.NEARS, name)
            assert words
            assert answer == ""


def test_every_word_of_the_robot_can_be_said() -> None:
    said = {
        word
        for _, answer, _ in islice(sentences(1), 5000)
        for word in answer.replace("x(", " ").split()
    }
    assert said >= {*shorthand.words()} - {"x(", "[", "]"}


def test_no_template_is_left_unfilled() -> None:
    for text, _, template in islice(sentences(2), 5000):
        assert not set("{}<") & set(text), template
