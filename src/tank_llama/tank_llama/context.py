"""A GGUF model in memory with a sequence of tokens in its KV cache.

The parts of llama.cpp that a greedy decoder needs.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tank_core.exceptions import ModelError
from tank_llama.constrained import Grammar, Logits
from tank_llama.library import last_error
from tank_llama.vocabulary import LlamaVocabulary

BATCH = 256  # [tokens] evaluated at once


class LlamaContext(LlamaVocabulary):
    """A model and its KV cache.

    Not thread-safe. Raises ModelError for whatever llama.cpp refuses.
    """

    def __init__(self, path: Path, threads: int, size: int) -> None:
        """Load a model with room for ``size`` [tokens].

        They hold prompt and answer together; at most what the model was trained for.
        """
        self._context: Any = None
        super().__init__(path)
        try:
            self.size = min(size, self._llama.llama_model_n_ctx_train(self._model) or size)
            self._create(threads)
        except ModelError:
            self.close()
            raise
        self.used = 0  # tokens in the KV cache

    def grammar(self, gbnf: str) -> Grammar:
        """A grammar over this model's tokens.

        It must be closed before the model.
        """
        return Grammar(self._llama, self._vocab, gbnf)

    def forget(self, start: int) -> None:
        """Drop everything from token ``start`` on out of the KV cache."""
        if not self._llama.llama_memory_seq_rm(
            self._llama.llama_get_memory(self._context), 0, start, -1
        ):
            raise ModelError(
                f"model {self.name} cannot keep its prompt between instructions; choose "
                "another model"
            )
        self.used = start

    def evaluate(self, tokens: Sequence[int]) -> None:
        """Go on by ``tokens``; ``logits`` then are those after the last one."""
        need = self.used + len(tokens)
        if need > self.size:
            raise ModelError(
                f"{need} tokens do not fit into the context of {self.size}; say less at once, or "
                "give a larger context"
            )
        for start in range(0, len(tokens), BATCH):
            chunk = tokens[start : start + BATCH]
            array = (ctypes.c_int32 * len(chunk))(*chunk)
            status = self._llama.llama_decode(
                self._context, self._llama.llama_batch_get_one(array, len(chunk))
            )
            if status != 0:
                raise ModelError(
                    f"model {self.name} failed (llama_decode {status}): "
                    f"{last_error() or 'no reason given'}"
                )
            self.used += len(chunk)

    def logits(self) -> Logits:
        """Of every token to come next.

        A view that the next ``evaluate`` overwrites.  # (n_vocab,)
        """
        pointer = self._llama.llama_get_logits_ith(self._context, -1)
        if not pointer:
            raise ModelError(
                f"model {self.name} gives no token probabilities; choose a text generation model"
            )
        logits: Logits = np.ctypeslib.as_array(pointer, shape=(self.n_vocab,))
        return logits

    def close(self) -> None:
        """Free the memory. Idempotent."""
        if self._context:
            self._llama.llama_free(self._context)
        self._context = None
        super().close()

    def _create(self, threads: int) -> None:
        if self._llama.llama_model_has_encoder(
            self._model
        ) or not self._llama.llama_model_has_decoder(self._model):
            raise ModelError(
                f"model file {self._path} is an encoder and writes no text; choose a text "
                "generation model"
            )
        self._context = self._llama.llama_init_from_model(
            self._model, self._context_params(threads)
        )
        if not self._context:
            raise ModelError(
                f"llama.cpp cannot run model file {self._path}: "
                f"{last_error() or 'no reason given'}; try a smaller context"
            )

    def _model_params(self) -> Any:
        params = super()._model_params()
        params.vocab_only = False
        # Repacked weights (AMX) crash llama.cpp 0.3.36 on narrow matrices, and would make answers
        # depend on the machine.
        params.use_extra_bufts = False
        return params

    def _context_params(self, threads: int) -> Any:
        params = self._llama.llama_context_default_params()
        params.n_ctx = self.size
        params.n_batch = params.n_ubatch = min(BATCH, self.size)
        # logits of the last token alone: for Gemma's 262 144 tokens those of a whole batch take 268
        # MB
        params.n_outputs_max = 1
        params.n_threads = params.n_threads_batch = threads
        params.swa_full = True  # a cache of the sliding window alone would forget the prefix
        params.no_perf = True
        return params
