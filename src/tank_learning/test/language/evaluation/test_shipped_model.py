"""The model that ships, on the evaluation sentences.

A floor under the figures of its card, and answers that never vary.
"""

import re
from pathlib import Path

import pytest

from tank_core.commands.shorthand import Refusal, expand
from tank_language.gguf_model import load_model
from tank_language.translator import Translator
from tank_learning.language.evaluation import scoring
from tank_llama.model_file import is_published

ROOT = Path(__file__).parents[5]
MODEL = ROOT / "models" / "tank-nano.gguf"
SETS = ("dev", "second", "v2_dev")
# The reason of a refusal names what is new in the sentence, and nothing else.
NEW_WORDS = {
    "flumox the red cube": ["flumox"],
    "can you yodel or hum a polka": ["yodel", "hum", "polka"],
    "go and do it": [],
}
# What README.md and the model's card tell of it, right and wrong.
EXAMPLES = {
    "scooch back a dozen inches, would you": "move backward 12 in",
    "trun lfet abuot fourty five degress then go foward 2 meetrs":
        "turn left 45 deg ; move forward 2 m",
    "turn left, I'd say 45, and do the same to the right": "turn left 45 deg ; turn right 45 deg",
    "this is the sound booth": "remember [sound booth]",
    "return to the end zone": "go_to [end zone]",
    "curve left for two meters with a radius of one meter": "arc left radius 1 m 2 m",
    "heading 200 for two meters": "face heading 200 ; move forward 2 m",
    "go easy on me": "none",
    "go left a bit, no wait, right, then stop": "turn right ; move forward bit ; stop",
    "roll up to the crimson box, take it and set it down on your right":
        "approach red cube ; grasp red cube ; release right",
    "don't turn left, back up two steps instead": "move backward 2 step",
    "bring me the red cube": "grasp red cube ; go_back here ; release",
    "take a picture to the east": "face east ; photo",
    "drive until you see the red ball, at most three meters":
        "move forward 3 m until object red ball",
    "go back to the kitchen and tell me what you see": "go_to [kitchen] ; report objects",
    "put it behind the blue ball": "release behind blue ball",
    "go to the door on your left": "none",
    "if the cube is red pick it up": "none",
    "turn left five hundred degrees": "none",
    "advance five foot six": "move forward 66 in",
    "go to the kitchen, no, to the terrace": "go_to [terrace]",
    "is there a cube in front of you": "report objects cube",
    "move down two feet": "none",
    "before you spin around twice, creep ahead half a meter": "none",
    "go back four foot nine": "none",
    "straight to voicemail": "go_to [voicemail]",
    "slide back till there's a meter between us": "none",
    "drive a rectangle two by one meter": "none",
    "gehe zwei Meter vorw\u00e4rts": "none",
}  # fmt: skip
Answers = dict[str, list[scoring.Answered]]


def ask(threads: int, every: int = 1) -> Answers:
    """The model's answers to every n-th question of each set."""
    questions = {name: scoring.read_questions(ROOT / "eval" / f"{name}.jsonl") for name in SETS}
    model = load_model(MODEL, threads=threads)
    try:
        return {
            name: scoring.ask(Translator(model), asked[::every])
            for name, asked in questions.items()
        }
    finally:
        model.close()


@pytest.fixture(scope="module")
def answers() -> Answers:
    return ask(threads=1)


def test_it_is_the_published_file() -> None:
    assert is_published(MODEL)
    assert MODEL.stat().st_size <= 24e6


@pytest.mark.parametrize(
    ("name", "floors", "false_moves"),
    [
        ("dev", {"schema_valid": 1.0, "exact_match": 0.97, "action_seq": 0.97, "ood_f1": 0.95}, 0),
        (
            "second",
            {"schema_valid": 1.0, "exact_match": 0.93, "action_seq": 0.93, "ood_f1": 0.86},
            0,
        ),
        (
            "v2_dev",
            {"schema_valid": 1.0, "exact_match": 0.95, "action_seq": 0.95, "ood_f1": 0.93},
            0,
        ),
    ],
)
def test_it_understands_at_least_what_was_promised(
    answers: Answers, name: str, floors: dict[str, float], false_moves: int
) -> None:
    figures = scoring.figures(answers[name])
    assert {key: figures[key] for key, floor in floors.items() if figures[key] < floor} == {}
    assert figures["false_moves"] <= false_moves


@pytest.mark.parametrize("threads", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_another_run_gives_the_same_answers(answers: Answers, threads: int) -> None:
    again = ask(threads, every=5)
    assert {name: [a.commands for a in found] for name, found in again.items()} == {
        name: [a.commands for a in found[::5]] for name, found in answers.items()
    }


def test_the_examples_of_its_card_are_true() -> None:
    model = load_model(MODEL, threads=1)
    made = {sentence: Translator(model).translate(sentence).commands for sentence in EXAMPLES}
    model.close()
    meanings = {sentence: expand(answer) for sentence, answer in EXAMPLES.items()}
    assert made == {
        sentence: () if isinstance(meaning, Refusal) else meaning
        for sentence, meaning in meanings.items()
    }
    card = MODEL.with_name("README.md").read_text(encoding="utf-8")
    assert [sentence for sentence in EXAMPLES if f"| {sentence} |" not in card] == []


@pytest.mark.parametrize(("said", "new"), NEW_WORDS.items())
def test_a_refusal_names_the_words_that_are_new_to_it(said: str, new: list[str]) -> None:
    model = load_model(MODEL, threads=1)
    refused = Translator(model).translate(said)
    model.close()
    assert not refused.commands
    assert re.findall(r'"(\w+)"', refused.reason) == new


def test_the_examples_of_the_readme_are_some_of_its_cards() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    said = readme.partition("\n## What it understands")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (?!---|it )(.+?) \|$", said, re.MULTILINE)
    card = MODEL.with_name("README.md").read_text(encoding="utf-8")
    assert len(rows) >= 6 and [row for row in rows if f"\n| {row} |" not in card] == []
