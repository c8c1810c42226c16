"""The model that ships, on the evaluation sentences: a floor under the figures of its card, and answers that never vary."""

from pathlib import Path

import pytest

from tank_language.llama_model import load_model
from tank_language.model_file import is_published
from tank_language.pipeline import evaluation
from tank_language.translator import Translator

ROOT = Path(__file__).parents[3]
MODEL = ROOT / "models" / "tank-nano.gguf"
SETS = ("dev", "second")
Answers = dict[str, list[evaluation.Answered]]


def ask(threads: int) -> Answers:
    model = load_model(MODEL, threads=threads)
    try:
        return {name: evaluation.ask(Translator(model), evaluation.read_questions(ROOT / "eval" / f"{name}.jsonl")) for name in SETS}
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
        ("second", {"schema_valid": 1.0, "exact_match": 0.9, "action_seq": 0.94, "ood_f1": 0.88}, 3),
    ],
)
def test_it_understands_at_least_what_was_promised(answers: Answers, name: str, floors: dict[str, float], false_moves: int) -> None:
    figures = evaluation.figures(answers[name])
    assert {key: figures[key] for key, floor in floors.items() if figures[key] < floor} == {}
    assert figures["false_moves"] <= false_moves


@pytest.mark.parametrize("threads", [1, 2])
def test_another_run_gives_the_same_answers(answers: Answers, threads: int) -> None:
    assert {name: [a.commands for a in found] for name, found in ask(threads).items()} == {
        name: [a.commands for a in found] for name, found in answers.items()
    }
