"""Reads a GGUF file's header.

So a missing, truncated or foreign file is told apart before llama.cpp sees it.

Layout: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (version 2 and 3, little-endian).
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from tank_core.exceptions import ModelError

MAGIC = b"GGUF"
VERSIONS = (2, 3)
MAX_DIMENSIONS = 4
_STRING, _ARRAY = 8, 9
_SCALARS = {number: f"<{code}" for number, code in enumerate("BbHhIif?  Qqd") if code != " "}
# (values, bytes) of one block of each tensor type, by ggml's number for it. A type that is not here
# is left to llama.cpp.
_BLOCKS = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34),
    10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292),
    16: (256, 66), 17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110),
    22: (256, 82), 23: (256, 136), 24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8),
    29: (256, 56), 30: (1, 2), 34: (256, 54), 35: (256, 66), 39: (32, 17),
}  # fmt: skip


@dataclass(frozen=True)
class TensorInfo:
    """The place of a tensor in the file.

    ``offset`` [bytes] from the start of the data, ``size`` [bytes] (0 where its type is not known).
    """

    name: str
    shape: tuple[int, ...]
    type: int
    offset: int
    size: int


@dataclass(frozen=True)
class GgufHeader:
    """Metadata and tensors of a file that holds all of its tensors.

    Of an array in the metadata only the length is kept. ``data`` [bytes]: where the tensors begin.
    """

    metadata: dict[str, Any]
    tensors: tuple[TensorInfo, ...]
    data: int = 0


class _BrokenError(Exception):
    """The header ends early, or says something impossible."""


def read_header(path: Path) -> GgufHeader:
    """The header of a complete GGUF file of a language model.

    Raises ModelError that names the file, what is wrong, and the cure.
    """
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise ModelError(f"model {path} is not a file; give the path of a .gguf file")
        with path.open("rb") as file:
            header, end = _read(file, size)
    except FileNotFoundError:
        raise ModelError(
            f"model file {path} does not exist; give the path of a .gguf file"
        ) from None
    except OSError as error:
        raise ModelError(f"model file {path} cannot be read: {error.strerror}") from None
    except _BrokenError as error:
        raise ModelError(f"model file {path}: {error}") from None
    if end > size:
        raise ModelError(
            f"model file {path} is truncated: it has {size} bytes and its tensors need {end}; copy "
            "it again"
        )
    _require_language_model(path, header)
    return header


def _require_language_model(path: Path, header: GgufHeader) -> None:
    for key in ("general.architecture", "tokenizer.ggml.model"):
        if not isinstance(header.metadata.get(key), str):
            raise ModelError(
                f"model file {path} is a GGUF file without {key}: not a language model; choose "
                "another file"
            )
    if not header.tensors:
        raise ModelError(
            f"model file {path} holds no tensors: not a whole model; choose another file"
        )


def _read(file: BinaryIO, size: int) -> tuple[GgufHeader, int]:
    """Return the header, and the least size [bytes] of a whole file.

    A whole file holds all of its tensors.
    """
    if file.read(4) != MAGIC:
        raise _BrokenError(
            "it is not a GGUF file (it does not begin with 'GGUF'); choose another file"
        )
    reader = _Reader(file, size)
    version = reader.scalar("<I")
    if version not in VERSIONS:
        raise _BrokenError(
            f"it is GGUF version {version}; versions {' and '.join(map(str, VERSIONS))} can be read"
        )
    n_tensors, n_keys = reader.count(24), reader.count(13)
    metadata = dict(reader.pair() for _ in range(n_keys))
    tensors = tuple(_tensor(reader) for _ in range(n_tensors))
    alignment = metadata.get("general.alignment", 32)
    if not isinstance(alignment, int) or alignment <= 0 or alignment & (alignment - 1):
        raise _BrokenError(
            f"its alignment {alignment!r} is no power of two: it is damaged; copy it again"
        )
    data = -(-file.tell() // alignment) * alignment
    return GgufHeader(metadata, tensors, data), max(
        (data + tensor.offset + tensor.size for tensor in tensors), default=0
    )


def _tensor(reader: _Reader) -> TensorInfo:
    name, n_dimensions = reader.text(), reader.scalar("<I")
    if not 1 <= n_dimensions <= MAX_DIMENSIONS:
        raise _BrokenError(
            f"tensor {name!r} has {n_dimensions} dimensions: it is damaged; copy it again"
        )
    shape = tuple(reader.scalar("<Q") for _ in range(n_dimensions))
    kind, offset = reader.scalar("<I"), reader.scalar("<Q")
    values, size = _BLOCKS.get(kind, (1, 0))
    if any(not 0 < length < 2**40 for length in shape) or shape[0] % values:
        raise _BrokenError(
            f"tensor {name!r} has the impossible shape {shape}: it is damaged; copy it again"
        )
    return TensorInfo(name, shape, kind, offset, math.prod(shape) // values * size)


class _Reader:
    """Reads values and distrusts lengths.

    A length that the rest of the file could not hold is refused.
    """

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._size = size

    def bytes(self, length: int) -> bytes:
        if length > self._size - self._file.tell():
            raise _BrokenError(
                "it is truncated or damaged: it ends inside its header; copy it again"
            )
        return self._file.read(length)

    def scalar(self, code: str) -> Any:
        return struct.unpack(code, self.bytes(struct.calcsize(code)))[0]

    def count(self, least: int) -> int:
        """A number of things of which each takes ``least`` bytes or more."""
        count = int(self.scalar("<Q"))
        if count * least > self._size - self._file.tell():
            raise _BrokenError(
                "it is truncated or damaged: it cannot hold what its header announces; copy it "
                "again"
            )
        return count

    def text(self) -> str:
        return self.bytes(self.count(1)).decode("utf-8", "replace")

    def pair(self) -> tuple[str, Any]:
        return self.text(), self.value(self.scalar("<I"))

    def value(self, kind: int) -> Any:
        if kind == _STRING:
            return self.text()
        if kind == _ARRAY:
            return self.array()
        if kind not in _SCALARS:
            raise _BrokenError(
                f"its header holds a value of the unknown type {kind}: it is damaged; copy it again"
            )
        return self.scalar(_SCALARS[kind])

    def array(self) -> int:
        """Passes over an array and gives its length."""
        kind = self.scalar("<I")
        if kind in _SCALARS:
            width = struct.calcsize(_SCALARS[kind])
            length = self.count(width)
            self._file.seek(length * width, 1)
        elif kind == _STRING:
            length = self.count(8)
            for _ in range(length):
                self._file.seek(self.count(1), 1)
        else:
            raise _BrokenError(
                f"its header holds an array of the unknown type {kind}: it is damaged; copy it "
                "again"
            )
        return length
