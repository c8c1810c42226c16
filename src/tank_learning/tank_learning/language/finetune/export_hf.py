"""A fine-tuned Gemma-3 model of Hugging Face's to a GGUF file.

Stock llama.cpp loads it; it is written with ``gguf`` from PyPI.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import gguf
import numpy as np
from torch import Tensor

from tank_core.exceptions import ModelError
from tank_language.gguf_model import FORM_KEY
from tank_language.prompt import PROMPT_KEY, Form
from tank_learning.language.finetune.base_model import BaseModel
from tank_learning.language.model.export import QUANTIZATIONS

_BLOCK = 32  # values that Q8_0 and Q4_0 store together


def export(
    base: BaseModel, weights: Mapping[str, Tensor], path: Path, quantization: str, asking: str
) -> Path:
    """Write the model.

    ``quantization`` is one of f16, q8_0, q4_0, ``asking`` the user's turn that it was trained on.
    """
    kind, file_type = QUANTIZATIONS[quantization]
    path.parent.mkdir(parents=True, exist_ok=True)
    # so that a full disk leaves no half a model under the right name
    unfinished = path.with_name(path.name + ".part")
    writer = _begun(base, unfinished, asking)
    writer.add_file_type(file_type)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.GEMMA3, base.config.num_hidden_layers)
    for name, tensor in weights.items():
        if name == "lm_head.weight" and base.config.tie_word_embeddings:
            continue
        target = names.get_name(name, try_suffixes=(".weight",))
        if target is None:
            raise ModelError(
                f"weight {name} of {base.name} has no place in llama.cpp's Gemma 3; take another "
                "model"
            )
        _add(writer, target, tensor, kind)
    _finish(writer, tensors=True)
    return unfinished.replace(path)


def write_vocabulary(base: BaseModel, path: Path, asking: str) -> Path:
    """A GGUF file of the metadata alone: enough for llama.cpp to tokenize with."""
    _finish(_begun(base, path, asking), tensors=False)
    return path


def _begun(base: BaseModel, path: Path, asking: str) -> gguf.GGUFWriter:
    writer = gguf.GGUFWriter(str(path), "gemma3")
    writer.add_name(f"tank {base.name}")
    writer.add_base_model_count(1)
    writer.add_base_model_name(0, base.name)
    _write_shape(writer, base)
    base.tokens.write(writer)
    if base.chat_template:
        writer.add_chat_template(base.chat_template)
    writer.add_string(FORM_KEY, Form.JSON.value)
    writer.add_string(PROMPT_KEY, asking)
    return writer


def _write_shape(writer: gguf.GGUFWriter, base: BaseModel) -> None:
    config = base.config
    ropes = config.rope_parameters
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_key_length(config.head_dim)
    writer.add_value_length(config.head_dim)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_sliding_window(config.sliding_window)
    writer.add_rope_freq_base(ropes["full_attention"]["rope_theta"])
    writer.add_rope_freq_base_swa(ropes["sliding_attention"]["rope_theta"])
    if ropes["full_attention"].get("rope_type", "default") == "linear":
        writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(ropes["full_attention"]["factor"])


def _add(
    writer: gguf.GGUFWriter, name: str, tensor: Tensor, kind: gguf.GGMLQuantizationType
) -> None:
    values = tensor.detach().float().cpu().numpy()
    if values.ndim == 1:  # a norm: Gemma multiplies by 1 + weight, llama.cpp by the weight
        writer.add_tensor(name, (values + 1.0).astype(np.float32))
        return
    if values.shape[-1] % _BLOCK:
        kind = gguf.GGMLQuantizationType.F16
    elif name == "token_embd.weight" and kind == gguf.GGMLQuantizationType.Q4_0:
        # it is the output as well, where 4 bits cost the most
        kind = gguf.GGMLQuantizationType.Q8_0
    writer.add_tensor(name, gguf.quants.quantize(values, kind), raw_dtype=kind)


def _finish(writer: gguf.GGUFWriter, tensors: bool) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    if tensors:
        writer.write_tensors_to_file()
    writer.close()
