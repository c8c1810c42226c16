"""Writes a model file of SmolLM2-135M's shape with random weights.

In the kinds of numbers that llama.cpp's Q4_K_M gives it. Its speed on a Pi Zero 2 W is known, so it
tells what a counted instruction costs there. Speed does not depend on the weights.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Kind

# HuggingFaceTB/SmolLM2-135M, config.json; output and input share their matrix
VOCABULARY, WIDTH, LAYERS, HEADS, KV_HEADS, FEED_FORWARD = 49_152, 576, 30, 9, 3, 1536
# Q4_K and Q6_K come in blocks of 256 and WIDTH is no multiple of it, so llama.cpp takes Q5_0 and
# Q8_0 for rows of WIDTH instead.
SCALE = np.frombuffer(np.float16(1e-3).tobytes(), np.uint8)


def write_smollm2_shape(path: Path, seed: int = 0) -> Path:
    """Write the file (about 105 MB). Its tokens are fillers."""
    rng = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(str(path), "llama")
    for add, value in (
        (writer.add_name, "smollm2-135m-shape"),
        (writer.add_context_length, 8192),
        (writer.add_embedding_length, WIDTH),
        (writer.add_block_count, LAYERS),
        (writer.add_feed_forward_length, FEED_FORWARD),
        (writer.add_head_count, HEADS),
        (writer.add_head_count_kv, KV_HEADS),
        (writer.add_layer_norm_rms_eps, 1e-5),
        (writer.add_rope_freq_base, 1e5),
        (writer.add_rope_dimension_count, WIDTH // HEADS),
        (writer.add_vocab_size, VOCABULARY),
        (writer.add_tokenizer_model, "gpt2"),
        (writer.add_tokenizer_pre, "qwen2"),
        (writer.add_token_merges, ["a b"]),
        (writer.add_token_list, ["a", "b", "ab", *(f"<unused{i}>" for i in range(VOCABULARY - 3))]),
        (
            writer.add_token_types,
            [gguf.TokenType.NORMAL] * 3 + [gguf.TokenType.UNUSED] * (VOCABULARY - 3),
        ),
        (writer.add_bos_token_id, 3),
        (writer.add_eos_token_id, 4),
    ):
        cast(Any, add)(value)
    writer.add_tensor(
        "token_embd.weight", _matrix(rng, VOCABULARY, WIDTH, Kind.Q8_0), raw_dtype=Kind.Q8_0
    )
    writer.add_tensor("output_norm.weight", np.ones(WIDTH, np.float32))
    kv = WIDTH // HEADS * KV_HEADS
    for layer in range(LAYERS):
        # Q4_K_M's "more bits"
        finer = layer < LAYERS // 8 or layer >= 7 * LAYERS // 8 or (layer - LAYERS // 8) % 3 == 2
        for part, rows, columns, kind in (
            ("attn_q", WIDTH, WIDTH, Kind.Q5_0),
            ("attn_k", kv, WIDTH, Kind.Q5_0),
            ("attn_v", kv, WIDTH, Kind.Q8_0 if finer else Kind.Q5_0),
            ("attn_output", WIDTH, WIDTH, Kind.Q5_0),
            ("ffn_gate", FEED_FORWARD, WIDTH, Kind.Q5_0),
            ("ffn_up", FEED_FORWARD, WIDTH, Kind.Q5_0),
            ("ffn_down", WIDTH, FEED_FORWARD, Kind.Q6_K if finer else Kind.Q4_K),
        ):
            writer.add_tensor(
                f"blk.{layer}.{part}.weight", _matrix(rng, rows, columns, kind), raw_dtype=kind
            )
        for part in ("attn_norm", "ffn_norm"):
            writer.add_tensor(f"blk.{layer}.{part}.weight", np.ones(WIDTH, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _matrix(rng: np.random.Generator, rows: int, columns: int, kind: Kind) -> Any:
    """Random blocks with a small scale.

    It stands at the end of Q6_K's and at the beginning of the others'.
    """
    values, size = gguf.GGML_QUANT_SIZES[kind]
    blocks = rng.integers(0, 256, (rows, columns // values, size), dtype=np.uint8)
    if kind is Kind.Q6_K:
        blocks[..., -2:] = SCALE
    else:
        blocks[..., :2] = SCALE
    if kind is Kind.Q4_K:
        blocks[..., 2:4] = SCALE
    return blocks.reshape(rows, -1)
