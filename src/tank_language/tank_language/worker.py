"""A thread for the model, with a bounded queue that a stop word overtakes."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tank_core.english.stop_words import is_stop
from tank_core.exceptions import ModelError
from tank_language.confirmation import Confirmation
from tank_language.conversation import Conversation
from tank_language.model import LanguageModel, MissingModel
from tank_language.translator import (
    CANCELLED,
    Translation,
    Translator,
    Verdict,
    rejected,
    stopped,
)

QUEUE_LENGTH = 16
NOTICE_WITHIN = 1.0  # [s]; a model asks before each token whether it shall go on


@dataclass(frozen=True)
class Instruction:
    """A sentence on its way; ``stamp`` is its sender's mark and comes back.

    ``rehearsed``: only its meaning is wanted. Nothing is done, so nothing can lean on it.
    """

    text: str
    stamp: Any
    arrived: float  # [s] on the worker's clock
    rehearsed: bool = False


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
        confirm_below: float = 0.0,
        nice: int = 0,
    ) -> None:
        """``confirm_below``: what the model is less sure of, 0 to 1, is asked.

        ``nice``: of its thread (nice(2)), so that other threads come first.
        """
        self._nice = nice
        self._load, self._deliver = load, deliver
        self._on_model, self._on_fault = on_model, on_fault
        self._capacity, self._clock = capacity, clock
        self._changed = threading.Condition()
        self._conversation = Conversation()  # of what was delivered as understood
        self._confirmation = Confirmation(confirm_below)
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

    def submit(self, text: str, stamp: Any = None, *, rehearsed: bool = False) -> None:
        """Take an instruction, or one of which only the meaning is wanted.

        Returns at once; a stop word is delivered before that, and drops all that came before it.
        It is never just rehearsed: a stop stops.
        """
        stop = is_stop(text)
        instruction = Instruction(text, stamp, self._clock(), rehearsed and not stop)
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
        """Reject all that waits or runs; wait a moment for the model to notice."""
        with self._changed:
            self._drop(reason)
            self._changed.wait_for(lambda: not self._busy, NOTICE_WITHIN)

    def forget_question(self) -> None:
        """Let no yes count that comes from now on, until something is asked."""
        with self._changed:
            self._confirmation.clear()

    def close(self) -> None:
        """Drop everything, end the thread and close the model. Idempotent."""
        with self._changed:
            self._closed = True
            self._drop("the translation has ended")
            self._changed.notify_all()
        self._thread.join()

    def _drop(self, reason: str) -> None:
        self._dropped = reason
        self._confirmation.clear()
        while self._waiting:
            self._hand_over(self._waiting.popleft(), rejected(reason))

    def _hand_over(self, instruction: Instruction, translation: Translation) -> None:
        if translation.verdict is Verdict.OK and not instruction.rehearsed:
            self._conversation.accept(translation.commands, self._clock())
        try:
            self._deliver(
                instruction, replace(translation, latency_s=self._clock() - instruction.arrived)
            )
        except Exception as error:
            self._on_fault(error)

    def _run(self) -> None:
        if self._nice:
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), self._nice)
        translator = Translator(self._loaded_model(), self._clock)
        self._on_model(translator.model)
        while (instruction := self._next()) is not None:
            translation = self._translated(translator, instruction)
            with self._changed:
                if self._dropped:
                    translation = rejected(self._dropped)
                elif not instruction.rehearsed:
                    translation = self._confirmation.judge(translation, self._clock())
                self._hand_over(instruction, translation)
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
            with self._changed:
                answer = (
                    None
                    if instruction.rehearsed
                    else self._confirmation.answer(instruction.text, instruction.arrived)
                )
                previous = self._conversation.previous(self._clock())
            if answer is not None:
                return answer
            return translator.translate(instruction.text, lambda: bool(self._dropped), previous)
        except Exception as error:
            self._on_fault(error)
            return rejected(f"the translation failed: {type(error).__name__}: {error}")
