"""The interface of a language model: a sentence in, an answer in a form out."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NoReturn, Protocol

from tank_core.commands import commands_from_json
from tank_core.commands.schema import schema_problem
from tank_core.commands.shorthand import (
    NOT_A_COMMAND,
    Refusal,
    ShorthandError,
    Step,
    from_tokens,
    read,
)
from tank_core.exceptions import InvalidCommandError, ModelError, TankError
from tank_language.prompt import Form
from tank_llama.answer import RawAnswer, never

Answer = tuple[Step, ...] | Refusal


class AnswerError(TankError, ValueError):
    """An answer of a model that means nothing in the command language."""


class LanguageModel(Protocol):
    """A model. One thread at a time asks it; ``close`` is idempotent."""

    form: Form
    name: str

    def answer(self, instruction: str, cancelled: Callable[[], bool] = never) -> RawAnswer:
        """Answer an instruction; ``cancelled`` is asked before each token.

        Raises ModelError.
        """
        ...

    def close(self) -> None:
        """Let go of the model's memory."""
        ...


class MissingModel:
    """Stands in for a model that could not be loaded, and says why."""

    form = Form.JSON
    name = "none"

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def answer(self, instruction: str, cancelled: Callable[[], bool] = never) -> RawAnswer:
        raise ModelError(self.reason)

    def close(self) -> None:
        """Nothing to let go of."""


def read_answer(form: Form, text: str) -> Answer:
    """The steps that an answer means, or why it means none.

    Raises AnswerError for what is no answer at all.

    Out of scope, out of range and too many steps are Refusals: a good answer to a request that is
    refused whole.
    """
    answer = _read_shorthand(text) if form is Form.SHORTHAND else _read_json(text)
    return answer or Refusal(NOT_A_COMMAND)


def _read_shorthand(text: str) -> Answer:
    try:
        return read(from_tokens(text))
    except ShorthandError as error:
        raise AnswerError(f"the model's answer is not shorthand: {error}") from None


def _read_json(text: str) -> Answer:
    try:
        data = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise AnswerError(f"the model's answer is not JSON: {error}") from None
    problem = schema_problem(data, limits=False)
    if problem is not None:
        raise AnswerError(f"the model's answer is not valid: {problem}")
    try:
        return commands_from_json(data)
    except InvalidCommandError as error:
        return Refusal(str(error))


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")
