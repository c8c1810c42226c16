"""The threshold is where refusals and wrong motions cost least together."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_core.exceptions import ModelError
from tank_language.gguf_model import TRUSTED_KEY
from tank_learning.language.corpus.dataset import Example
from tank_learning.language.evaluation import trust
from tank_learning.language.evaluation.trust import TrustOutcome
from tank_llama.gguf_header import read_header

MODEL = Path(__file__).parents[5] / "models" / "tank-nano.gguf"


def rights(*confidences: float) -> list[TrustOutcome]:
    return [TrustOutcome(each, right=True, wrong_motion=False) for each in confidences]


def wrongs(*confidences: float) -> list[TrustOutcome]:
    return [TrustOutcome(each, right=False, wrong_motion=True) for each in confidences]


def test_a_wrong_motion_costs_as_many_refusals_as_is_said() -> None:
    found = [*rights(0.3, 0.35, 0.4, *[0.9] * 197), *wrongs(0.5)]
    assert 0.5 < trust.choose(found).threshold < 0.9
    assert trust.choose(found, wrong_motion=2).threshold == trust.LEAST


def test_no_more_right_answers_are_refused_than_may_be() -> None:
    found = [*rights(*[0.5] * 10, *[0.9] * 90), *wrongs(*[0.6] * 40, 0.4)]
    chosen = trust.choose(found)
    assert 0.4 < chosen.threshold < 0.5
    assert (chosen.right_refused, chosen.wrong_motions_refused) == (0, 1)
    assert trust.choose(found, most=0.1).wrong_motions_refused == 41


@given(st.lists(st.builds(TrustOutcome, st.floats(0, 1), st.booleans(), st.booleans())))
def test_whatever_was_answered_there_is_a_threshold(found: list[TrustOutcome]) -> None:
    assert trust.LEAST <= trust.choose(found).threshold <= trust.HIGHEST


def test_the_threshold_is_kept_in_the_file_and_nothing_else_is_changed(tmp_path: Path) -> None:
    pytest.importorskip("gguf", reason="training tools are not installed: ./tank setup --train")
    path = Path(shutil.copy(MODEL, tmp_path / "m.gguf"))
    examples = [Example("turn left", "turn left", "a/b"), Example("again", "again", "a/b")]
    chosen = trust.calibrate(path, examples)
    assert (chosen.right, chosen.wrong_motions) == (2, 0)
    assert read_header(path).metadata[TRUSTED_KEY] == pytest.approx(chosen.threshold)
    old, new = MODEL.read_bytes(), path.read_bytes()
    assert sum(a != b for a, b in zip(old, new, strict=True)) <= 4


def test_a_file_that_keeps_no_threshold_is_named(tmp_path: Path) -> None:
    pytest.importorskip("gguf", reason="training tools are not installed: ./tank setup --train")
    path = Path(shutil.copy(MODEL, tmp_path / "m.gguf"))
    trust.store(path, 0.0)
    with pytest.raises(ModelError, match=r"m\.gguf has no tank\.trusted above 0"):
        trust.calibrate(path, [])
