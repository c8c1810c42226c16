"""A tiny random Gemma-3 model in Hugging Face's format.

It has a tokenizer of Gemma's kind and is for the tests of fine-tuning.
"""

from __future__ import annotations

import io
import json
from pathlib import Path

import torch
from sentencepiece import SentencePieceTrainer
from tokenizers import (
    AddedToken,
    Regex,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    trainers,
)
from transformers import Gemma3ForCausalLM, Gemma3TextConfig

from tank_core.commands import Cell, Color, Shape
from tank_learning.language.corpus.dataset import Example
from tank_learning.language.finetune.data import as_json
from tank_learning.language.model.tokenizer import SPLIT

MARKS = ("<start_of_turn>", "<end_of_turn>")
SPECIAL = ("<pad>", "<eos>", "<bos>", "<unk>")
TEMPLATE = (
    "{{ bos_token }}{% for m in messages %}<start_of_turn>{{ m['role'] }}\n{{ m['content'] "
    "}}<end_of_turn>\n{% endfor %}"
)
SIZE = 600


def texts() -> list[str]:
    """Return the texts that the tokenizers learn from.

    It is fixed, so that these tests do not change with our sentences.
    """
    verbs = [
        "go",
        "drive",
        "turn",
        "wait",
        "look",
        "back",
        "up",
        "halt",
        "sing",
        "put",
        "grab",
        "pick",
        "fetch",
        "reach",
        "move",
        "roll",
        "spin",
        "release",
        "approach",
        "face",
    ]
    places = [
        "forward",
        "backward",
        "left",
        "right",
        "down",
        "slowly",
        "quickly",
        "around",
        "meters",
        "degrees",
        "seconds",
        "minute",
        "half",
        "square",
        "cube",
        "ball",
        "can",
        "blue",
        "red",
    ]
    said = [f"please {verb} the {place} for {i + 3 * j} {other} and then" for i,
        verb in enumerate(verbs) for j, (place, other) in
            enumerate(zip(places, places[7:] + places[:7], strict=True))]  # fmt: skip
    moves = [as_json(Example("",
        f"move {way} {n / 2} m {pace} ; turn {side} {n}0 deg ; wait {n} s ; stop", "")).answer
             for way in ("forward", "backward") for side in ("left", "right") for pace in ("slow",
             "fast") for n in range(1, 9)]  # fmt: skip
    grasps = [as_json(Example("",
        f"grasp {cell} ; face {color} {shape} ; approach {color} ; release {cell}", "")).answer
              for cell in Cell for color in Color for shape in Shape]  # fmt: skip
    return [*said, *moves, *grasps]


def write_tokenizer_model(folder: Path) -> None:
    """SentencePiece's file, as Google's folders have it.

    The turns' marks are user-defined symbols.
    """
    model = io.BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=iter(texts()), model_writer=model, model_type="bpe", vocab_size=SIZE,
        byte_fallback=True, add_dummy_prefix=False,
        split_digits=True, normalization_rule_name="identity", remove_extra_whitespaces=False,
        minloglevel=2, num_threads=1,
        pad_id=0, eos_id=1, bos_id=2, unk_id=3, pad_piece="<pad>", eos_piece="<eos>",
        bos_piece="<bos>", unk_piece="<unk>",
        user_defined_symbols=[*MARKS, "\n\n", "▁▁"],
    )  # fmt: skip
    (folder / "tokenizer.model").write_bytes(model.getvalue())


def write_gemma_json(folder: Path) -> None:
    """The same kind in tokenizers' format.

    BPE with "▁" for spaces and bytes to fall back on.
    """
    tokenizer = Tokenizer(models.BPE(byte_fallback=True, fuse_unk=True, unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
    )
    special = [*SPECIAL, *MARKS, *(f"<0x{byte:02X}>" for byte in range(256))]
    trainer = trainers.BpeTrainer(
        vocab_size=SIZE, special_tokens=special, show_progress=False, max_token_length=16
    )
    tokenizer.train_from_iterator(texts(), trainer)
    data = json.loads(tokenizer.to_str())
    data["added_tokens"] = [
        token for token in data["added_tokens"] if not token["content"].startswith("<0x")
    ]
    (folder / "tokenizer.json").write_text(json.dumps(data))


def write_byte_level_json(folder: Path) -> None:
    """Byte-level BPE with the splitting rule of our own small model."""
    tokenizer = Tokenizer(models.BPE())
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(SPLIT), "isolated"), byte_level]
    )
    tokenizer.decoder = decoders.ByteLevel()
    special = [*SPECIAL, *MARKS]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(
        texts(),
        trainers.BpeTrainer(
            vocab_size=SIZE, special_tokens=special, initial_alphabet=alphabet, show_progress=False
        ),
    )
    tokenizer.add_special_tokens(
        [AddedToken(token, special=True, normalized=False) for token in special]
    )
    tokenizer.save(str(folder / "tokenizer.json"))


TOKENIZERS = {
    "sentencepiece": write_tokenizer_model,
    "gemma json": write_gemma_json,
    "byte-level json": write_byte_level_json,
}


def write_folder(folder: Path, tokenizer: str) -> Path:
    """Write the folder of a random model; the same every time.

    It holds config.json, model.safetensors, chat template and tokenizer.
    """
    torch.manual_seed(0)
    config = Gemma3TextConfig(
        vocab_size=SIZE + 4, hidden_size=64, intermediate_size=128, num_hidden_layers=7,
        num_attention_heads=2, num_key_value_heads=1,
        head_dim=32, query_pre_attn_scalar=32, sliding_window=16, max_position_embeddings=2048,
        initializer_range=0.06,
        rope_parameters={
            "full_attention": {"rope_type": "default", "rope_theta": 300_000.0},
            "sliding_attention": {"rope_type": "default", "rope_theta": 7_000.0},
        },
    )  # fmt: skip
    network = Gemma3ForCausalLM(config)
    for name, weight in network.named_parameters():
        if name.endswith("norm.weight"):
            torch.nn.init.normal_(weight, std=0.1)  # not 0, so that a norm in the wrong place shows
    network.save_pretrained(folder)
    (folder / "chat_template.jinja").write_text(TEMPLATE)
    TOKENIZERS[tokenizer](folder)
    return folder
