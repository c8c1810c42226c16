"""The whole way through llama.cpp, on models with random weights.

Under the grammar their nonsense must be valid.
"""

import subprocess
import sys

import pytest

from tank_core.commands import commands_to_json
from tank_core.commands.schema import schema_problem
from tank_core.exceptions import ModelError
from tank_language.gguf_model import load_model
from tank_language.model import read_answer
from tank_language.prompt import Form
from tank_language.translator import Translator, Verdict
from tank_llama.context import LlamaContext

SENTENCES = (
    "turn left",
    "go forward 2 meters, then wait",
    "x",
    "\u5411\u524d\u8d70 \U0001f916",
    "word " * 59,
)
FORMS = (("shorthand", Form.SHORTHAND), (None, Form.JSON), ("something else", Form.JSON))


@pytest.fixture(scope="module")
def model(make_gguf):
    model = load_model(make_gguf(seed=2), threads=1)
    yield model
    model.close()


@pytest.mark.slow
@pytest.mark.parametrize(("answer", "form"), FORMS)
@pytest.mark.parametrize("seed", range(8))
def test_whatever_a_random_model_says_is_schema_valid(make_gguf, answer, form, seed):
    model = load_model(make_gguf(seed=seed, answer=answer), threads=1, context=4096)
    assert model.form is form
    for sentence in SENTENCES:
        raw = model.answer(sentence)
        if raw.finished:
            read_answer(form, raw.text)  # an AnswerError fails the test
        translation = Translator(model).translate(sentence)
        assert schema_problem(commands_to_json(translation.commands)) is None
        assert translation.verdict is not Verdict.OK or raw.finished
    model.close()


def test_some_random_models_do_end(make_gguf):
    models = [
        load_model(make_gguf(seed=seed, answer=answer), threads=1)
        for seed in range(8)
        for answer, _ in FORMS[:2]
    ]
    assert {model.form for model in models if model.answer("turn left").finished} == {
        Form.SHORTHAND,
        Form.JSON,
    }
    for model in models:
        model.close()


def test_a_model_file_says_from_what_confidence_on_it_is_trusted(make_gguf):
    free, strict = (
        load_model(make_gguf(seed=2, trusted=trusted), threads=1) for trusted in (None, 0.99)
    )
    for sentence in SENTENCES:
        one, other = free.answer(sentence), strict.answer(sentence)
        assert (one.text, one.confidence, one.trusted) == (other.text, 1.0, 0.0)
        if other.finished:
            # a random model's next tokens are all about equally likely
            assert 0 < other.confidence < 0.5
            assert other.trusted == pytest.approx(0.99)
            assert Translator(strict).translate(sentence).commands == ()
    free.close()
    strict.close()


def test_the_same_sentence_gets_the_same_answer_whatever_came_before(make_gguf, model):
    fresh = load_model(make_gguf(seed=2), threads=1)
    alone = [fresh.answer(sentence) for sentence in SENTENCES]
    fresh.close()
    assert [model.answer(sentence) for sentence in reversed(SENTENCES)] == alone[::-1]
    assert [model.answer(sentence) for sentence in SENTENCES] == alone


def test_the_prefix_is_not_evaluated_again(make_gguf, monkeypatch):
    model = load_model(make_gguf(seed=1, answer=None), threads=1, context=4096)
    evaluated = []
    evaluate = LlamaContext.evaluate
    monkeypatch.setattr(
        LlamaContext,
        "evaluate",
        lambda self, tokens: (evaluated.extend(tokens), evaluate(self, tokens))[1],
    )
    answer = model.answer("turn left")
    assert len(evaluated) < 100 + answer.tokens
    model.close()


def test_a_cancelled_answer_ends_at_the_next_token(make_gguf):
    # JSON, spelled in bytes, takes 15 tokens or more
    model = load_model(make_gguf(seed=2, answer=None), threads=1, context=4096)
    asked = []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) > 3

    answer = model.answer("turn left", cancelled)
    assert (answer.tokens, answer.finished) == (3, False)
    model.close()


def test_too_small_a_context_is_an_error_that_says_so(make_gguf):
    with pytest.raises(ModelError, match="larger context"):
        load_model(make_gguf(seed=1, answer=None), threads=1, context=256)


def test_a_model_that_computes_nan_is_refused(make_gguf):
    with pytest.raises(ModelError, match="no finite numbers"):
        load_model(make_gguf(nan=True))


def test_a_model_without_the_prompts_tokens_is_refused_only_if_it_claims_shorthand(
    make_gguf, tmp_path
):
    data = make_gguf().read_bytes()
    path = tmp_path / "renamed.gguf"
    path.write_bytes(data.replace(b"<out>", b"<uot>"))
    with pytest.raises(ModelError, match="<out>"):
        load_model(path)


def test_a_closed_model_says_so(make_gguf):
    model = load_model(make_gguf())
    model.close()
    model.close()
    with pytest.raises(ModelError, match="closed"):
        model.answer("turn left")


def test_a_missing_file_and_a_foreign_architecture_are_one_clear_line(make_gguf, tmp_path):
    with pytest.raises(ModelError, match="does not exist"):
        load_model(tmp_path / "none.gguf")
    foreign = tmp_path / "foreign.gguf"
    foreign.write_bytes(make_gguf().read_bytes().replace(b"gemma3", b"nobody"))
    with pytest.raises(ModelError, match=r"llama\.cpp cannot load") as caught:
        load_model(foreign)
    assert "\n" not in str(caught.value)


def test_loading_and_answering_write_nothing_on_the_terminal(make_gguf):
    program = (
        "from tank_language.gguf_model import load_model; m = "
        f"load_model({str(make_gguf())!r}); m.answer('turn left'); m.close()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert (done.stdout, done.stderr) == ("", "")
