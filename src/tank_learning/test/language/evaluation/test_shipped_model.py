"""The model that ships, on the evaluation sentences.

A floor under the figures of its card, and answers that never vary.
"""

import re
from pathlib import Path

import pytest

from tank_language.llama.gguf_model import load_model
from tank_language.llama.model_file import is_published
from tank_language.shorthand import Refusal, expand
from tank_language.translator import Translator
from tank_learning.language.evaluation import scoring

ROOT = Path(__file__).parents[5]
MODEL = ROOT / "models" / "tank-nano.gguf"
SETS = ("dev", "second")
# What README.md and the model's card tell of it, right and wrong.
EXAMPLES = {
    "scooch back a dozen inches, would you": "move backward 12 in",
    "trun lfet abuot fourty five degress then go foward 2 meetrs":
        "turn left 45 deg ; move forward 2 m",
    "before you spin around twice, creep ahead half a meter":
        "move forward 0.5 m slow ; 2x( turn right 360 deg )",
    "go left a bit, no wait, right, then stop": "turn right ; move forward bit ; stop",
    "roll up to the crimson box, take it and set it down on your right":
        "approach red cube ; grasp red cube ; release right",
    "don't turn left, back up two steps instead": "move backward 2 step",
    "bring me the red cube": "none",
    "if the cube is red pick it up": "none",
    "turn left five hundred degrees": "none",
    "advance five foot six": "move forward 66 in",
    "head toward the green tube slowly and stop halfway":
        "approach green cylinder ; stop ; turn right 180 deg slow",
    "turn left, I'd say 45, and do the same to the right": "turn left 45 deg",
    "slide back till there's a meter between us": "move backward 1 m",
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
        ("dev", {"schema_valid": 1.0, "exact_match": 0.95, "action_seq": 0.98, "ood_f1": 0.95}, 1),
        (
            "second",
            {"schema_valid": 1.0, "exact_match": 0.9, "action_seq": 0.94, "ood_f1": 0.88},
            3,
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


def test_the_examples_of_the_readme_are_some_of_its_cards() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    said = readme.partition("\n## What it understands")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (?!---|it )(.+?) \|$", said, re.MULTILINE)
    card = MODEL.with_name("README.md").read_text(encoding="utf-8")
    assert len(rows) >= 6 and [row for row in rows if f"\n| {row} |" not in card] == []
