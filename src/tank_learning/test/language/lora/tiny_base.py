"""A made-up Gemma-3 of two layers, with the tokens that shorthand begins from."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np

from tank_learning.language.lora.words import LIKE
from tank_learning.language.model.tokenizer import answer_words

WIDTH, HEADS, HEAD, FEED_FORWARD, LAYERS = 32, 2, 32, 64, 2
CONTROL = ("<pad>", "<eos>", "<bos>", "<unk>", "<unused0>")


def write_base(path: Path, seed: int = 0, width: int = WIDTH) -> Path:
    """A GGUF file whose weights follow from ``seed``, its norms, too."""
    words = {part for word in answer_words() for part in word[1:-1].split("_")}
    words |= {*LIKE.values()} | {"drive", "two"}
    letters = [*"abcdefghijklmnopqrstuvwxyz0123456789.;()[]=> x▁"]
    joined = sorted({f"▁{word}"[:end] for word in words for end in range(2, len(word) + 2)})
    texts = [*CONTROL, *(f"<0x{byte:02X}>" for byte in range(256)), *joined, *letters, "Groß"]
    texts = list(dict.fromkeys(texts))
    kinds = [
        gguf.TokenType.CONTROL
        if text in CONTROL
        else gguf.TokenType.BYTE
        if text.startswith("<0x")
        else gguf.TokenType.NORMAL
        for text in texts
    ]
    writer = gguf.GGUFWriter(str(path), "gemma3")
    writer.add_name("made-up")
    writer.add_context_length(512)
    writer.add_embedding_length(width)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(1)
    writer.add_key_length(HEAD)
    writer.add_value_length(HEAD)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(1e6)
    writer.add_sliding_window(512)
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(texts)
    # the longer a text, the later it is joined, as a merge after those that make its parts
    writer.add_token_scores([-float(len(text)) for text in texts])
    writer.add_token_types(kinds)
    for name, values in tensors(seed, len(texts), width).items():
        writer.add_tensor(name, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def tensors(seed: int, vocabulary: int, width: int = WIDTH) -> dict[str, np.ndarray]:
    """The weights by llama.cpp's names."""
    rng = np.random.default_rng(seed)
    shapes: dict[str, tuple[int, ...]] = {
        "attn_q": (HEADS * HEAD, width), "attn_k": (HEAD, width), "attn_v": (HEAD, width),
        "attn_output": (width, HEADS * HEAD),
        "ffn_gate": (FEED_FORWARD, width), "ffn_up": (FEED_FORWARD, width),
        "ffn_down": (width, FEED_FORWARD),
        "attn_norm": (width,), "post_attention_norm": (width,),
        "ffn_norm": (width,), "post_ffw_norm": (width,),
        "attn_q_norm": (HEAD,), "attn_k_norm": (HEAD,),
    }  # fmt: skip
    found = {
        "token_embd.weight": rng.normal(size=(vocabulary, width)) * 0.3,
        "output_norm.weight": 1 + rng.normal(size=width) * 0.1,
    }
    for layer in range(LAYERS):
        for name, shape in shapes.items():
            values = rng.normal(size=shape) * 0.1
            found[f"blk.{layer}.{name}.weight"] = values + (len(shape) == 1)
    return {name: values.astype(np.float32) for name, values in found.items()}
