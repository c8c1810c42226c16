"""A thread of its own for the model, with a bounded queue before it.

A stop word overtakes everything.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tank_core.exceptions import ModelError
from tank_language.model import LanguageModel, MissingModel
from tank_language.stop_words import is_stop
from tank_language.translator import CANCELLED, Translation, Translator, rejected, stopped

QUEUE_LENGTH = 16
NOTICE_WITHIN = 1.0  # [s]; a model asks before each token whether it shall go on


@dataclass(frozen=True)
class Instruction:
    """A sentence on its way.

    ``stamp`` is its sender's own mark and comes back with the translation.
    """

    text: str
    stamp: Any
    arrived: float  # [s] on the worker's clock


Deliver = Callable[[Instruction, Translation], None]


class TranslationWorker:
    """Translates in the order of arrival, on a thread of its own.

    That thread loads the model first.

    ``deliver`` gets each instruction exactly once, from whichever thread, one call at a time; it
    must be quick and must not call back. After a stop was delivered, nothing that had arrived
    before it is delivered as understood.
    """

    def __init__(
        self,
        load: Callable[[], LanguageModel],
        deliver: Deliver,
        on_model: Callable[[LanguageModel], None] = lambda model: None,
        on_fault: Callable[[Exception], None] = lambda error: None,
        capacity: int = QUEUE_LENGTH,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._load, self._deliver = load, deliver
        self._on_model, self._on_fault = on_model, on_fault
        self._capacity, self._clock = capacity, clock
        self._changed = threading.Condition()
        self._waiting: deque[Instruction] = deque()
        self._dropped = ""  # why the instruction that is being translated no longer counts
        self._busy = False  # one instruction is being translated
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="translation", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Return the number of instructions that wait."""
        return len(self._waiting)

    def submit(self, text: str, stamp: Any = None) -> None:
        """Take an instruction.

        Returns at once; a stop word is delivered before that, and drops all that came before it.
        """
        instruction = Instruction(text, stamp, self._clock())
        stop = is_stop(text)
        with self._changed:
            if stop:
                self._hand_over(instruction, stopped())
                self._drop(CANCELLED)
            elif self._closed:
                self._hand_over(instruction, rejected("the translation has ended"))
            elif len(self._waiting) >= self._capacity:
                full = f"{self._capacity} instructions wait already; say it again when they are "
                self._hand_over(instruction, rejected(f"{full}translated"))
            else:
                self._waiting.append(instruction)
                self._changed.notify_all()

    def refuse(self, text: str, stamp: Any, reason: str) -> None:
        """Deliver an instruction as rejected, without a look at it."""
        with self._changed:
            self._hand_over(Instruction(text, stamp, self._clock()), rejected(reason))

    def drop(self, reason: str) -> None:
        """Deliver all that waits or is being translated as rejected.

        Waits a moment for the model to notice.
        """
        with self._changed:
            self._drop(reason)
            self._changed.wait_for(lambda: not self._busy, NOTICE_WITHIN)

    def close(self) -> None:
        """Drop everything and end the thread, which closes the model.

        Idempotent.
        """
        with self._changed:
            self._closed = True
            self._drop("the translation has ended")
            self._changed.notify_all()
        self._thread.join()

    def _drop(self, reason: str) -> None:
        self._dropped = reason
        while self._waiting:
            self._hand_over(self._waiting.popleft(), rejected(reason))

    def _hand_over(self, instruction: Instruction, translation: Translation) -> None:
        try:
            self._deliver(
                instruction, replace(translation, latency_s=self._clock() - instruction.arrived)
            )
        except Exception as error:
            self._on_fault(error)

    def _run(self) -> None:
        translator = Translator(self._loaded_model(), self._clock)
        self._on_model(translator.model)
        while (instruction := self._next()) is not None:
            translation = self._translated(translator, instruction)
            with self._changed:
                self._hand_over(
                    instruction, rejected(self._dropped) if self._dropped else translation
                )
                self._busy = False
                self._changed.notify_all()
        translator.model.close()

    def _next(self) -> Instruction | None:
        """The next instruction; None when there will be none."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            self._dropped, self._busy = "", bool(self._waiting)
            return self._waiting.popleft() if self._waiting else None

    def _loaded_model(self) -> LanguageModel:
        try:
            return self._load()
        except ModelError as error:
            return MissingModel(str(error))
        except Exception as error:
            self._on_fault(error)
            return MissingModel(f"the model could not be loaded: {type(error).__name__}: {error}")

    def _translated(self, translator: Translator, instruction: Instruction) -> Translation:
        try:
            return translator.translate(instruction.text, cancelled=lambda: bool(self._dropped))
        except Exception as error:
            self._on_fault(error)
            return rejected(f"the translation failed: {type(error).__name__}: {error}")
