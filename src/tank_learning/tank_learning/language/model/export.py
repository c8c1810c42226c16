"""Export from PyTorch to a GGUF file that stock llama.cpp loads.

It is written with ``gguf`` from PyPI.
"""

from __future__ import annotations

import json
from pathlib import Path

import gguf
import numpy as np
from tokenizers import Tokenizer
from torch import Tensor

from tank_language.gguf_model import FORM_KEY, TRUSTED_KEY
from tank_learning.language.model.network import CausalTransformer, NetworkShape
from tank_learning.language.model.tokenizer import BOS, CONTROL, EOS, PAD, answer_words

TRUSTED = 0.4  # until it is calibrated (evaluation/trust.py)
QUANTIZATIONS = {
    "f16": (gguf.GGMLQuantizationType.F16, gguf.LlamaFileType.MOSTLY_F16),
    "q8_0": (gguf.GGMLQuantizationType.Q8_0, gguf.LlamaFileType.MOSTLY_Q8_0),
    "q4_0": (gguf.GGMLQuantizationType.Q4_0, gguf.LlamaFileType.MOSTLY_Q4_0),
}
# Our names to llama.cpp's; norms get 1 added, because llama.cpp multiplies by the weight itself.
LAYER = {
    "q": "attn_q", "k": "attn_k", "v": "attn_v", "o": "attn_output", "gate": "ffn_gate",
    "up": "ffn_up", "down": "ffn_down",
    "q_norm": "attn_q_norm", "k_norm": "attn_k_norm", "before_attention": "attn_norm",
    "after_attention": "post_attention_norm",
    "before_ff": "ffn_norm", "after_ff": "post_ffw_norm",
}  # fmt: skip


def export(
    network: CausalTransformer,
    tokenizer: Tokenizer,
    path: Path,
    quantization: str = "q8_0",
    name: str = "tank-nano",
    trusted: float = TRUSTED,
) -> Path:
    """Write the model.

    ``quantization`` is one of f16, q8_0, q4_0; answers of less confidence than ``trusted`` are
    refused.
    """
    kind, file_type = QUANTIZATIONS[quantization]
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = gguf.GGUFWriter(str(path), "gemma3")
    writer.add_name(name)
    writer.add_license("apache-2.0")
    write_shape(writer, network.shape, network.shape.context)
    writer.add_file_type(file_type)
    _write_tokenizer(writer, tokenizer)
    writer.add_string(FORM_KEY, "shorthand")
    writer.add_float32(TRUSTED_KEY, trusted)
    for tensor_name, tensor in network.state_dict().items():
        _write_tensor(writer, tensor_name, tensor, kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def write_shape(writer: gguf.GGUFWriter, shape: NetworkShape, context: int) -> None:
    """Write a network's sizes; it is given at most ``context`` tokens at once."""
    writer.add_context_length(context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_key_length(shape.head_size)
    writer.add_value_length(shape.head_size)
    writer.add_layer_norm_rms_eps(shape.norm_epsilon)
    writer.add_rope_freq_base(shape.rope_base)
    writer.add_sliding_window(context)


def _write_tokenizer(writer: gguf.GGUFWriter, tokenizer: Tokenizer) -> None:
    size = tokenizer.get_vocab_size()
    tokens = [tokenizer.id_to_token(i) for i in range(size)]
    words = set(answer_words())
    kinds = [
        gguf.TokenType.CONTROL
        if token in CONTROL
        else gguf.TokenType.USER_DEFINED
        if token in words
        else gguf.TokenType.NORMAL
        for token in tokens
    ]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges(_merges(tokenizer))
    writer.add_bos_token_id(tokenizer.token_to_id(BOS))
    writer.add_eos_token_id(tokenizer.token_to_id(EOS))
    writer.add_pad_token_id(tokenizer.token_to_id(PAD))
    writer.add_add_bos_token(False)  # the prompt says <bos> itself


def _merges(tokenizer: Tokenizer) -> list[str]:
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    return [merge if isinstance(merge, str) else " ".join(merge) for merge in merges]


def _write_tensor(
    writer: gguf.GGUFWriter, name: str, tensor: Tensor, kind: gguf.GGMLQuantizationType
) -> None:
    values = tensor.float().numpy()
    if values.ndim == 1:
        writer.add_tensor(_gguf_name(name), (values + 1.0).astype(np.float32))
    else:
        writer.add_tensor(
            _gguf_name(name), gguf.quants.quantize(values.astype(np.float32), kind), raw_dtype=kind
        )


def _gguf_name(name: str) -> str:
    if name == "embedding.weight":
        return "token_embd.weight"
    if name == "norm.weight":
        return "output_norm.weight"
    _, layer, part, _ = name.split(".")
    return f"blk.{layer}.{LAYER[part]}.weight"
