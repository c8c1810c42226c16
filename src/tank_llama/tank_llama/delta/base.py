"""The weights of a published Gemma-3, as numbers, whatever file has them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import gguf
import numpy as np
import numpy.typing as npt

from tank_core.exceptions import ModelError
from tank_llama.gguf_header import TensorInfo, read_header

Weights = npt.NDArray[np.float32]
EMBEDDING = "token_embd.weight"
ARCHITECTURE = "gemma3"


class Base(Protocol):
    """A published model; tensors by llama.cpp's names, read one by one."""

    path: Path

    def names(self) -> list[str]:
        """The names of its tensors, the embedding among them."""
        ...

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of a tensor: (outputs, inputs), or (size,) of a norm."""
        ...

    def tensor(self, name: str) -> Weights:
        """A tensor as numbers, in its shape."""
        ...

    def rows(self, numbers: Sequence[int]) -> Weights:
        """Return those rows of the embedding: (rows, width)."""
        ...


def fingerprint(base: Base) -> str:
    """A sha256 that is the same for every file of one model, and of no other.

    It is that of the norms, which no file rounds.
    """
    digest = hashlib.sha256()
    for name in sorted(name for name in base.names() if len(base.shape(name)) == 1):
        digest.update(name.encode() + base.tensor(name).astype("<f4").tobytes())
    return digest.hexdigest()


class GgufBase:
    """A GGUF file of a Gemma-3.

    Raises ModelError for a file that is none.
    """

    def __init__(self, path: Path) -> None:
        header = read_header(path)
        self.path, self.metadata = path, header.metadata
        self._data = np.memmap(path, np.uint8, mode="r", offset=header.data)
        self._tensors = {tensor.name: tensor for tensor in header.tensors}
        found = header.metadata["general.architecture"]
        if found != ARCHITECTURE or EMBEDDING not in self._tensors:
            raise ModelError(f"{path} is a model of type {found!r}; give the file of gemma-3-270m")

    def names(self) -> list[str]:
        return list(self._tensors)

    def shape(self, name: str) -> tuple[int, ...]:
        return self._tensors[name].shape[::-1]

    def tensor(self, name: str) -> Weights:
        tensor = self._tensors[name]
        return _numbers(self._bytes(tensor), tensor.type)

    def rows(self, numbers: Sequence[int]) -> Weights:
        tensor = self._tensors[EMBEDDING]
        return _numbers(self._bytes(tensor)[np.asarray(numbers)], tensor.type)

    def _bytes(self, tensor: TensorInfo) -> npt.NDArray[np.uint8]:
        data = self._data[tensor.offset : tensor.offset + tensor.size]
        return data.reshape(*tensor.shape[:0:-1], -1)


def _numbers(data: npt.NDArray[Any], kind: int) -> Weights:
    found = gguf.quants.dequantize(np.ascontiguousarray(data), gguf.GGMLQuantizationType(kind))
    return np.array(found, np.float32)  # a copy: what was read may not be written to
