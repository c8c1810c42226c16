"""A file of Gemma-3-270M's shape with random weights, to compare speed with.

Speed does not depend on the weights; what is written does.

So the right answer is written in their place: every token of it costs its forward pass, the search
for the likeliest token among 262 144, and the grammar's check, exactly as in a trained model whose
likeliest token is the right one.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, cast

import gguf
import numpy as np
from gguf import GGUFReader

from tank_core.commands import Command
from tank_core.commands.json_form import write_answer
from tank_core.commands.schema import command_schema
from tank_core.exceptions import ModelError
from tank_language.gguf_model import LlamaModel
from tank_llama.constrained import Grammar, Logits
from tank_llama.gguf_header import read_header

# google/gemma-3-270m, config.json
VOCABULARY, WIDTH, LAYERS, HEADS, KV_HEADS, HEAD_SIZE, FEED_FORWARD = (
    262_144,
    640,
    18,
    4,
    1,
    256,
    2048,
)
SLIDING_WINDOW, EPSILON, ROPE_BASE = 512, 1e-6, 1e6
_Q8 = gguf.GGMLQuantizationType.Q8_0
_BLOCK, _BLOCK_BYTES = 32, 34  # values and bytes of a block of Q8_0: a scale in float16, then int8
_PUNCTUATION = ('{"', '":[{"', '":"', '","', '"},{"', '":', ',"', "}]}", "},{", '":[]}')
CONTEXT = 1024  # [tokens] of the KV cache


def write_shape(path: Path, words: Path, seed: int = 0) -> Path:
    """Write the file (about 290 MB).

    Its tokens are those of the small model at ``words``, the pieces of our JSON, and fillers.
    """
    rng = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(str(path), "gemma3")
    for add, value in (
        (writer.add_name, "gemma-3-270m-shape"),
        (writer.add_context_length, 32_768),
        (writer.add_embedding_length, WIDTH),
        (writer.add_block_count, LAYERS),
        (writer.add_feed_forward_length, FEED_FORWARD),
        (writer.add_head_count, HEADS),
        (writer.add_head_count_kv, KV_HEADS),
        (writer.add_key_length, HEAD_SIZE),
        (writer.add_value_length, HEAD_SIZE),
        (writer.add_layer_norm_rms_eps, EPSILON),
        (writer.add_rope_freq_base, ROPE_BASE),
        (writer.add_sliding_window, SLIDING_WINDOW),
        (writer.add_file_type, gguf.LlamaFileType.MOSTLY_Q8_0),
    ):
        cast(Any, add)(value)
    _write_tokens(writer, words)
    _add_matrix(writer, rng, "token_embd", VOCABULARY, WIDTH)
    _add_norm(writer, "output_norm", WIDTH)
    for layer in range(LAYERS):
        _add_layer(writer, rng, f"blk.{layer}")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _add_layer(writer: gguf.GGUFWriter, rng: np.random.Generator, name: str) -> None:
    queries, keys = HEADS * HEAD_SIZE, KV_HEADS * HEAD_SIZE
    for part, rows, columns in (
        ("attn_q", queries, WIDTH),
        ("attn_k", keys, WIDTH),
        ("attn_v", keys, WIDTH),
        ("attn_output", WIDTH, queries),
        ("ffn_gate", FEED_FORWARD, WIDTH),
        ("ffn_up", FEED_FORWARD, WIDTH),
        ("ffn_down", WIDTH, FEED_FORWARD),
    ):
        _add_matrix(writer, rng, f"{name}.{part}", rows, columns)
    for part in ("attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm"):
        _add_norm(writer, f"{name}.{part}", WIDTH)
    for part in ("attn_q_norm", "attn_k_norm"):
        _add_norm(writer, f"{name}.{part}", HEAD_SIZE)


def _add_matrix(
    writer: gguf.GGUFWriter, rng: np.random.Generator, name: str, rows: int, columns: int
) -> None:
    blocks = rng.integers(0, 256, (rows, columns // _BLOCK, _BLOCK_BYTES), dtype=np.uint8)
    # int8 at random have a deviation of 73, so the weights have 1/sqrt(columns)
    scale = np.float16(columns**-0.5 / 73)
    blocks[..., :2] = np.frombuffer(scale.tobytes(), np.uint8)
    writer.add_tensor(f"{name}.weight", blocks.reshape(rows, -1), raw_dtype=_Q8)


def _add_norm(writer: gguf.GGUFWriter, name: str, size: int) -> None:
    writer.add_tensor(f"{name}.weight", np.ones(size, np.float32))


def _write_tokens(writer: gguf.GGUFWriter, words: Path) -> None:
    fields = GGUFReader(words).fields
    tokens, kinds, merges = (
        fields[f"tokenizer.ggml.{key}"].contents() for key in ("tokens", "token_type", "merges")
    )
    pieces = [
        piece for piece in (*_PUNCTUATION, *_schema_words(command_schema())) if piece not in tokens
    ]
    turns = ["<start_of_turn>", "<end_of_turn>"]
    fillers = [f"<unused{i}>" for i in range(VOCABULARY - len(tokens) - len(pieces) - len(turns))]
    user, control, unused = (
        gguf.TokenType.USER_DEFINED,
        gguf.TokenType.CONTROL,
        gguf.TokenType.UNUSED,
    )
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list([*tokens, *pieces, *turns, *fillers])
    writer.add_token_types(
        [*kinds, *[user] * len(pieces), *[control] * 2, *[unused] * len(fillers)]
    )
    writer.add_token_merges(merges)
    writer.add_bos_token_id(tokens.index("<bos>"))
    writer.add_eos_token_id(len(tokens) + len(pieces) + 1)
    writer.add_add_bos_token(True)


def _schema_words(schema: object) -> list[str]:
    """The names of keys and the words of values.

    Gemma's own vocabulary, too, has nearly all of them as one token.
    """
    found: list[str] = []
    if isinstance(schema, dict):
        found += [str(key) for key in schema.get("properties", {})]
        found += [
            str(word)
            for word in (*schema.get("enum", ()), *([schema["const"]] if "const" in schema else ()))
        ]
        for value in schema.values():
            found += _schema_words(value)
    if isinstance(schema, list):
        for value in schema:
            found += _schema_words(value)
    return list(dict.fromkeys(found))


class _Known:
    """A grammar that is told which tokens come next.

    It does all the work of finding them.
    """

    def __init__(self, grammar: Grammar) -> None:
        self.grammar, self.tokens = grammar, list[int]()

    def restart(self) -> None:
        self.grammar.restart()
        self._place = 0

    def choose(self, logits: Logits) -> int | None:
        told = (
            self.tokens[self._place] if self._place < len(self.tokens) else int(np.argmax(logits))
        )
        likeliest = logits.copy()  # 1 MB: 0.05 ms of the 50 that a token takes
        likeliest[told] = np.max(logits) + 1.0
        return self.grammar.choose(likeliest)

    def accept(self, token: int) -> None:
        self._place += 1
        self.grammar.accept(token)

    def close(self) -> None:
        self.grammar.close()


class BaselineModel(LlamaModel):
    """The 270M-shaped model; ``answer`` writes what ``tell`` was told."""

    def __init__(self, path: Path, threads: int) -> None:
        super().__init__(path, read_header(path), threads, CONTEXT)
        self._known = _Known(self.writer.grammar)
        self.writer.grammar = cast(Grammar, self._known)

    def tell(self, commands: Iterable[Command]) -> None:
        """Set what the next answer will be."""
        self._known.tokens = self.writer.context.tokens(write_answer(commands))


def seconds(baseline: BaselineModel, pairs: Sequence[tuple[str, Sequence[Command]]]) -> list[float]:
    """Time from instruction to commands [s] of each pair.

    Raises ModelError when it did not write what it was told.
    """
    times = []
    for instruction, commands in pairs:
        baseline.tell(commands)
        start = time.perf_counter()
        raw = baseline.answer(instruction)
        times.append(time.perf_counter() - start)
        if raw.text != write_answer(commands):
            raise ModelError(
                f"the baseline wrote {raw.text!r} and not {write_answer(commands)!r}: the "
                "comparison says nothing"
            )
    return times
