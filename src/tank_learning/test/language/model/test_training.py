"""Training, export and evaluation of a very small model, end to end.

Needs the training tools (./tank setup --train).
"""

import dataclasses
import json
import os
import random
import re
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

torch = pytest.importorskip(
    "torch", reason="training tools are not installed: ./tank setup --train"
)

from tank_core.commands.shorthand import ShorthandError, expand, from_tokens
from tank_core.exceptions import TankError
from tank_language.gguf_model import LlamaModel, load_model
from tank_language.translator import Translator
from tank_learning.language.corpus.dataset import read_handwritten
from tank_learning.language.model import export, training
from tank_learning.language.model.network import CausalTransformer, NetworkShape, greedy
from tank_learning.language.model.tokenizer import (
    EOS,
    decode_answer,
    encode_answer,
    encode_prompt,
    fragmented,
    token_id,
)
from tank_learning.trainer.curve import read_curve
from tank_learning.trainer.device import Machine

pytestmark = pytest.mark.slow
RECIPE = training.Recipe(
    tokens=500_000, vocabulary=600, width=96, layers=2, heads=2, feed_forward=192
)
MACHINE = Machine("cpu", threads=1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return training.train(RECIPE, tmp_path_factory.mktemp("run"), MACHINE)


def test_training_lowers_the_loss_and_keeps_the_curve(folder: Path) -> None:
    lines = [json.loads(line) for line in (folder / "curve.jsonl").read_text().splitlines()]
    assert lines[-1]["progress"] >= 1
    # below guessing among all tokens
    assert lines[-1]["loss"] < 0.8 * torch.log(torch.tensor(600.0))
    assert 0 <= lines[-1]["held_out"] <= 1


def test_answers_are_right_where_decoding_them_gives_them(folder: Path) -> None:
    network, tokenizer, _ = training.load(folder)
    examples = read_handwritten()[::100]
    prompts = [encode_prompt(tokenizer, example.instruction) for example in examples]
    decoded = greedy(network, prompts, token_id(tokenizer, EOS))
    same = [
        ids == encode_answer(tokenizer, example.answer)[:-1]
        for ids, example in zip(decoded, examples, strict=True)
    ]
    assert 0 < sum(same) < len(same)
    for example, right in zip(examples, same, strict=True):
        assert training.answers_right(network, tokenizer, [example]) == right, example
    assert training.answers_right(network, tokenizer, examples) == sum(same) / len(same)


def test_answers_survive_the_tokenizer(folder: Path) -> None:
    _, tokenizer, _ = training.load(folder)
    for example in read_handwritten()[::50]:
        ids = encode_answer(tokenizer, example.answer)
        assert expand(from_tokens(decode_answer(tokenizer, ids[:-1]))) == expand(example.answer)


def test_a_fragmented_sentence_is_the_same_text(folder: Path) -> None:
    _, tokenizer, _ = training.load(folder)
    rng, longer = random.Random(1), 0
    for example in read_handwritten()[::40]:
        whole = encode_prompt(tokenizer, example.instruction)
        parts = fragmented(tokenizer, whole, rng, 0.5)
        assert tokenizer.decode(parts, skip_special_tokens=False) == tokenizer.decode(
            whole, skip_special_tokens=False
        )
        assert (parts[0], parts[-1]) == (whole[0], whole[-1])  # <bos> and <out>
        longer += len(parts) > len(whole)
    assert longer > 100


@pytest.mark.parametrize("quantization", ["f16", "q8_0", "q4_0"])
def test_llama_cpp_answers_as_pytorch_does(folder: Path, tmp_path: Path, quantization: str) -> None:
    network, tokenizer, _ = training.load(folder)
    sentences = [
        example.instruction for example in read_handwritten()[:: len(read_handwritten()) // 100]
    ][:100]
    ids = greedy(
        network,
        [encode_prompt(tokenizer, sentence) for sentence in sentences],
        token_id(tokenizer, EOS),
    )
    free = {
        sentence: decode_answer(tokenizer, answer)
        for sentence, answer in zip(sentences, ids, strict=True)
    }
    # the grammar keeps llama.cpp from the rest, and from names that nobody said
    valid = {
        sentence: text
        for sentence, text in free.items()
        if is_shorthand(text) and all(f" {name} " in f" {sentence} " for name in names(text))
    }
    assert len(valid) > 80
    assert len(set(valid.values())) > 5
    model = load_model(
        export.export(network, tokenizer, tmp_path / "m.gguf", quantization), threads=1
    )
    same = sum(model.answer(sentence).text == text for sentence, text in valid.items())
    model.close()
    assert same / len(valid) >= {"f16": 0.99, "q8_0": 0.95, "q4_0": 0.6}[quantization]


def is_shorthand(text: str) -> bool:
    try:
        expand(from_tokens(text))
    except ShorthandError:
        return False
    return True


def names(text: str) -> list[str]:
    return re.findall(r"<\[> ([^<]*)<", text)


def test_causal_attention_never_looks_ahead() -> None:
    network = CausalTransformer(
        NetworkShape(50, width=32, layers=7, heads=2, head_size=16, feed_forward=64)
    )
    ids = torch.randint(0, 50, (1, 12))
    changed = ids.clone()
    changed[0, 8:] = (changed[0, 8:] + 1) % 50
    assert torch.allclose(network(ids)[0, :8], network(changed)[0, :8], atol=1e-5)


def test_a_killed_run_goes_on_as_if_nothing_had_happened(folder: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from test_training import *; "
        "training.train(RECIPE, Path(sys.argv[1]), MACHINE)"
    )
    path = os.pathsep.join((str(Path(__file__).parent), *sys.path))
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.DEVNULL,
    )
    while not (tmp_path / training.CHECKPOINT).exists():
        assert process.poll() is None
        time.sleep(0.05)
    process.kill()
    process.wait()
    position = torch.load(tmp_path / training.CHECKPOINT, weights_only=True)["seen"]
    assert position < RECIPE.tokens
    training.train(RECIPE, tmp_path, MACHINE, resume=True)
    once, twice = (training.load(run)[0].state_dict() for run in (folder, tmp_path))
    assert all(torch.equal(weight, twice[name]) for name, weight in once.items())
    once, twice = (
        [line | {"seconds": 0} for line in read_curve(run)] for run in (folder, tmp_path)
    )
    assert once == twice


def test_a_run_is_resumed_with_its_own_recipe_only(folder: Path) -> None:
    with pytest.raises(TankError, match=r"width 96 instead of 128.*give another --out"):
        training.train(dataclasses.replace(RECIPE, width=128), folder, MACHINE, resume=True)


def test_an_unfinished_run_is_not_overwritten(folder: Path, tmp_path: Path) -> None:
    state = torch.load(folder / training.CHECKPOINT, weights_only=True)
    torch.save({**state, "seen": 1000}, tmp_path / training.CHECKPOINT)
    with pytest.raises(TankError, match="has not ended; go on with --resume"):
        training.train(RECIPE, tmp_path, MACHINE)


def test_a_run_goes_on_from_the_weights_of_another(folder: Path, tmp_path: Path) -> None:
    short = dataclasses.replace(RECIPE, tokens=40_000)
    fresh = training.train(short, tmp_path / "fresh", MACHINE)
    going_on = dataclasses.replace(short, start=str(folder))
    started = training.train(going_on, tmp_path / "started", MACHINE)
    assert (started / "tokenizer.json").read_text() == (folder / "tokenizer.json").read_text()
    assert read_curve(started)[-1]["loss"] < 0.5 * read_curve(fresh)[-1]["loss"]
    with pytest.raises(TankError, match=r"elsewhere holds no model.pt; name the folder"):
        training.train(dataclasses.replace(short, start="elsewhere"), tmp_path / "none", MACHINE)


def test_a_broken_checkpoint_is_named(tmp_path: Path) -> None:
    (tmp_path / training.CHECKPOINT).write_bytes(b"half a file")
    with pytest.raises(TankError, match=r"checkpoint.pt cannot be read .*; remove it"):
        training.train(RECIPE, tmp_path, MACHINE, resume=True)


def test_the_curve_is_a_picture(folder: Path) -> None:
    picture = cv2.imread(str(folder / "curve.png"))
    assert picture is not None
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 10


def test_the_translator_takes_an_exported_model(folder: Path, tmp_path: Path) -> None:
    network, tokenizer, _ = training.load(folder)
    model = load_model(export.export(network, tokenizer, tmp_path / "m.gguf"))
    assert isinstance(model, LlamaModel)
    assert str(Translator(model).translate("go forward").verdict) in ("OK", "EMPTY")
    model.close()
