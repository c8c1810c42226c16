"""The weights of a published Gemma-3 in a folder of Hugging Face's format.

The layout of its files: https://huggingface.co/docs/safetensors
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import numpy.typing as npt

from tank_core.exceptions import ModelError
from tank_llama.delta.base import EMBEDDING, Weights

_TYPES = {"F32": "<f4", "F16": "<f2", "BF16": "<u2"}
_LAYERS = 18
_LONGEST_HEADER = 100_000_000  # [bytes] the format's own limit


class SafetensorsBase:
    """A folder with ``*.safetensors`` of a Gemma-3.

    Raises ModelError for a damaged one.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder
        ours = gguf.get_tensor_name_map(gguf.MODEL_ARCH.GEMMA3, _LAYERS)
        self._tensors: dict[str, npt.NDArray[Any]] = {}
        for file in sorted(folder.glob("*.safetensors")):
            for name, data in _tensors(file).items():
                found = ours.get_name(name, try_suffixes=(".weight",))
                if found is not None:
                    self._tensors[found] = data
        if EMBEDDING not in self._tensors:
            raise ModelError(
                f"{folder} has no weights of a Gemma-3 (*.safetensors); give the folder of "
                "google/gemma-3-270m"
            )

    def names(self) -> list[str]:
        return [name for name in self._tensors if name != "output.weight"]

    def shape(self, name: str) -> tuple[int, ...]:
        return self._tensors[name].shape

    def tensor(self, name: str) -> Weights:
        values = _numbers(self._tensors[name])
        # llama.cpp multiplies by the weight of a norm, Gemma by 1 + weight
        return values + np.float32(1) if values.ndim == 1 else values

    def rows(self, numbers: Sequence[int]) -> Weights:
        return _numbers(self._tensors[EMBEDDING][np.asarray(numbers)])


def _tensors(file: Path) -> dict[str, npt.NDArray[Any]]:
    try:
        with file.open("rb") as opened:
            (length,) = struct.unpack("<Q", opened.read(8))
            if length > _LONGEST_HEADER:
                raise ValueError(f"its header is said to have {length} bytes")
            header = json.loads(opened.read(length))
        data = np.memmap(file, np.uint8, mode="r", offset=8 + length)
        found = {}
        for name, entry in header.items():
            if name != "__metadata__":
                start, end = entry["data_offsets"]
                found[name] = data[start:end].view(_TYPES[entry["dtype"]]).reshape(entry["shape"])
    except (OSError, ValueError, KeyError, TypeError, struct.error) as error:
        raise ModelError(f"{file} cannot be read ({error}); copy it again") from None
    return found


def _numbers(values: npt.NDArray[Any]) -> Weights:
    if values.dtype == np.dtype("<u2"):  # the upper half of a float32
        return (values.astype(np.uint32) << 16).view(np.float32)
    return values.astype(np.float32)
