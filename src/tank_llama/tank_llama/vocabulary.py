"""The tokens of a GGUF file.

Training uses them as well, from a file of metadata alone, so that it feeds what the robot feeds.
"""

from __future__ import annotations

import ctypes
import os
import re
from pathlib import Path
from typing import Any

from tank_core.exceptions import ModelError
from tank_llama.library import last_error, library

_WORD = re.compile(r"(?<![^\W_])[a-z]{3,}(?![\w'])", re.IGNORECASE)
_PIECE_BYTES = (256, 1 << 16)


class LlamaVocabulary:
    """A file's tokens; its weights are not read.

    Raises ModelError for whatever llama.cpp refuses.
    """

    def __init__(self, path: Path) -> None:
        self._llama = library()
        self._path = path
        self.name = path.name
        last_error()
        self._model: Any = self._llama.llama_model_load_from_file(
            os.fsencode(path), self._model_params()
        )
        if not self._model:
            raise ModelError(
                f"llama.cpp cannot load model file {path}: {last_error() or 'no reason given'}; "
                "choose another file"
            )
        self._vocab = self._llama.llama_model_get_vocab(self._model)
        self.n_vocab: int = self._llama.llama_vocab_n_tokens(self._vocab)

    def is_end(self, token: int) -> bool:
        """Whether a token ends an answer.

        End of sequence, end of turn and their like.
        """
        return bool(self._llama.llama_vocab_is_eog(self._vocab, token))

    def tokens(self, text: str, special: bool = False, begin: bool = False) -> list[int]:
        """A text's tokens.

        ``special``: control tokens are spelled out in it; ``begin``: with the model's own beginning
        of sequence.
        """
        data = text.encode("utf-8", "replace")
        buffer = (ctypes.c_int32 * (len(data) + 8))()
        count = self._llama.llama_tokenize(
            self._vocab, data, len(data), buffer, len(buffer), begin, special
        )
        if count < 0:
            raise ModelError(
                f"model {self.name} makes {-count} tokens of {len(data)} bytes; choose "
                "another model"
            )
        return list(buffer[:count])

    def rare(self, text: str) -> tuple[str, ...]:
        """A text's words that are no token of their own, each once.

        Byte pair encoding gives a token to each word that its sentences held often enough.
        """
        words = dict.fromkeys(_WORD.findall(text))
        return tuple(word for word in words if len(self.tokens(f" {word}")) > 1)

    def piece(self, token: int) -> bytes:
        """A token's bytes.

        (llama-cpp-python's own 32-byte buffer would turn a longer one into nothing.)
        """
        for size in _PIECE_BYTES:
            buffer = ctypes.create_string_buffer(size)
            length = self._llama.llama_token_to_piece(self._vocab, token, buffer, size, 0, True)
            if length >= 0:
                return buffer.raw[:length]
        raise ModelError(
            f"token {token} of model {self.name} is {-length} bytes long; choose another model"
        )

    def close(self) -> None:
        """Free the memory. Idempotent."""
        if self._model:
            self._llama.llama_model_free(self._model)
        self._model = None

    def _model_params(self) -> Any:
        params = self._llama.llama_model_default_params()
        params.n_gpu_layers = 0
        params.vocab_only = True
        return params
