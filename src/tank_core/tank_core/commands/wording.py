"""Commands in the operator's words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from tank_core.commands.actions import Command
from tank_core.commands.json_form import equivalent
from tank_core.commands.kinds import fields_of

# What a robot that is not sure says in place of a meaning, and what of the answer.
_QUESTION, _ANSWERS = "Did you mean: ", "? yes / no"
DECLINED = "all right, nothing is done; say it in other words"
# why a sentence that a stop overtook means nothing
CANCELLED = "dropped by stop"
EARLY_ANSWER = "that yes was said before the question; say the whole sentence again"
LATE_ANSWER = "that question is too old to be answered; say the whole sentence again"
ANSWERS = (DECLINED, EARLY_ANSWER, LATE_ANSWER)  # to an answer, all that nothing is done for
MOST_TOLD = 3  # of the steps that were understood in two ways, and are not done
_FIELD, _OPTIONAL = re.compile(r"\{(\w+)\}"), re.compile(r"\[([^]]*)\]")


def describe(command: Command) -> str:
    """A command in the operator's words, such as "move forward 1 m, slow".

    The ``says`` of its action or form is the sentence: a field in braces, or the object that color
    and shape name; what stands in square brackets is left out when its field was not said.
    """
    kinds = {field.name: field.kind for field in fields_of(type(command))}
    unsaid = {name for name in kinds if getattr(command, name) is None}
    unsaid |= {"object"} if {"color", "shape"} <= unsaid else set()

    def optional(part: re.Match[str]) -> str:
        return "" if unsaid & {*_FIELD.findall(part[1])} else part[1]

    def word(part: re.Match[str]) -> str:
        name = part[1]
        value: Any = None if name == "object" else getattr(command, name)
        said = object_name(command) if name == "object" else kinds[name].said(value)
        return _FIELD.sub(word, said)

    form = command.form
    says = form.says if form is not None and form.says else command.says
    return _FIELD.sub(word, _OPTIONAL.sub(optional, says))


def in_words(commands: Sequence[Command], most: int | None = None) -> str:
    """Steps in order: "turn left, then stop"; ``most`` of them, then dots."""
    told = [describe(command) for command in commands[:most]]
    return ", then ".join([*told, *["..."] * (len(commands) > len(told))])


def did_you_mean(commands: Sequence[Command]) -> str:
    """The question whether a request means these steps, all of them."""
    return f"{_QUESTION}{in_words(commands)}{_ANSWERS}"


def asks_back(reason: str) -> bool:
    """Whether the reason why nothing is done is that question.

    Then the instruction "yes" has the steps done, and "no", or any other one, has not.
    """
    return reason.startswith(_QUESTION) and reason.endswith(_ANSWERS)


def object_name(command: Command) -> str:
    """The object that a command is about.

    "the red cube", or "the object" when neither color nor shape was said.
    """
    color, shape = getattr(command, "color", None), getattr(command, "shape", None)
    return " ".join(["the", *([str(color)] if color else []), str(shape or "object")])


def disagreement(one: Sequence[Command], other: Sequence[Command]) -> str:
    """Say that a request was read in two ways; "" when both mean the same."""
    if equivalent(one, other):
        return ""
    if not other:
        return f"I read that as {_told(one)}, but am not sure of it; say it another way"
    same = 0
    while equivalent(one[: same + 1], other[: same + 1]):
        same += 1
    readings = " or ".join(_told(commands, same) for commands in (one, other))
    return f"I can read that in two ways: {readings}; say it another way"


def _told(commands: Sequence[Command], after: int = 0) -> str:
    """The steps in words, after as many that need no telling."""
    told = in_words(commands[after:], MOST_TOLD)
    return f'"{"..., then " if after else ""}{told}"' if told else "nothing more"
