"""Training sentences: every answer is shorthand.

Groups are never split, and multiplying keeps the meaning.
"""

import random
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_core.commands import commands_from_json
from tank_core.exceptions import TankError
from tank_language.prompt import normalize
from tank_language.shorthand import Refusal, expand
from tank_learning.language.corpus import dataset, noise
from tank_learning.language.corpus.dataset import Example
from tank_learning.language.corpus.evaluation_sets import EvaluationSets
from tank_learning.language.corpus.generator import sentences
from tank_learning.language.corpus.grammar.numbers import say, spell
from tank_learning.language.evaluation.scoring import read_questions

HANDWRITTEN = dataset.read_handwritten()
COMPOSED = [(text, answer) for text, answer, _ in islice(sentences(3), 3000)]


def test_the_hand_written_sentences_are_many_and_none_comes_twice() -> None:
    assert len(HANDWRITTEN) > 12_000
    assert len({normalize(example.instruction) for example in HANDWRITTEN}) == len(HANDWRITTEN)


@pytest.mark.slow
def test_no_hand_written_sentence_is_near_an_evaluation_sentence() -> None:
    examination = EvaluationSets.read()
    assert [example for example in HANDWRITTEN if examination.holds(example.instruction)] == []


def test_near_means_the_same_but_for_numbers_marks_and_a_few_words() -> None:
    examination = EvaluationSets(["Could you go forward 2 meters, then turn left?", "turn left"])
    assert examination.holds("could you go forward three meters then turn left")
    assert examination.holds("Could you please go forward 2 meters, then turn left")
    assert not examination.holds("roll ahead 2 meters, then spin left")
    assert not examination.holds("turn left")  # can be said in no other way


def test_sentences_from_elsewhere_are_kept_apart_from_validation_and_evaluation() -> None:
    _, held = dataset.split(HANDWRITTEN)
    question = max(
        read_questions(Path(__file__).parents[5] / "eval/dev.jsonl"),
        key=lambda q: len(q.instruction.split()),
    )
    new = Example("meander over to that scarlet cube of yours", "approach red cube", "mine")
    assert dataset.guarded([held[0], Example(question.instruction, "none", "mine"), new]) == [new]


def test_a_voice_that_is_not_there_cannot_be_held_out() -> None:
    with pytest.raises(TankError, match=r"childrn: no such voice; one of .*children"):
        dataset.split(HANDWRITTEN, ("childrn",))
    kept, held = dataset.split(HANDWRITTEN, ("children",))
    assert not any(example.source.startswith("children/") for example in kept)
    assert sum(example.source.startswith("children/") for example in held) > 200


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "voice.txt").write_text("# template: one\ngo => move forward\ngo up => move up\n")
    with pytest.raises(TankError, match=r"voice.txt:3: .*'up' is none of forward, backward"):
        dataset.read_handwritten(tmp_path)


def test_the_split_never_divides_a_group() -> None:
    kept, held = dataset.split(HANDWRITTEN)
    assert not {example.source for example in kept} & {example.source for example in held}
    assert 0.03 < len(held) / len(HANDWRITTEN) < 0.15


def test_the_same_seed_gives_the_same_sentences() -> None:
    first, second, other = (
        list(islice(dataset.stream(HANDWRITTEN, seed), 300)) for seed in (5, 5, 6)
    )
    assert first == second != other


def test_every_composed_answer_can_be_read() -> None:
    for _, answer in COMPOSED:
        expand(answer)


def test_records_follow_the_schema() -> None:
    for example in islice(dataset.stream(HANDWRITTEN, 1), 500):
        commands_from_json(dataset.to_record(example).data()["output"])


def test_mirroring_twice_changes_nothing() -> None:
    pairs = [(example.instruction, example.answer) for example in HANDWRITTEN]
    mirrored = {pair: noise.mirrored(pair) for pair in pairs}
    assert sum(other is not None for other in mirrored.values()) > 500
    for pair, other in mirrored.items():
        # "right," may be chatter, so it is left alone
        assert other is None or noise.mirrored(other) in (pair, None)


@given(st.sampled_from(HANDWRITTEN), st.integers())
def test_another_number_or_color_changes_no_action(example: Example, seed: int) -> None:
    rng, pair = random.Random(seed), (example.instruction, example.answer)
    for change in (noise.renumbered(rng, pair), noise.recolored(rng, pair)):
        if (
            change is not None
            and not isinstance(expand(example.answer), Refusal)
            and not isinstance(expand(change[1]), Refusal)
        ):
            assert [c.action for c in expand(change[1])] == [
                c.action for c in expand(example.answer)
            ]


def test_typing_errors_leave_numbers_alone() -> None:
    rng = random.Random(2)
    for text, _ in COMPOSED[:500]:
        assert [c for c in noise.mistyped(rng, text, 3) if c.isdigit()] == [
            c for c in text if c.isdigit()
        ]


@given(st.integers(0, 9999), st.integers())
def test_spelled_numbers_hold_no_digit(value: int, seed: int) -> None:
    words = spell(value, random.Random(seed))
    assert words
    assert not any(char.isdigit() for char in words)


@pytest.mark.parametrize(
    ("number", "spoken"),
    [
        ("2.5", "two and a half"),
        ("2.5", "two point five"),
        ("0.75", "zero point seven five"),
        ("120", "a hundred and twenty"),
    ],
)
def test_numbers_are_said_as_people_say_them(number: str, spoken: str) -> None:
    assert spoken in {say(number, random.Random(seed)) for seed in range(300)}
