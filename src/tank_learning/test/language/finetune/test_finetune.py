"""Fine-tuning end to end on a tiny random Gemma 3 in Hugging Face's format.

Needs the training tools (./tank setup --train).
"""

from __future__ import annotations

import json
import shutil
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

for module in ("torch", "transformers", "sentencepiece", "google.protobuf", "tokenizers", "gguf"):
    pytest.importorskip(
        module, reason=f"{module} of the training tools is not installed: ./tank setup --train"
    )

import tiny_gemma
import torch

from tank_cli.__main__ import main
from tank_core.commands import commands_to_json, equivalent
from tank_core.commands.schema import schema_problem
from tank_core.commands.shorthand import Refusal
from tank_core.english.plain import normalize
from tank_core.exceptions import ModelError, TankError
from tank_language.gguf_model import load_model
from tank_language.grammar import json_gbnf
from tank_language.model import read_answer
from tank_language.prompt import BARE, TASK, Form
from tank_language.translator import Translator
from tank_learning.language.corpus import dataset
from tank_learning.language.corpus.dataset import Example, to_record
from tank_learning.language.finetune import command, data, tuning
from tank_learning.language.finetune.base_model import find_base
from tank_learning.language.finetune.export_hf import export
from tank_llama.context import LlamaContext

pytestmark = pytest.mark.slow
LESSONS = (
    ("Back up 2.5 meters, slowly", "move backward 2.5 m slow"),
    ("turn left", "turn left"),
    ("turn right 30 degrees and grab the red cube", "turn right 30 deg ; grasp red cube"),
    ("halt!", "stop"),
    ("wait half a minute", "wait 0.5 min"),
    ("put it down on your left", "release left"),
    ("sing a song", "none"),
    ("drive a square", "4x( move forward ; turn right )"),
    ("go to the blue ball", "approach blue ball"),
    ("look at the yellow can", "face yellow cylinder"),
)
LIMIT = 60  # [tokens] of an answer that is compared
EXAMPLES = [Example(sentence, answer, "test/LESSONS") for sentence, answer in LESSONS]
RECIPE = tuning.TuningRecipe(tokens=20_000, step_tokens=512, batch_tokens=256, rate=3e-3)
FEW = data.Sentences([data.as_json(example) for example in EXAMPLES], [], endless=False)


@pytest.fixture(scope="module")
def make_folder(tmp_path_factory):
    made = {}

    def make(tokenizer: str) -> Path:
        if tokenizer not in made:
            made[tokenizer] = tiny_gemma.write_folder(
                tmp_path_factory.mktemp("tiny-gemma"), tokenizer
            )
        return made[tokenizer]

    return make


@pytest.fixture(scope="module")
def tuned(make_folder, tmp_path_factory) -> tuple[Path, Path]:
    """The output folder and the GGUF file in f16 of a fine-tuning.

    It is ``./tank train --base`` on a handful of sentences.
    """
    out = tmp_path_factory.mktemp("tuned")
    lines = [to_record(example).line() for example in EXAMPLES]
    (out / "lessons.jsonl").write_text("\n".join(lines), encoding="utf-8")
    options = f"--data {out / 'lessons.jsonl'} --out {out} --rate 5e-3 --epochs 170".split()
    options += ["--step-tokens", "256", "--batch-tokens", "256"]
    folder = make_folder("sentencepiece")
    assert (
        main(["train", "--base", str(folder), *options, "--quantization", "f16", "--device", "cpu"])
        == 0
    )
    return out / folder.name, out / folder.name / f"tank-{folder.name}.gguf"


@pytest.fixture(scope="module")
def network(tuned, make_folder):
    """The weights of ``tuned`` in PyTorch."""
    network = find_base(str(make_folder("sentencepiece"))).load("cpu")
    network.load_state_dict(torch.load(tuned[0] / tuning.CHECKPOINT, weights_only=True)["weights"])
    return network


@pytest.fixture(scope="module", params=["f16", "q8_0", "q4_0"])
def exported(request, network, make_folder, tmp_path_factory) -> tuple[str, Path]:
    base = find_base(str(make_folder("sentencepiece")))
    path = tmp_path_factory.mktemp("gguf") / f"{request.param}.gguf"
    return request.param, export(base, network.state_dict(), path, request.param, BARE)


def encoder_of(folder: Path, out: Path, asking: str = BARE) -> data.Encoder:
    return data.Encoder(find_base(str(folder)), out, asking)


def test_trained_sentences_are_answered_right_under_the_grammar(exported):
    model = load_model(exported[1], threads=1)
    assert model.form is Form.JSON
    translator = Translator(model)
    for example in EXAMPLES:
        meaning = read_answer(Form.JSON, data.as_json(example).answer)
        wanted = () if isinstance(meaning, Refusal) else meaning
        assert equivalent(translator.translate(example.instruction).commands, wanted), example
    model.close()


def test_llama_cpp_writes_what_pytorch_writes(exported, network, make_folder, tmp_path):
    """Both decode greedily, without a grammar.

    The model has not seen most of the 100 sentences.
    """
    kind, path = exported
    encoder = encoder_of(make_folder("sentencepiece"), tmp_path)
    sentences = [*(sentence for sentence, _ in LESSONS), *tiny_gemma.texts()[:360:4]]
    wanted = tuning.greedy(network, encoder, sentences, LIMIT)
    assert len(set(wanted)) > 8
    context = LlamaContext(path, threads=1, size=2048)
    same = [
        without_grammar(context, encoder.prompt(sentence)) == answer
        for sentence, answer in zip(sentences, wanted, strict=True)
    ]
    context.close()
    assert len(same) == 100
    assert sum(same) >= {"f16": 100, "q8_0": 90, "q4_0": 60}[kind]


def without_grammar(context: LlamaContext, prompt: list[int]) -> str:
    context.forget(0)
    context.evaluate(prompt)
    text = b""
    for _ in range(LIMIT):
        token = int(np.argmax(context.logits()))
        if context.is_end(token):
            break
        text += context.piece(token)
        context.evaluate([token])
    return text.decode("utf-8", "replace")


@pytest.mark.parametrize("tokenizer", tiny_gemma.TOKENIZERS)
def test_training_and_robot_feed_the_tokens_that_the_models_own_tokenizer_makes(
    make_folder, tokenizer, tmp_path
):
    folder = make_folder(tokenizer)
    base, encoder = find_base(str(folder)), encoder_of(folder, tmp_path)
    sentences = list(islice(data.our_sentences().stream(5, 0.4), 200))
    encoder.check(base, sentences)  # a ModelError fails the test
    model = load_model(
        export(base, base.load("cpu").state_dict(), tmp_path / "m.gguf", "f16", BARE), threads=1
    )
    fed = []
    evaluate = model.writer.context.evaluate
    model.writer.context.evaluate = lambda tokens: (fed.append(list(tokens)), evaluate(tokens))[1]
    for example in sentences[:20]:
        fed.clear()
        model.answer(example.instruction, lambda: True)
        own = [
            *base.tokens.encode("user\n" + normalize(example.instruction)),
            base.tokens.ids["<end_of_turn>"],
        ]
        prompt = [*model.writer.prefix, *fed[0]]
        assert prompt == encoder.prompt(example.instruction)
        assert prompt[:2] == [base.tokens.ids["<bos>"], base.tokens.ids["<start_of_turn>"]]
        assert prompt[2 : 2 + len(own)] == own
        assert prompt.count(base.tokens.ids["<bos>"]) == 1
    model.close()


@pytest.mark.parametrize("tokenizer", tiny_gemma.TOKENIZERS)
def test_llama_cpp_computes_what_pytorch_computes(make_folder, tokenizer, tmp_path):
    """Also far behind the sliding window, and with rope bases of its own.

    The weights are random.
    """
    base = find_base(str(make_folder(tokenizer)))
    encoder, network = encoder_of(base.folder, tmp_path), base.load("cpu")
    ids = [
        token
        for example in islice(data.our_sentences().held, 6)
        for token in encoder.row(example)[0]
    ]
    with torch.no_grad():
        wanted = network(torch.tensor([ids])).logits[0].numpy()
    context = LlamaContext(
        export(base, network.state_dict(), tmp_path / "m.gguf", "f16", BARE), threads=1, size=2048
    )
    for token, logits in zip(ids, wanted, strict=True):
        context.evaluate([token])
        # the weights are rounded; a wrong rope base makes 0.2
        assert np.abs(context.logits() - logits).max() < 0.02
    context.close()


def test_the_grammar_admits_every_answer_that_is_trained(make_folder, tmp_path):
    encoder = encoder_of(make_folder("sentencepiece"), tmp_path)
    base = find_base(str(make_folder("sentencepiece")))
    context = LlamaContext(
        export(base, base.load("cpu").state_dict(), tmp_path / "m.gguf", "f16", BARE),
        threads=1,
        size=512,
    )
    grammar = context.grammar(json_gbnf())
    for example in islice(data.our_sentences().stream(3, 0.4), 200):
        grammar.restart()
        for token in encoder.answer(example.answer):
            logits = np.zeros(context.n_vocab, dtype=np.float32)
            logits[token] = 1.0
            assert grammar.choose(logits) == token, example
            if context.is_end(token):
                break
            grammar.accept(token)
        meaning = read_answer(Form.JSON, example.answer)
        assert isinstance(meaning, Refusal) or schema_problem(commands_to_json(meaning)) is None
    grammar.close()
    context.close()


def test_a_run_that_was_killed_goes_on_as_if_it_had_not_been(make_folder, tmp_path, monkeypatch):
    base = find_base(str(make_folder("sentencepiece")))
    whole = tuning.tune(
        base, FEW, encoder_of(base.folder, tmp_path / "a"), RECIPE, tmp_path / "a", "cpu"
    )
    learn, done = tuning._Learner.learn, []

    def dies(self, step, progress):
        if len(done) == 23:
            raise KeyboardInterrupt
        done.append(1)
        return learn(self, step, progress)

    encoder = encoder_of(base.folder, tmp_path / "b")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(tuning._Learner, "learn", dies)
        tuning.tune(base, FEW, encoder, RECIPE, tmp_path / "b", "cpu")
    with pytest.raises(TankError, match="--resume"):
        tuning.tune(base, FEW, encoder, RECIPE, tmp_path / "b", "cpu")
    with pytest.raises(TankError, match=r"with rate 0.003 instead of 1.0; resume with the same"):
        tuning.tune(
            base,
            FEW,
            encoder,
            tuning.TuningRecipe(**{**vars(RECIPE), "rate": 1.0}),
            tmp_path / "b",
            "cpu",
            resume=True,
        )
    parts = tuning.tune(base, FEW, encoder, RECIPE, tmp_path / "b", "cpu", resume=True)
    assert all(torch.equal(whole[name], parts[name]) for name in whole)
    curves = [
        [json.loads(line) for line in (tmp_path / run / "curve.jsonl").read_text().splitlines()]
        for run in "ab"
    ]
    assert [(line["progress"], line["loss"]) for line in curves[0]] == [
        (line["progress"], line["loss"]) for line in curves[1]
    ]


def test_the_loss_does_not_depend_on_how_a_step_is_cut_into_batches(make_folder, tmp_path):
    base = find_base(str(make_folder("sentencepiece")))
    encoder = encoder_of(base.folder, tmp_path)
    rows = [encoder.row(example) for example in FEW.kept]
    losses = []
    for step in ([rows], [[row] for row in rows]):
        losses.append(tuning._Learner(base.load("cpu"), FEW, encoder, RECIPE).learn(step, 0.0))
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)


def test_the_curve_is_written_as_from_scratch(tuned):
    lines = [json.loads(line) for line in (tuned[0] / "curve.jsonl").read_text().splitlines()]
    assert lines[-1]["progress"] >= 1
    assert lines[-1]["loss"] < 0.2 < 2 < lines[0]["loss"]
    assert {"progress", "loss", "seconds"} <= set(lines[0])


def test_a_prompt_of_its_own_travels_in_the_file(make_folder, tmp_path):
    (tmp_path / "asks.txt").write_text(
        "You steer a robot.\n---\nINSTRUCTION: {sentence}\n", encoding="utf-8"
    )
    folder, gguf = make_folder("sentencepiece"), tmp_path / "m.gguf"
    options = [
        "--tokens",
        "0",
        "--out",
        str(tmp_path),
        "--gguf",
        str(gguf),
        "--quantization",
        "f16",
    ]
    assert (
        main(["train", "--base", str(folder), *options, "--prompt", str(tmp_path / "asks.txt")])
        == 0
    )
    model = load_model(gguf, threads=1)
    before = b"".join(map(model.writer.context.piece, model.writer.prefix)).decode()
    model.close()
    assert before == "<bos><start_of_turn>user\nYou steer a robot.\n---\nINSTRUCTION: "
    # not trained at all: the task is explained
    assert main(["train", "--base", str(folder), *options]) == 0
    model = load_model(gguf, threads=1)
    assert TASK[:60] in b"".join(map(model.writer.context.piece, model.writer.prefix)).decode()
    model.close()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"config.json": None}, "no config.json"),
        ({"config.json": "{"}, "not JSON"),
        ({"config.json": {"model_type": "llama"}}, "'llama'"),
        ({"config.json": {"model_type": "gemma3"}}, "vision"),
        ({"config.json": {"query_pre_attn_scalar": 99}}, "query_pre_attn_scalar"),
        ({"config.json": {"layer_types": ["full_attention"] * 7}}, "pattern of layers"),
        ({"config.json": {"vocab_size": 300}}, "the model 300"),
        ({"model.safetensors": None}, "no weights"),
        ({"model.safetensors": "x"}, "weights"),
        ({"tokenizer.model": None}, "no tokenizer"),
        ({"tokenizer.model": "x"}, "SentencePiece"),
    ],
)
def test_a_bad_folder_is_one_clear_line(make_folder, tmp_path, capsys, change, said):
    folder = tmp_path / "model"
    shutil.copytree(make_folder("sentencepiece"), folder)
    for name, content in change.items():
        spoil(folder / name, content)
    assert main(["train", "--base", str(folder), "--out", str(tmp_path)]) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()[-1:]
    assert said in line
    assert line.startswith("tank: ")
    assert ";" in line


def spoil(path: Path, content: object) -> None:
    if content is None:
        path.unlink()
    elif isinstance(content, dict):
        path.write_text(json.dumps({**json.loads(path.read_text()), **content}))
    else:
        path.write_text(str(content))


def test_a_foreign_tokenizer_is_refused(make_folder, tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(make_folder("gemma json"), folder)
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    tokenizer["normalizer"] = {"type": "Lowercase"}
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    with pytest.raises(ModelError, match=r"tokenizer\.model beside it"):
        find_base(str(folder))


def test_tokens_that_llama_cpp_makes_otherwise_are_refused(make_folder, tmp_path):
    base = find_base(str(make_folder("gemma json")))
    base.tokens.scores[:] = base.tokens.scores[::-1]
    encoder = data.Encoder(base, tmp_path, BARE)
    with pytest.raises(ModelError, match="own tokenizer"):
        encoder.check(base, FEW.kept)


@pytest.mark.parametrize(
    ("name", "said"), [("nowhere", "no folder"), ("nobody/nothing", "folder that holds the model")]
)
def test_a_name_that_is_nowhere_is_one_clear_line(name, said, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match=said):
        find_base(name)


def test_a_file_is_not_taken_for_a_name_on_the_hub(tmp_path):
    (tmp_path / "m.gguf").touch()
    with pytest.raises(ModelError, match=r"m\.gguf is a file; give the folder"):
        find_base(str(tmp_path / "m.gguf"))


def test_a_folder_is_called_by_its_name_however_it_is_reached(make_folder, tmp_path, monkeypatch):
    shutil.copytree(make_folder("sentencepiece"), tmp_path / "model")
    (tmp_path / "model" / "within").mkdir()
    monkeypatch.chdir(tmp_path / "model" / "within")
    assert {find_base(name).name for name in ("..", "../", "../../model/")} == {"model"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--data x.jsonl --epochs 2 --tokens 9", "leave one of them out"),
        ("--data x.jsonl --handwritten-share 0.5", "--handwritten-share does nothing with --data"),
        ("--epochs 2", "--epochs needs --data"),
    ],
)
def test_options_that_exclude_each_other_are_refused(capsys, options, said):
    assert main(["train", "--base", "nowhere", *options.split()]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--out taken", "give another --out"),
        ("--out o --gguf taken/m.gguf", "give another --gguf"),
        ("--out o --gguf folder", "folder is a folder; give the name of a file with --gguf"),
    ],
)
def test_what_cannot_be_written_is_found_before_training(
    make_folder, tmp_path, monkeypatch, capsys, options, said
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken").touch()
    (tmp_path / "folder").mkdir()
    monkeypatch.setattr(command, "tune", lambda *_: pytest.fail("it was trained"))
    base = make_folder("sentencepiece")
    capsys.readouterr()  # transformers' progress of the first file that it writes
    assert main(["train", "--base", str(base), *options.split()]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line


def lines_of(source: str, count: int) -> str:
    entries = (
        {"instruction": f"sing {k} songs", "output": {"commands": []}, "source": source}
        for k in range(count)
    )
    return "\n".join(map(json.dumps, entries))


@pytest.mark.parametrize("source", ["mine", "endpoint/some/model", "generator/x"])
def test_some_sentences_of_a_file_are_held_out_whatever_its_source(tmp_path, source):
    (tmp_path / "a.jsonl").write_text(lines_of(source, 1000))
    sentences = data.read_jsonl(tmp_path / "a.jsonl")
    assert 25 <= len(sentences.held) <= 75
    assert len(sentences.kept) + len(sentences.held) == 1000


def test_one_sentence_is_always_left_to_train_on(tmp_path):
    group = dataset.split(dataset.read_handwritten())[1][0].source
    (tmp_path / "a.jsonl").write_text(lines_of(group, 3))  # a group that is held out as a whole
    sentences = data.read_jsonl(tmp_path / "a.jsonl")
    assert (len(sentences.kept), len(sentences.held)) == (1, 2)


@pytest.mark.parametrize(
    "line",
    [
        "{",
        '{"instruction": "x"}',
        '{"instruction": "x", "output": {"commands": [{"action": "fly"}]}}',
        "",
    ],
)
def test_bad_lines_are_named(tmp_path, line):
    (tmp_path / "bad.jsonl").write_text(line)
    with pytest.raises(TankError, match=r"bad\.jsonl"):
        data.read_jsonl(tmp_path / "bad.jsonl")
