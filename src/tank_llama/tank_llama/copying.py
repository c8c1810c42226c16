"""Names that a model writes are spans of the sentence, copied word by word."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from tank_llama.constrained import Logits

_NO_NAME = re.compile(r"[^a-z0-9 '-]+|(?<![a-z0-9])['-]+|['-]+(?![a-z0-9])")


def source(text: str) -> str:
    """The words of a text, each with a space before it, as inside a name.

    A comma stands for whatever no name goes over.
    """
    return "".join(f" {word}" for word in _NO_NAME.sub(" , ", text).split())


class Span:
    """The tokens that may come next of a span of whole words.

    ``tokens`` and ``pieces`` are those of ``source``; ``closing`` is the token that ends it.
    """

    def __init__(self, tokens: Sequence[int], pieces: Sequence[bytes], closing: int) -> None:
        self._tokens, self._closing = tokens, closing
        starts = [piece.startswith(b" ") for piece in pieces]
        self._places = [at for at, start in enumerate(starts) if start]  # the next token's, each
        self._whole = {at for at, start in enumerate([*starts[1:], True], 1) if start}
        self._begun = False

    def narrowed(self, logits: Logits) -> Logits:
        """Minus infinity for what does not go on with the span.  # (n_vocab,)"""
        admitted = [self._tokens[at] for at in self._places if at < len(self._tokens)]
        if self._begun and self._whole.intersection(self._places):
            admitted.append(self._closing)
        narrow: Logits = np.full_like(logits, -np.inf)
        narrow[admitted] = logits[admitted]
        return narrow

    def accept(self, token: int) -> bool:
        """Go on by a token; False when it ends the span."""
        if token == self._closing:
            return False
        self._begun = True
        self._places = [
            at + 1 for at in self._places if at < len(self._tokens) and self._tokens[at] == token
        ]
        return True
