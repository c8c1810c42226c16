"""Sentences as they are put to a model.

One normalization and one rendering for training, evaluation and robot alike.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tank_core.commands.schema import command_schema
from tank_core.english import read
from tank_core.english.plain import normalize
from tank_core.exceptions import ModelError
from tank_llama.turns import NO_TURNS, Turns

_ENGLISH = read("prompt")


class Form(StrEnum):
    """In what form a model answers."""

    SHORTHAND = "shorthand"  # our own small models: GGUF key tank.answer
    JSON = "json"  # every other model


@dataclass(frozen=True)
class Prompt:
    """The text that the model reads.

    Only ``sentence`` differs between instructions; it never holds a model's own tokens.
    """

    prefix: str  # kept in the KV cache
    sentence: str
    suffix: str

    def __str__(self) -> str:
        return self.prefix + self.sentence + self.suffix


# a GGUF's metadata key: the user's turn that a model was trained on, SENTENCE in the sentence's
# place
PROMPT_KEY = "tank.prompt"
SENTENCE = "{sentence}"
BARE = SENTENCE  # what we fine-tune on: a model that has learned the task needs no explanation


def asks(metadata: Mapping[str, Any]) -> str:
    """The user's turn that a GGUF expects; the task with examples by default."""
    template = metadata.get(PROMPT_KEY)
    return checked_asks(template, f"metadata {PROMPT_KEY}") if isinstance(template, str) else TASK


def checked_asks(template: str, where: str) -> str:
    """A user's turn with one {sentence}; a ModelError names ``where`` it is."""
    if template.count(SENTENCE) != 1:
        raise ModelError(
            f"{where} has {template.count(SENTENCE)} times {SENTENCE}; write it once, where the "
            "sentence belongs"
        )
    return template


def render(
    instruction: str, form: Form, turns: Turns = NO_TURNS, asking: str | None = None
) -> Prompt:
    """Return the prompt of an instruction.

    ``asking`` is the user's turn (default: the task with examples). The small model needs no
    explanation: ``<bos>sentence<out>``.
    """
    sentence = normalize(instruction)
    if form is Form.SHORTHAND:
        return Prompt("<bos>", sentence, "<out>")
    before, _, after = (TASK if asking is None else asking).partition(SENTENCE)
    return Prompt(turns.open + before, sentence, after + turns.close)


def _brief(schema: Mapping[str, Any]) -> str:
    """The commands of a schema, a line each, then the words that several share."""
    parts = schema["definitions"]
    actions = [option["$ref"].rpartition("/")[2] for option in parts["command"]["oneOf"]]
    forms = [form for name in actions for form in parts[name].get("oneOf", [parts[name]])]
    steps = (
        ", ".join(_pair(name, value, form) for name, value in form["properties"].items())
        for form in forms
    )
    shared = (
        f"{name}: {_choices(parts[name])}" for name in parts if name not in (*actions, "command")
    )
    return "\n".join((*(f"{{{step}}}" for step in steps), "; ".join(shared)))


def _pair(name: str, value: Mapping[str, Any], form: Mapping[str, Any]) -> str:
    mark = "" if name in form["required"] else "?"
    known = value.get("$ref", "").rpartition("/")[2]
    return f"{name}{mark}" if known == name else f"{name}{mark}: {known or _choices(value)}"


def _choices(value: Mapping[str, Any]) -> str:
    words = [value["const"]] if "const" in value else value.get("enum", [value.get("type")])
    return "|".join(map(str, words))


def _example(sentence: str, commands: list[dict[str, Any]]) -> str:
    return f"{sentence} -> {json.dumps({'commands': commands}, separators=(',', ':'))}"


_TASK = _ENGLISH["task"]
TASK = "\n".join((
    _TASK["before"],
    _brief(command_schema()),
    *_TASK["after"],
    *(_example(sentence, commands) for sentence, commands in _TASK["examples"].items()),
    f"Instruction: {SENTENCE}",
))  # fmt: skip
