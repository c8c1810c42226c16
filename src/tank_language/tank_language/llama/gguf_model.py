"""A GGUF model run by llama.cpp.

Greedy decoding under a grammar, the prompt's prefix kept in the KV cache.
"""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Callable
from pathlib import Path

from tank_core.exceptions import ModelError
from tank_language import shorthand
from tank_language.llama.constrained import surprise
from tank_language.llama.context import LlamaContext
from tank_language.llama.gguf_header import GgufHeader, read_header
from tank_language.llama.grammar import json_gbnf
from tank_language.llama.model_file import find_model, is_published
from tank_language.llama.trial import try_model
from tank_language.llama.vocabulary import LlamaVocabulary
from tank_language.model import RawAnswer, never
from tank_language.prompt import Form, Turns, asks, render, turns_of

FORM_KEY = "tank.answer"  # a GGUF's metadata key; only our own models have it
# the confidence from which on answers are trusted, in [0, 1]; without it, all are
TRUSTED_KEY = "tank.trusted"
DEFAULT_CONTEXT = 2048  # [tokens]
MAX_ANSWER = {Form.SHORTHAND: 384, Form.JSON: 1024}  # [tokens]
# nothing can follow these, so the model need not say it
_ENDS = {Form.SHORTHAND: f"<{shorthand.NONE}>".encode(), Form.JSON: b"]}"}


def load_model(
    path: str | Path = "", threads: int = 0, context: int = DEFAULT_CONTEXT
) -> LlamaModel:
    """The model at ``path``, or the default one (see ``find_model``).

    ``threads`` 0 leaves one core to the others.

    Raises ModelError, in one line, for a missing, damaged, truncated or foreign file. Such a file
    never ends this process: one whose sha256 is not published beside it is tried in another first,
    which takes about a second more.
    """
    file = find_model(str(path))
    header = read_header(file)
    if not is_published(file):
        try_model(file, context)
    return LlamaModel(file, header, threads or default_threads(), context)


def default_threads() -> int:
    """All cores but one, at most 4.

    llama.cpp's threads wait for each other in a busy loop: one of them without a core of its own
    costs seconds an answer (measured on two cores beside other work: 13 ms with one thread, 140 to
    5500 ms with two).
    """
    return max(1, min(4, len(os.sched_getaffinity(0)) - 1))


def frame(
    vocabulary: LlamaVocabulary, form: Form, turns: Turns, asking: str
) -> tuple[list[int], list[int]]:
    """The tokens before and after a sentence, which has tokens of its own.

    The same in training and on the robot.
    """
    prompt = render("", form, turns, asking)
    return vocabulary.tokens(
        prompt.prefix, special=True, begin=form is Form.JSON
    ), vocabulary.tokens(prompt.suffix, special=True)


class LlamaModel:
    """A loaded GGUF.

    The same instruction always gets the same answer. Thread-safe: answers are given one after the
    other.
    """

    def __init__(self, path: Path, header: GgufHeader, threads: int, context: int) -> None:
        self.name = path.name
        self.form = (
            Form.SHORTHAND if header.metadata.get(FORM_KEY) == Form.SHORTHAND.value else Form.JSON
        )
        self._turns, self._asking = turns_of(header.metadata), asks(header.metadata)
        self._trusted = float(header.metadata.get(TRUSTED_KEY, 0.0))
        self._lock = threading.Lock()
        self._closed = False
        self._context = LlamaContext(path, threads, context)
        try:
            self._grammar = self._context.grammar(
                shorthand.gbnf() if self.form is Form.SHORTHAND else json_gbnf()
            )
            self._prefix, self._suffix = self._ends()
            self._try()
        except ModelError:
            self._context.close()
            raise

    def answer(self, instruction: str, cancelled: Callable[[], bool] = never) -> RawAnswer:
        """Answer an instruction, token by token.

        Until the model or the grammar ends the answer, or ``cancelled`` does.
        """
        with self._lock:
            if self._closed:
                raise ModelError(f"model {self.name} is closed")
            sentence = render(instruction, self.form).sentence
            self._context.forget(len(self._prefix))
            self._context.evaluate([*self._context.tokens(sentence), *self._suffix])
            return self._write(cancelled)

    def close(self) -> None:
        """Free the model's memory. Idempotent."""
        with self._lock:
            if not self._closed:
                self._grammar.close()
                self._context.close()
            self._closed = True

    def _ends(self) -> tuple[list[int], list[int]]:
        """The tokens before and after the sentence."""
        prefix, suffix = frame(self._context, self.form, self._turns, self._asking)
        if self.form is Form.SHORTHAND and (len(prefix), len(suffix)) != (1, 1):
            prompt = render("", self.form)
            raise ModelError(
                f"model {self.name} has {FORM_KEY} = shorthand, but not the tokens {prompt.prefix} "
                f"and {prompt.suffix}"
            )
        return prefix, suffix

    def _try(self) -> None:
        """Evaluate the prefix, which stays, and a first token.

        A model that cannot answer is found out now, not in use.
        """
        self._context.evaluate(self._prefix)
        self._context.evaluate(self._suffix)
        if self._grammar.choose(self._context.logits()) is None:
            raise ModelError(
                f"model {self.name} has no token to begin an answer with; choose another model"
            )

    def _write(self, cancelled: Callable[[], bool]) -> RawAnswer:
        self._grammar.restart()
        text, count, doubt = b"", 0, 0.0
        limit = min(MAX_ANSWER[self.form], self._context.size - self._context.used)
        while count < limit and not cancelled():
            logits = self._context.logits()
            token = self._grammar.choose(logits)
            if token is None:  # this vocabulary cannot spell what the grammar wants next
                break
            # a pass over the vocabulary: 10 us for 2 thousand tokens, a millisecond for 262
            # thousand
            if self._trusted:
                doubt += surprise(logits, token)
            if self._context.is_end(token):
                return self._said(text, count, doubt)
            self._grammar.accept(token)
            text, count = text + self._context.piece(token), count + 1
            if text.endswith(_ENDS[self.form]):
                return self._said(text, count, doubt)
            self._context.evaluate([token])
        return RawAnswer(text.decode("utf-8", "replace"), count, finished=False)

    def _said(self, text: bytes, count: int, doubt: float) -> RawAnswer:
        return RawAnswer(
            text.decode("utf-8", "replace"), count, True, math.exp(-doubt), self._trusted
        )
