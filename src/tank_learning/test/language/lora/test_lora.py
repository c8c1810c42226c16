"""Training beside a base, and what base and delta make. No network, no Gemma."""

import dataclasses
import itertools
import json
import struct
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip(
    "torch", reason="training tools are not installed: ./tank setup --train"
)

from tiny_base import write_base

from tank_core.exceptions import ModelError
from tank_language.gguf_model import load_file
from tank_language.model import read_answer
from tank_learning.language.corpus.dataset import Example
from tank_learning.language.lora import training
from tank_learning.language.lora.export import write_delta
from tank_learning.language.lora.network import MATRICES, adapted
from tank_learning.language.lora.words import choose
from tank_learning.language.model.export import LAYER
from tank_learning.trainer import curve
from tank_llama.context import LlamaContext
from tank_llama.delta.base import EMBEDDING, GgufBase, fingerprint
from tank_llama.delta.build import build, check, merged
from tank_llama.delta.file import SCALE, Delta
from tank_llama.delta.safetensors import SafetensorsBase

SENTENCE = "drive forward two meters"


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """So that threads do not wait for each other on a machine with other work."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> GgufBase:
    return GgufBase(write_base(tmp_path_factory.mktemp("base") / "base.gguf"))


@pytest.fixture(scope="module")
def learned(base):
    """A network beside the base in which everything that learns has moved."""
    torch.manual_seed(1)
    vocabulary, like = choose(base.path)
    network = adapted(base, vocabulary.kept, like, rank=4, dtype=torch.float32)
    with torch.no_grad():
        for weights in network.parameters():
            if weights.requires_grad:
                weights += 0.1 * torch.randn_like(weights)
    return network.eval(), vocabulary


@pytest.fixture(scope="module")
def delta(base, learned, tmp_path_factory) -> Path:
    return write_delta(*learned, base, tmp_path_factory.mktemp("delta") / "tiny.delta", 0.25)


@pytest.fixture(scope="module")
def built(base, delta) -> Path:
    return build(base, Delta.read(delta), delta.with_name("tiny.gguf"))


def test_a_matrix_with_its_delta_is_what_torch_multiplies_by(base, learned, delta):
    network, _ = learned
    read = Delta.read(delta)
    for index, layer in enumerate(network.layers):
        for part in MATRICES:
            matrix = getattr(layer, part)
            wanted = (matrix.weight + SCALE * matrix.b @ matrix.a).detach().numpy()
            found = merged(base, read, f"blk.{index}.{LAYER[part]}.weight")
            assert np.abs(found - wanted).max() < 1e-3


def test_the_built_model_computes_what_the_network_computes(learned, built):
    network, vocabulary = learned
    context = LlamaContext(built, threads=1, size=512)
    try:
        ids = [vocabulary.texts.index("<bos>"), *context.tokens(SENTENCE)]
        ids.append(vocabulary.texts.index("<out>"))
        context.evaluate(ids)
        found = torch.tensor(context.logits().copy()).softmax(-1)
    finally:
        context.close()
    with torch.no_grad():
        wanted = network(torch.tensor([ids]))[0, -1].softmax(-1)
    # the file has 8 bits a weight
    assert (found - wanted).abs().max() < 0.02 and found.argmax() == wanted.argmax()


def test_the_built_model_answers_in_shorthand_and_says_from_when_on_it_is_sure(built):
    model = load_file(built, threads=1)
    try:
        answer = model.answer(SENTENCE)
        if answer.finished:
            read_answer(model.form, answer.text)
        assert answer.tokens and model.form == "shorthand"
        assert not answer.finished or (answer.trusted == 0.25 and 0 <= answer.confidence <= 1)
    finally:
        model.close()


def test_of_the_bases_tokens_those_stay_that_a_command_needs(base, learned):
    _, vocabulary = learned
    assert "▁drive" in vocabulary.texts and "<0xFF>" in vocabulary.texts
    assert not {"Groß", "<unused0>"} & {*vocabulary.texts}
    assert len({*vocabulary.texts}) == len(vocabulary.texts)


@pytest.mark.parametrize("other", [{"seed": 1}, {"width": 64}])
def test_another_model_of_the_same_kind_is_refused(delta, tmp_path, other):
    stranger = GgufBase(write_base(tmp_path / "other.gguf", **other))
    with pytest.raises(ModelError, match="gemma-3-270m"):
        check(stranger, Delta.read(delta))


def test_a_model_is_no_delta(base):
    with pytest.raises(ModelError, match="no delta"):
        Delta.read(base.path)


def test_the_same_weights_in_another_format_make_the_same_file(base, delta, built, tmp_path):
    write_folder(base, tmp_path)
    other = SafetensorsBase(tmp_path)
    assert fingerprint(other) == fingerprint(base)
    path = build(other, Delta.read(delta), tmp_path / "other.gguf")
    one, two = GgufBase(built), GgufBase(path)
    assert {*one.names()} == {*two.names()}
    assert all(np.array_equal(one.tensor(name), two.tensor(name)) for name in one.names())


def write_folder(base: GgufBase, folder: Path) -> None:
    """The base's weights as Hugging Face has them: float32, norms less 1."""
    parts = {
        "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj",
        "attn_output": "self_attn.o_proj", "attn_q_norm": "self_attn.q_norm",
        "attn_k_norm": "self_attn.k_norm", "attn_norm": "input_layernorm",
        "post_attention_norm": "post_attention_layernorm",
        "ffn_norm": "pre_feedforward_layernorm", "post_ffw_norm": "post_feedforward_layernorm",
        "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
    }  # fmt: skip
    header, data = {}, b""
    for name in base.names():
        values = base.tensor(name) - np.float32(base.tensor(name).ndim == 1)
        theirs = {EMBEDDING: "model.embed_tokens.weight", "output_norm.weight": "model.norm.weight"}
        if name not in theirs:
            _, layer, part, _ = name.split(".")
            theirs[name] = f"model.layers.{layer}.{parts[part]}.weight"
        start, data = len(data), data + values.astype("<f4").tobytes()
        header[theirs[name]] = {
            "dtype": "F32", "shape": values.shape, "data_offsets": [start, len(data)],
        }  # fmt: skip
    text = json.dumps(header).encode()
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)


@pytest.mark.slow
def test_a_run_that_was_ended_goes_on_as_if_it_had_not_been(base, tmp_path, monkeypatch):
    some = [
        Example(f"drive {number} meters", f"move forward {number} m", f"test/{number}")
        for number in range(40)
    ]
    monkeypatch.setattr(training, "sentences", lambda *_: (some[4:], some[:4]))
    monkeypatch.setattr(training.dataset, "stream", lambda kept, *_: itertools.cycle(kept))
    monkeypatch.setattr(training, "LONGEST_ANSWER", 4)
    monkeypatch.setattr(curve, "draw", lambda folder: None)
    recipe = training.LoraRecipe(tokens=6000, step_tokens=512, rank=2)
    whole = training.learn(base, recipe, tmp_path / "whole")
    learn, steps = training._Learner.learn, []

    def interrupted(self, step, progress):
        if len(steps) == 5:
            raise KeyboardInterrupt
        steps.append(progress)
        return learn(self, step, progress)

    with monkeypatch.context() as patch:
        patch.setattr(training, "RHYTHM", dataclasses.replace(training.RHYTHM, save_every_s=0.0))
        patch.setattr(training._Learner, "learn", interrupted)
        with pytest.raises(KeyboardInterrupt):
            training.learn(base, recipe, tmp_path / "ended")
    again = training.learn(base, recipe, tmp_path / "ended", resume=True)
    assert len(steps) == 5
    assert again.read_bytes() == whole.read_bytes()
    losses = [json.loads(line)["loss"] for line in (whole.parent / "curve.jsonl").open()]
    assert losses and all(np.isfinite(losses))
