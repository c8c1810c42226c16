"""The translator: an instruction in, a verdict out."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from tank_core.commands import MAX_INSTRUCTION_CHARS, Command, Stop, commands_to_json
from tank_core.commands.schema import schema_problem
from tank_core.commands.shorthand import NO_PREVIOUS, Previous, Refusal, Step, resolve, said
from tank_core.commands.shorthand.references import Again, More
from tank_core.commands.wording import CANCELLED as CANCELLED
from tank_core.commands.wording import MOST_TOLD, disagreement, in_words
from tank_core.english.plain import foreign_letters, normalize
from tank_core.english.stop_words import is_stop
from tank_core.exceptions import ModelError
from tank_language.amounts.check import checked, objection
from tank_language.amounts.sentence import plain
from tank_language.amounts.words import unsaid_word
from tank_language.both import Both
from tank_language.model import AnswerError, LanguageModel, read_answer
from tank_language.prompt import Form
from tank_llama.answer import never

MOST_RARE = 3  # words that a refusal names


class Verdict(StrEnum):
    """The outcome of an instruction, in the words of CommandList.verdict."""

    OK = "OK"  # there is something to do
    # understood as out of scope or forbidden, or too unsure to act on: nothing to do
    EMPTY = "EMPTY"
    REJECTED = "REJECTED"  # not translated: bad input, no model, no valid answer


@dataclass(frozen=True)
class Translation:
    """The meaning of an instruction.

    ``reason`` is empty exactly when the verdict is OK; ``latency_s`` [s] is the translator's own.
    ``confidence``: the model's in its answer, in [0, 1]; 0 where what it wrote is none. ``unsure``:
    what it would mean, where that alone is why nothing is done.
    """

    commands: tuple[Command, ...]
    verdict: Verdict
    reason: str = ""
    latency_s: float = 0.0
    confidence: float = 1.0
    unsure: tuple[Command, ...] = ()


def rejected(reason: str) -> Translation:
    """An instruction that was not translated."""
    return Translation((), Verdict.REJECTED, reason)


def stopped() -> Translation:
    """Return what every stop word means."""
    return Translation((Stop(),), Verdict.OK)


class Translator:
    """Turns sentences into commands, with one language model.

    Stop words never reach the model, and work without one. Use it as a context manager, or close
    it::

        from tank_language import Translator

        with Translator.load() as translator:
            translation = translator.translate("drive forward one meter")
            print(translation.commands or translation.reason)
    """

    def __init__(
        self, model: LanguageModel, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        """Translate with a model that is there already; ``close`` closes it.

        ``model``: what ``load_model`` returns, a model of one's own, ``MissingModel`` where there
        is none, or ``Both``, of whose two each reads every sentence. ``clock`` [s] measures how
        long that takes. Raises nothing: what a model cannot answer is a verdict of ``translate``.
        """
        self.model = model
        self._clock = clock
        models = (model.quick, model.checking) if isinstance(model, Both) else ()
        self._readers = [Translator(one, clock) for one in models]

    @classmethod
    def load(cls, path: str = "") -> Translator:
        """A translator with the GGUF file at ``path``, or with Tank's own.

        Raises ModelError that says what is wrong with the file, and the cure.
        """
        from tank_language.gguf_model import load_model  # needs llama.cpp; stop words do not

        return cls(load_model(path))

    def __enter__(self) -> Translator:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the model. Idempotent."""
        self.model.close()

    def translate(
        self,
        instruction: object,
        cancelled: Callable[[], bool] = never,
        previous: Previous = NO_PREVIOUS,
    ) -> Translation:
        """The meaning of anything that came as an instruction; no input raises.

        ``cancelled`` ends a running translation. ``previous``: what it may lean on, which a
        ``Conversation`` keeps.
        """
        start = self._clock()
        read = self._read_twice if self._readers else self._translate
        translation = read(instruction, cancelled, previous)
        return replace(translation, latency_s=self._clock() - start)

    def _read_twice(
        self, instruction: object, cancelled: Callable[[], bool], previous: Previous
    ) -> Translation:
        """The meaning that both models read; a refusal needs no check."""
        quick, checking = self._readers
        meant = quick.translate(instruction, cancelled, previous)
        if meant.verdict is not Verdict.OK:
            return meant
        check = checking.translate(instruction, cancelled, previous)
        if check.verdict is Verdict.REJECTED:
            return check
        doubt = disagreement(meant.commands, check.commands)
        return Translation((), Verdict.EMPTY, doubt) if doubt else meant

    def _translate(
        self, instruction: object, cancelled: Callable[[], bool], previous: Previous
    ) -> Translation:
        if isinstance(instruction, str) and is_stop(instruction):
            return stopped()
        problem = instruction_problem(instruction)
        if problem is not None:
            return rejected(problem)
        foreign = foreign_letters(normalize(str(instruction)))
        if foreign and self.model.form is Form.SHORTHAND:
            return rejected(
                f"the instruction holds letters that this model has not learned ({foreign[:8]}); "
                "say it in English"
            )
        try:
            raw = self.model.answer(str(instruction), cancelled)
            if cancelled():
                return rejected(CANCELLED)
            if not raw.finished:
                return _unreadable(
                    f"the model's answer did not end within {raw.tokens} tokens; say less at once"
                )
            answer = read_answer(self.model.form, raw.text)
        except (ModelError, AnswerError) as error:
            return _unreadable(str(error))
        if isinstance(answer, Refusal):
            meant = Translation((), Verdict.EMPTY, answer.reason + _hardly_known(raw.rare))
        else:
            meant = _meaning(str(instruction), answer, previous)
        if meant.commands and raw.confidence < raw.trusted:
            doubt = f"that may mean: {in_words(meant.commands, MOST_TOLD)}; but I am only "
            doubt += f"{raw.confidence:.0%} sure{_hardly_known(raw.rare)}; say it in other words"
            meant = Translation((), Verdict.EMPTY, doubt, unsure=meant.commands)
        return replace(meant, confidence=raw.confidence)


def _hardly_known(words: tuple[str, ...]) -> str:
    """The words that may be why a sentence was not understood, or nothing."""
    if not words:
        return ""
    told = ", ".join(f'"{word}"' for word in words[:MOST_RARE])
    return f"; I hardly know the word{'s' if len(words) > 1 else ''} {told}"


def _unreadable(reason: str) -> Translation:
    """An instruction to which the model wrote no answer, but something else."""
    return replace(rejected(reason), confidence=0.0)


def _meaning(instruction: str, steps: tuple[Step, ...], previous: Previous) -> Translation:
    """The meaning of a model's answer, if it can be what the instruction says."""
    commands = resolve(steps, previous)
    if isinstance(commands, Refusal):
        verdict = Verdict.REJECTED if commands.rejected else Verdict.EMPTY
        return Translation((), verdict, commands.reason)
    if problem := schema_problem(commands_to_json(commands)):
        return rejected(f"the model's answer is not valid: {problem}")
    if commands == steps:
        meant = checked(instruction, commands)
    else:
        own = tuple(step for step in steps if not isinstance(step, (Again, More)))
        meant = (
            objection(instruction, said(steps, previous), leans=True)
            or (own and unsaid_word(plain(instruction), own))  # what stands beside "again"
            or commands
        )
    if isinstance(meant, str):
        return Translation((), Verdict.EMPTY, meant)
    return Translation(meant, Verdict.OK)


def instruction_problem(instruction: object) -> str | None:
    """Say why something cannot be an instruction; None when it can."""
    if not isinstance(instruction, str):
        return f"an instruction is text, not {type(instruction).__name__}"
    if len(instruction) > MAX_INSTRUCTION_CHARS:
        return (
            f"the instruction has {len(instruction)} characters; at most "
            f"{MAX_INSTRUCTION_CHARS} are taken"
        )
    if any(_is_binary(char) for char in instruction):
        return "the instruction holds bytes that are not text; send plain UTF-8"
    sentence = normalize(instruction)
    if not sentence:
        shown = any(unicodedata.category(char)[0] in "SPN" for char in instruction)
        return "the instruction holds no word" if shown else "the instruction is empty"
    # one character can stand for many: U+FDFA is a sentence
    if len(sentence) > MAX_INSTRUCTION_CHARS:
        return (
            f"the instruction has {len(sentence)} characters when written out; at most "
            f"{MAX_INSTRUCTION_CHARS} are taken"
        )
    return None if any(char.isalnum() for char in sentence) else "the instruction holds no word"


def _is_binary(char: str) -> bool:
    """Whether a character is no text.

    Control characters other than white space, half surrogates, unassigned code points, and what
    stands for bad UTF-8.
    """
    return char == "\ufffd" or (
        unicodedata.category(char) in ("Cc", "Cs", "Cn") and not char.isspace()
    )
