"""Training sentences: every answer is shorthand.

Groups are never split, and multiplying keeps the meaning.
"""

import random
import re
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_core.commands import commands_from_json
from tank_core.commands.shorthand import Refusal, expand
from tank_core.english.plain import normalize
from tank_core.exceptions import TankError
from tank_learning.language.corpus import dataset, noise
from tank_learning.language.corpus.dataset import Example
from tank_learning.language.corpus.evaluation_sets import ELSEWHERE, EvaluationSets, fingerprints
from tank_learning.language.corpus.generator import sentences
from tank_learning.language.corpus.grammar.numbers import say, spell
from tank_learning.language.evaluation.scoring import read_questions

HANDWRITTEN = dataset.read_handwritten()
COMPOSED = [(text, answer) for text, answer, _ in islice(sentences(3), 3000)]


@pytest.mark.slow
def test_the_hand_written_sentences_are_many_and_none_comes_twice() -> None:
    assert len(HANDWRITTEN) > 12_000
    assert len({normalize(example.instruction) for example in HANDWRITTEN}) == len(HANDWRITTEN)


@pytest.mark.slow
def test_no_hand_written_sentence_is_near_an_evaluation_sentence() -> None:
    examination = EvaluationSets.read()
    assert [example for example in HANDWRITTEN if examination.holds(example.instruction)] == []


def test_no_example_of_the_language_is_near_an_evaluation_sentence() -> None:
    examination = EvaluationSets.read()
    page = Path(__file__).parents[5] / "docs/language.md"
    said = re.findall(r'"([^"\n]+)"', page.read_text())
    assert len(said) > 300
    assert [one for one in said if examination.holds(one)] == []


def test_near_means_the_same_but_for_numbers_marks_and_a_few_words() -> None:
    examination = EvaluationSets(["Could you go forward 2 meters, then turn left?", "turn left"])
    assert examination.holds("could you go forward three meters then turn left")
    assert examination.holds("Could you please go forward 2 meters, then turn left")
    assert not examination.holds("roll ahead 2 meters, then spin left")
    assert not examination.holds("turn left")  # can be said in no other way
    long = EvaluationSets(["turn left a hundred and twenty five degrees"])
    assert not long.holds("turn left 45 degrees")  # nor is a number's length another way


def test_a_set_that_is_elsewhere_is_known_by_its_fingerprints() -> None:
    text = fingerprints(["Could you go forward 2 meters, then turn left?", "turn left"])
    examination = EvaluationSets([], text.split())
    assert examination.holds("could you please go forward three meters then turn left")
    assert not examination.holds("roll ahead 2 meters, then spin left")
    assert len(text.split()) == 1 and "meters" not in text
    kept = (Path(__file__).parents[5] / "eval" / ELSEWHERE).read_text().split()
    assert len(kept) > 80 and all(re.fullmatch("([0-9a-f]{4}){4,40}", line) for line in kept)


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


@pytest.mark.slow
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


@given(st.sampled_from(COMPOSED), st.integers())
def test_noise_leaves_the_names_of_places_as_they_are_copied(
    pair: tuple[str, str], seed: int
) -> None:
    rng, (text, answer) = random.Random(seed), pair
    names = noise.names_of(answer)
    noisy = noise.with_fillers(rng, noise.mistyped(rng, text, 3, names), names)
    noisy = noise.misheard(rng, noise.unpunctuated(noisy), names)
    assert all(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", noisy) for name in names), noisy


def test_hardly_a_name_of_a_place_comes_twice() -> None:
    names = [name for _, answer in COMPOSED for name in noise.names_of(answer)]
    assert len(names) > 200
    assert len({*names}) > 0.7 * len(names)


@pytest.mark.parametrize(
    ("pair", "other"),
    [
        (("put it left of the bright can", "release left_of cylinder"),
         ("put it right of the bright can", "release right_of cylinder")),
        (("enter the gate on your LEFT", "go_through left"),
         ("enter the gate on your RIGHT", "go_through right")),
        (("turn left and tell me how much charge is left", "turn left ; report battery"), None),
        (("come right back, then left", "go_back here ; turn left"), None),
        (("make a circle", "arc right 360 deg"), None),
    ],
)  # fmt: skip
def test_sides_are_exchanged_where_they_are_sides(
    pair: tuple[str, str], other: tuple[str, str] | None
) -> None:
    assert noise.mirrored(pair) == other


def test_how_often_pictures_fit_is_not_changed() -> None:
    pair = ("turn 180, a photo every 45 degrees", "4x( turn right 45 deg ; photo )")
    assert {noise.renumbered(random.Random(seed), pair) for seed in range(20)} == {None}


@pytest.mark.slow
def test_what_leans_on_the_last_request_is_never_a_step_after_others() -> None:
    answers = [e.answer for e in islice(dataset.stream(HANDWRITTEN, 4), 3000)]
    later = [step for answer in answers for step in answer.split(" ; ")[1:]]
    assert not [step for step in later if re.match("again|more|go_back before", step)]


@pytest.mark.parametrize(
    ("text", "said"),
    [("left", r"\b(now|and|next) left|left now"), ("get the red cube", "for me"),
     ("wait", "for me"), ("what do you see", "could you what|please what|to what")],
)  # fmt: skip
def test_courtesy_leaves_the_meaning_alone(text: str, said: str) -> None:
    polite = {noise.politely(random.Random(seed), text, 1) for seed in range(500)}
    assert len(polite) > 200
    assert not [one for one in polite if re.search(said, one)]


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
