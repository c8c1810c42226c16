"""The model that ships, on the evaluation sentences: a floor under the figures of its card, and answers that never vary."""

from pathlib import Path

import pytest

from tank_language.llama_model import load_model
from tank_language.model_file import is_published
from tank_language.pipeline import evaluation
from tank_language.translator import Translator

ROOT = Path(__file__).parents[3]
MODEL = ROOT / "models" / "tank-nano.gguf"


@pytest.fixture(scope="module")
def answers() -> list[evaluation.Answered]:
    model = load_model(MODEL, threads=1)
    try:
        return evaluation.ask(Translator(model), evaluation.read_questions(ROOT / "eval" / "dev.jsonl"))
    finally:
        model.close()


def test_it_is_the_published_file() -> None:
    assert is_published(MODEL)


def test_it_understands_at_least_what_was_promised(answers: list[evaluation.Answered]) -> None:
    figures = evaluation.figures(answers)
    assert figures["schema_valid"] == 1.0
    assert figures["exact_match"] >= 0.93
    assert figures["false_moves"] <= 1


def test_a_second_run_gives_the_same_answers(answers: list[evaluation.Answered]) -> None:
    model = load_model(MODEL, threads=1)
    again = evaluation.ask(Translator(model), [answer.question for answer in reversed(answers)])
    model.close()
    assert [answer.commands for answer in reversed(again)] == [answer.commands for answer in answers]
