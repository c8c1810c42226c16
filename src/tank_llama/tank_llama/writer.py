"""Greedy decoding under a grammar, the prompt's prefix kept in the KV cache."""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tank_core.exceptions import ModelError
from tank_llama.answer import RawAnswer, never
from tank_llama.constrained import surprise
from tank_llama.context import LlamaContext
from tank_llama.copying import Span, source


def default_threads() -> int:
    """All cores but one, at most 4.

    llama.cpp's threads wait for each other in a busy loop: one of them without a core of its own
    costs seconds an answer (measured on two cores beside other work: 13 ms with one thread, 140 to
    5500 ms with two).
    """
    return max(1, min(4, len(os.sched_getaffinity(0)) - 1))


@dataclass(frozen=True)
class Manner:
    """The manner of answers: their grammar (GBNF), and where they end.

    Nothing can follow ``end``, so the model need not say that it ends there; ``longest`` [tokens]
    is the most that is written. ``trusted`` in [0, 1] is the confidence from which on an answer is
    trusted; without it, all are. What stands between the two marks ``copied``, which are a token
    each, is copied from the text, word by word.
    """

    gbnf: str
    end: bytes
    longest: int
    trusted: float = 0.0
    copied: tuple[str, str] | None = None
    tells_rare: bool = False  # whether an answer names the words that the model hardly knows


class Writer:
    """Answers texts between a prefix and a suffix [tokens], under a grammar.

    The same text always gets the same answer. Thread-safe: answers are given one after the other.
    """

    def __init__(
        self, context: LlamaContext, manner: Manner, prefix: Sequence[int], suffix: Sequence[int]
    ) -> None:
        """Evaluate the prefix, which stays, and a first token.

        A model that cannot answer is found out now, not in use: that raises ModelError. Otherwise
        the context is the writer's, which closes it.
        """
        self.context, self._manner = context, manner
        self.prefix, self.suffix = prefix, suffix
        self._lock = threading.Lock()
        self._closed = False
        self._opening, self._closing = (
            context.tokens(mark, special=True)[0] if manner.copied else -1
            for mark in manner.copied or ("", "")
        )
        self.grammar = context.grammar(manner.gbnf)
        try:
            context.evaluate(prefix)
            context.evaluate(suffix)
            if self.grammar.choose(context.logits()) is None:
                raise ModelError(
                    f"model {context.name} has no token to begin an answer with; choose another "
                    "model"
                )
        except ModelError:
            self.grammar.close()
            raise

    def answer(self, text: str, cancelled: Callable[[], bool] = never) -> RawAnswer:
        """Answer a text, token by token.

        Until the model or the grammar ends the answer, or ``cancelled`` does.
        """
        with self._lock:
            if self._closed:
                raise ModelError(f"model {self.context.name} is closed")
            self.context.forget(len(self.prefix))
            self.context.evaluate([*self.context.tokens(text), *self.suffix])
            answer = self._write(text, cancelled)
            rare = self.context.rare(text) if self._manner.tells_rare else ()
            return replace(answer, rare=rare)

    def close(self) -> None:
        """Free the model's memory. Idempotent."""
        with self._lock:
            if not self._closed:
                self.grammar.close()
                self.context.close()
            self._closed = True

    def _write(self, text: str, cancelled: Callable[[], bool]) -> RawAnswer:
        self.grammar.restart()
        span: Span | None = None
        written, count, doubt, trusted = b"", 0, 0.0, self._manner.trusted
        limit, ended = min(self._manner.longest, self.context.size - self.context.used), False
        while count < limit and not ended and not cancelled():
            logits = self.context.logits()
            if span:
                logits = span.narrowed(logits)
            token = self.grammar.choose(logits)
            if token is None:  # this vocabulary cannot spell what the grammar wants next
                break
            # a pass over the vocabulary: 10 us for 2 thousand tokens, a millisecond for 262
            # thousand
            if trusted:
                doubt += surprise(logits, token)
            if self.context.is_end(token):
                ended = True
                break
            self.grammar.accept(token)
            if span and not span.accept(token):
                span = None
            elif token == self._opening:
                span = self._span(text)
            written, count = written + self.context.piece(token), count + 1
            ended = written.endswith(self._manner.end)
            if not ended:
                self.context.evaluate([token])
        answer = written.decode("utf-8", "replace")
        if not ended:
            return RawAnswer(answer, count, finished=False)
        return RawAnswer(answer, count, True, math.exp(-doubt), trusted)

    def _span(self, text: str) -> Span:
        tokens = self.context.tokens(source(text))
        return Span(tokens, [self.context.piece(token) for token in tokens], self._closing)
