"""Files of phrases: what is wrong with one is named.

What a phrase is said to mean is true.
"""

from itertools import islice
from pathlib import Path

import pytest

from tank_core.exceptions import TankError
from tank_language.shorthand import expand
from tank_learning.language.corpus.generator import sentences
from tank_learning.language.corpus.grammar import phrases as p


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


def test_every_word_of_the_robot_can_be_said() -> None:
    said = {word for _, answer, _ in islice(sentences(1), 5000) for word in answer.split()}
    assert said >= {*p.CELLS, *p.COLORS, *p.SHAPES, *p.UNITS, "slow", "fast", "bit", "touch", "far"}


def test_no_template_is_left_unfilled() -> None:
    for text, _, template in islice(sentences(2), 5000):
        assert not set("{}<") & set(text), template
