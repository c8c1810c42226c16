"""Writes what was learned beside a published model as a delta file."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np
import numpy.typing as npt
from torch import Tensor

from tank_language.gguf_model import FORM_KEY, TRUSTED_KEY
from tank_language.prompt import Form
from tank_learning.language.lora.words import Vocabulary
from tank_learning.language.model.export import LAYER, write_shape
from tank_learning.language.model.network import CausalTransformer
from tank_learning.language.model.tokenizer import BOS, EOS, PAD
from tank_llama.delta.base import ARCHITECTURE, GgufBase, fingerprint
from tank_llama.delta.file import BASE_KEY, KEPT, WORDS

TRUSTED = 0.7
MODIFIED = (
    "Gemma 3 270M by Google, modified for Tank: fine-tuned by LoRA to answer in shorthand, with "
    "another vocabulary. Gemma is provided under and subject to the Gemma Terms of Use found at "
    "ai.google.dev/gemma/terms"
)
CONTEXT = 512  # [tokens] of a prompt and its answer
_HALF = gguf.GGMLQuantizationType.F16


def write_delta(
    network: CausalTransformer,
    vocabulary: Vocabulary,
    base: GgufBase,
    path: Path,
    trusted: float = TRUSTED,
) -> Path:
    """Write what learns of an adapted network, in 16 bits, whole or not at all.

    The model that is built from it refuses answers of less confidence than ``trusted``.
    """
    unfinished = path.with_name(path.name + ".part")
    writer = gguf.GGUFWriter(str(unfinished), ARCHITECTURE)
    writer.add_name("tank-gemma")
    writer.add_license("gemma")
    writer.add_license_link("https://ai.google.dev/gemma/terms")
    writer.add_description(MODIFIED)
    writer.add_base_model_count(1)
    writer.add_base_model_name(0, str(base.metadata.get("general.name", base.path.stem)))
    write_shape(writer, network.shape, CONTEXT)
    _write_tokens(writer, vocabulary)
    writer.add_string(FORM_KEY, Form.SHORTHAND.value)
    writer.add_float32(TRUSTED_KEY, trusted)
    writer.add_string(BASE_KEY, fingerprint(base))
    writer.add_tensor(KEPT, np.array(vocabulary.kept, np.int32))
    for name, tensor in network.named_parameters():
        if tensor.requires_grad:
            writer.add_tensor(_name(name), _half(tensor), raw_dtype=_HALF)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return unfinished.replace(path)


def _write_tokens(writer: gguf.GGUFWriter, vocabulary: Vocabulary) -> None:
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(vocabulary.texts)
    writer.add_token_scores(vocabulary.scores)
    writer.add_token_types(vocabulary.kinds)
    writer.add_bos_token_id(vocabulary.texts.index(BOS))
    writer.add_eos_token_id(vocabulary.texts.index(EOS))
    writer.add_pad_token_id(vocabulary.texts.index(PAD))
    writer.add_add_bos_token(False)  # the prompt says <bos> itself
    writer.add_add_space_prefix(False)


def _half(tensor: Tensor) -> npt.NDArray[np.float16]:
    return np.asarray(tensor.detach().cpu().numpy(), np.float16)


def _name(name: str) -> str:
    """``layers.3.q.a`` is ``blk.3.attn_q.weight.a``."""
    if name == "embedding.words":
        return WORDS
    _, layer, part, narrow = name.split(".")
    return f"blk.{layer}.{LAYER[part]}.weight.{narrow}"
