"""A tiny Gemma-3-architecture GGUF with random weights, which writes nonsense.

The fixture ``make_gguf`` writes one; ``maker`` makes such a fixture for other words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from tank_llama.model_file import SUMS, sha256

GgufMaker = Callable[..., Path]
WIDTH, HEAD, FEED_FORWARD, LAYERS, CONTEXT = 32, 32, 64, 1, 4096
LONG_TOKEN = "<" + "long" * 100 + ">"
WORDS = ("move", "stop", "none")
CONTROL = ("<pad>", "<bos>", "<eos>", "<out>", "<start_of_turn>", "<end_of_turn>")


def byte_alphabet() -> list[str]:
    """GPT-2's printable stand-ins for the 256 bytes."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = iter(range(256, 512))
    return [chr(byte) if byte in printable else chr(next(others)) for byte in range(256)]


def write_gguf(
    path: Path,
    seed: int = 0,
    answer: str | None = "shorthand",
    nan: bool = False,
    trusted: float | None = None,
    words: Sequence[str] = WORDS,
) -> Path:
    """A model file whose weights follow from ``seed``.

    ``answer`` is the value of tank.answer (None: a foreign model), ``trusted`` of tank.trusted.
    Each of ``words`` has a token in angle brackets.
    """
    import gguf

    answer_words = [*(f"<{word}>" for word in words), LONG_TOKEN]
    tokens = [*CONTROL, *answer_words, *byte_alphabet()]
    user_defined, control, normal = (
        gguf.TokenType.USER_DEFINED,
        gguf.TokenType.CONTROL,
        gguf.TokenType.NORMAL,
    )
    writer = gguf.GGUFWriter(str(path), "gemma3")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(1)
    writer.add_head_count_kv(1)
    writer.add_key_length(HEAD)
    writer.add_value_length(HEAD)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(1e6)
    writer.add_sliding_window(512)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(tokens)
    writer.add_token_types(
        [control] * len(CONTROL) + [user_defined] * len(answer_words) + [normal] * 256
    )
    writer.add_token_merges(["a b"])
    writer.add_pad_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_add_bos_token(True)
    if answer is not None:
        writer.add_string("tank.answer", answer)
    if trusted is not None:
        writer.add_float32("tank.trusted", trusted)
    for name, array in _tensors(seed, len(tokens)).items():
        writer.add_tensor(name, np.full_like(array, np.nan) if nan else array)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _tensors(seed: int, vocabulary: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    shapes = {
        "attn_q": (HEAD, WIDTH), "attn_k": (HEAD, WIDTH), "attn_v": (HEAD, WIDTH),
        "attn_output": (WIDTH, HEAD),
        "ffn_gate": (FEED_FORWARD, WIDTH), "ffn_up": (FEED_FORWARD, WIDTH),
        "ffn_down": (WIDTH, FEED_FORWARD),
    }  # fmt: skip
    norms = {
        "attn_norm": WIDTH,
        "post_attention_norm": WIDTH,
        "ffn_norm": WIDTH,
        "post_ffw_norm": WIDTH,
        "attn_q_norm": HEAD,
        "attn_k_norm": HEAD,
    }
    tensors = {
        "token_embd.weight": rng.normal(size=(vocabulary, WIDTH)),
        "output_norm.weight": np.ones(WIDTH),
    }
    for layer in range(LAYERS):
        tensors |= {
            f"blk.{layer}.{name}.weight": rng.normal(size=shape) for name, shape in shapes.items()
        }
        tensors |= {f"blk.{layer}.{name}.weight": np.ones(size) for name, size in norms.items()}
    return {name: array.astype(np.float32) for name, array in tensors.items()}


def maker(tmp_path_factory: pytest.TempPathFactory, words: Sequence[str] = WORDS) -> GgufMaker:
    """Write a tiny model file, list it in SHA256SUMS, and give its path.

    Each kind is written once.
    """
    pytest.importorskip(
        "gguf",
        reason="the tiny model of these tests is written with the package gguf "
        "(requirements/train.txt)",
    )
    folder, made = tmp_path_factory.mktemp("gguf"), {}

    def make(**kind: object) -> Path:
        key = repr(sorted(kind.items()))
        if key not in made:
            path = folder / f"tiny-{len(made)}.gguf"
            made[key] = write_gguf(path, words=words, **kind)  # type: ignore[arg-type]
            with (folder / SUMS).open("a") as sums:
                sums.write(f"{sha256(made[key])}  {made[key].name}\n")
        return made[key]

    return make


@pytest.fixture(scope="session")
def make_gguf(tmp_path_factory: pytest.TempPathFactory) -> GgufMaker:
    """Write a model that has tokens for a few words."""
    return maker(tmp_path_factory)
