"""Builds a model from a published one and a delta, with numpy and ``gguf``."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np

from tank_core.exceptions import ModelError
from tank_llama.delta.base import ARCHITECTURE, EMBEDDING, Base, Weights, fingerprint
from tank_llama.delta.file import SCALE, Delta
from tank_llama.model_file import SUMS, sha256

_KIND, _FILE_TYPE = gguf.GGMLQuantizationType.Q8_0, gguf.LlamaFileType.MOSTLY_Q8_0


def build(base: Base, delta: Delta, path: Path) -> Path:
    """Write the model, whole or not at all, and its sha256 beside it.

    Raises ModelError when the delta was made for another base, and OSError, such as on a full disk.
    """
    check(base, delta)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    writer = gguf.GGUFWriter(str(unfinished), ARCHITECTURE)
    for key, (value, kind, of) in delta.metadata.items():
        writer.add_key_value(key, value, kind, of)
    writer.add_file_type(_FILE_TYPE)
    rows = np.concatenate((base.rows([*map(int, delta.kept)]), delta.words))
    _add(writer, EMBEDDING, rows)
    for name in base.names():
        if name != EMBEDDING:
            _add(writer, name, merged(base, delta, name))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    unfinished.replace(path)
    (path.parent / SUMS).write_text(f"{sha256(path)}  {path.name}\n", encoding="utf-8")
    return path


def merged(base: Base, delta: Delta, name: str) -> Weights:
    """A tensor of the base with what the delta adds to it."""
    values = base.tensor(name)
    if name not in delta.pairs:
        return values
    a, b = (part.astype(np.float64) for part in delta.pairs[name])  # alike with every BLAS
    return (values + SCALE * (b @ a)).astype(np.float32)


def check(base: Base, delta: Delta) -> None:
    """Raise ModelError when a delta was made for another model than a base."""
    missing = sorted({*delta.pairs} - {*base.names()})
    if missing:
        raise ModelError(f"{base.path} has no tensor {missing[0]}; give the file of gemma-3-270m")
    for name, (a, b) in delta.pairs.items():
        if base.shape(name) != (len(b), a.shape[1]):
            raise ModelError(
                f"{base.path} has {name} of shape {base.shape(name)} instead of "
                f"{(len(b), a.shape[1])}; give the file of gemma-3-270m"
            )
    if fingerprint(base) != delta.base:
        raise ModelError(
            f"{base.path} is another model than gemma-3-270m, if of the same shape (the "
            "instruction-tuned one is such); give that of google/gemma-3-270m"
        )


def _add(writer: gguf.GGUFWriter, name: str, values: Weights) -> None:
    if values.ndim == 1:
        writer.add_tensor(name, values)
    else:
        writer.add_tensor(name, gguf.quants.quantize(values, _KIND), raw_dtype=_KIND)
