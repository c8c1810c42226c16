"""The delta: a small GGUF file that makes a published model ours.

Its metadata are those of the model that is built, tokens included. Its tensors are, for each matrix
M of the base, two narrow ones, ``M.a`` (rank, inputs) and ``M.b`` (outputs, rank), of which
``SCALE b a`` is added to M; the numbers of the base's tokens that stay; and rows of the embedding
for the tokens that are new, which come after them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import numpy.typing as npt

from tank_core.exceptions import ModelError
from tank_llama.delta.base import Weights
from tank_llama.gguf_header import read_header

SCALE = 2.0  # of the product of two narrow matrices
KEPT, WORDS = "delta.kept", "delta.words"
BASE_KEY = "delta.base"  # the fingerprint of the model that it was made for
Value = tuple[Any, gguf.GGUFValueType, gguf.GGUFValueType | None]


@dataclass(frozen=True)
class Delta:
    """A delta in memory.

    ``metadata`` of the model to build; ``pairs``: a matrix's name to its two narrow ones.
    """

    metadata: dict[str, Value]
    base: str  # the fingerprint of the model that it was made for
    kept: npt.NDArray[np.int32]
    words: Weights  # (new tokens, width)
    pairs: dict[str, tuple[Weights, Weights]]

    @classmethod
    def read(cls, path: Path) -> Delta:
        """Read a file.

        Raises ModelError, in one line, for a damaged or foreign one.
        """
        if BASE_KEY not in read_header(path).metadata:
            raise ModelError(f"{path} is no delta of a model; copy models/tank-gemma.delta again")
        reader = gguf.GGUFReader(str(path))
        tensors = {tensor.name: tensor.data for tensor in reader.tensors}
        metadata = dict(_values(reader))
        base = metadata.pop(BASE_KEY)[0]
        names = [name.removesuffix(".a") for name in tensors if name.endswith(".a")]
        pairs = {
            name: (_numbers(tensors[f"{name}.a"]), _numbers(tensors[f"{name}.b"])) for name in names
        }
        return cls(metadata, base, tensors[KEPT], _numbers(tensors[WORDS]), pairs)


def _values(reader: gguf.GGUFReader) -> Iterator[tuple[str, Value]]:
    for key, found in reader.fields.items():
        if key.startswith("GGUF.") or key == "general.architecture":
            continue
        kind = found.types[0]
        of = found.types[-1] if kind == gguf.GGUFValueType.ARRAY else None
        yield key, (found.contents(), kind, of)


def _numbers(data: npt.NDArray[Any]) -> Weights:
    return np.asarray(data, np.float32)
