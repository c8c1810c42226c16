"""Greedy choice of tokens under a grammar.

The likeliest token is tried on the grammar first; only when it is refused are more candidates
masked. llama-cpp-python's own way masks the whole vocabulary before each token, which for Gemma's
262 144 tokens costs 60 to 100 ms a token.
"""

from __future__ import annotations

import ctypes
import math
from typing import Any

import numpy as np
import numpy.typing as npt

from tank_core.exceptions import ModelError

Logits = npt.NDArray[np.float32]
_CANDIDATE = np.dtype([("id", "<i4"), ("logit", "<f4"), ("p", "<f4")])  # llama_token_data
_FIRST_CANDIDATES = 64  # of those tried after a refusal, before the whole vocabulary


class Grammar:
    """A grammar's state over one answer."""

    def __init__(self, llama: Any, vocab: Any, gbnf: str) -> None:
        self._llama = llama
        self._pristine = llama.llama_sampler_init_grammar(vocab, gbnf.encode(), b"root")
        if not self._pristine:
            raise ModelError(
                "llama.cpp refuses the answer grammar; install llama-cpp-python==0.3.36"
            )
        self._state = llama.llama_sampler_clone(self._pristine)

    def restart(self) -> None:
        """Go back to the beginning of an answer."""
        self._llama.llama_sampler_free(self._state)
        self._state = self._llama.llama_sampler_clone(self._pristine)

    def choose(self, logits: Logits) -> int | None:
        """The likeliest token that the grammar admits.

        The lowest number among equals; None when it admits none.  # (n_vocab,)
        """
        best = int(np.argmax(logits))
        if not math.isfinite(float(logits[best])):
            raise ModelError(
                "the model computes no finite numbers; its file is damaged or not fit for this "
                "machine"
            )
        if self._admitted(np.array([best]), logits).size:
            return best
        for count in (min(_FIRST_CANDIDATES, logits.size), logits.size):
            top = np.argpartition(logits, logits.size - count)[logits.size - count :]
            admitted = self._admitted(top, logits)
            if admitted.size:
                return int(admitted[np.lexsort((admitted, -logits[admitted]))[0]])
        return None

    def accept(self, token: int) -> None:
        """Go on by a token that ``choose`` gave.

        Any other ends the process inside llama.cpp.
        """
        self._llama.llama_sampler_accept(self._state, token)

    def close(self) -> None:
        """Free the grammar's memory."""
        for sampler in (self._state, self._pristine):
            if sampler:
                self._llama.llama_sampler_free(sampler)
        self._state = self._pristine = None

    def _admitted(self, tokens: npt.NDArray[np.intp], logits: Logits) -> npt.NDArray[np.intp]:
        """Those of ``tokens`` that may come next.

        The sampler sets the others' logits to minus infinity.
        """
        candidates = np.zeros(tokens.size, dtype=_CANDIDATE)
        candidates["id"], candidates["logit"] = tokens, logits[tokens]
        pointer = ctypes.cast(candidates.ctypes.data, self._llama.llama_token_data_p)
        array = self._llama.llama_token_data_array(pointer, candidates.size, -1, False)
        self._llama.llama_sampler_apply(self._state, ctypes.byref(array))
        admitted: npt.NDArray[np.intp] = tokens[np.isfinite(candidates["logit"])]
        return admitted


def surprise(logits: Logits, token: int) -> float:
    """Return -ln of a token's probability among all, before the grammar [nat].

    ``logits`` has the shape (n_vocab,).
    """
    highest = logits.max()
    return float(np.log(np.exp(logits - highest).sum()) + highest - logits[token])
