"""The interface of a language model.

It answers a sentence with text, and its form says how that text becomes commands.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NoReturn, Protocol

from tank_core.commands import Command, commands_from_json, commands_to_json
from tank_core.exceptions import InvalidCommandError, ModelError, TankError
from tank_language.prompt import Form
from tank_language.schema import schema_problem
from tank_language.shorthand import (
    NOT_A_COMMAND,
    Expansion,
    Refusal,
    ShorthandError,
    expand,
    from_tokens,
)


class AnswerError(TankError, ValueError):
    """An answer of a model that means nothing in the command language."""


@dataclass(frozen=True)
class RawAnswer:
    """The text that a model wrote.

    ``finished`` is false when it ran out of room or was cancelled: then the text means nothing.

    ``confidence`` is the probability in [0, 1] that the model gives to this answer; below
    ``trusted`` its maker does not trust it.
    """

    text: str
    tokens: int
    finished: bool = True
    confidence: float = 1.0
    trusted: float = 0.0


def never() -> bool:
    """The ``cancelled`` of an answer that nobody wants to end early."""
    return False


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
    """Stands in for a model that could not be loaded.

    It says why to everyone who asks.
    """

    form = Form.JSON
    name = "none"

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def answer(self, instruction: str, cancelled: Callable[[], bool] = never) -> RawAnswer:
        raise ModelError(self.reason)

    def close(self) -> None:
        """Nothing to let go of."""


def read_answer(form: Form, text: str) -> Expansion:
    """The commands that an answer means, or why it means none.

    Raises AnswerError for what is no answer at all.

    Out of scope, out of range and too many steps are Refusals: a good answer to a request that is
    refused whole.
    """
    answer = _read_shorthand(text) if form is Form.SHORTHAND else _read_json(text)
    if isinstance(answer, Refusal):
        return answer
    problem = schema_problem(commands_to_json(answer))
    if problem is not None:
        raise AnswerError(f"the model's answer is not valid: {problem}")
    return answer if answer else Refusal(NOT_A_COMMAND)


def write_answer(commands: Iterable[Command]) -> str:
    """The answer of a model that answers in JSON, as the grammar lets it.

    Compact, keys in the schema's order, 2 and not 2.0.
    """
    data = commands_to_json(commands)
    for command in data["commands"]:
        for key, value in command.items():
            if isinstance(value, float) and value.is_integer():
                command[key] = int(value)
    return json.dumps(data, separators=(",", ":"))


def _read_shorthand(text: str) -> Expansion:
    try:
        return expand(from_tokens(text))
    except ShorthandError as error:
        raise AnswerError(f"the model's answer is not shorthand: {error}") from None


def _read_json(text: str) -> Expansion:
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
