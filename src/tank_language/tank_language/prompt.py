"""Sentences as they are put to a model.

One normalization and one rendering for training, evaluation and robot alike.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tank_core.exceptions import ModelError
from tank_language.english import filled, fragments, patterns, read
from tank_language.schema import command_schema

_ENGLISH, _PARTS, _RE = read("prompt"), fragments("prompt"), patterns("prompt")
_PLAIN, _SPELLED = (
    {ord(sign): plain for plain, signs in _ENGLISH[table].items() for sign in signs}
    for table in ("plain_signs", "spelled_signs")
)
_REWRITTEN = tuple(
    (re.compile(filled(text, _PARTS)), plain) for text, plain in _ENGLISH["rewritten"]
)
_KEYCAP = _PARTS["KEYCAP"]
UNIT_SIGNS = range(0x3300, 0x3400)  # "㎝" is one character, a symbol by its category, and means cm


def normalize(text: str) -> str:
    """Return a sentence in its plain form (NFKD), lower case, single spaces.

    Quotes and dashes are straight; accents and invisible characters go. Signs that are no part of a
    sentence are spaces: emoji, arrows, bullets, the numbers of a list. A stop sign is the word. A
    comma inside a number becomes a point ("1,5") or goes ("1,500").
    """
    text = _RE["split_digits"].sub(
        " ", _RE["face"].sub(" ", _RE["tag"].sub(" ", html.unescape(text)))
    )
    text = _RE["digit_before_fraction"].sub(" ", text).translate(_SPELLED)
    for pattern, plain in _REWRITTEN:
        text = pattern.sub(plain, text)
    if len(_RE["listed_line"].findall(text)) > 1:
        text = _RE["listed_line"].sub(" ", text)
    text = "".join(map(_plain_sign, text.translate(_PLAIN)))
    text = unicodedata.normalize("NFKD", text).translate(_PLAIN)
    visible = "".join(
        " " if _is_sign(char) and char != _KEYCAP else char
        for char in text
        if unicodedata.category(char) not in ("Cf", "Mn", "Me") or char == _KEYCAP
    )
    visible = _RE["thousands"].sub(
        r"\1\2", _RE["decimal_comma"].sub(r"\1.\2", _RE["swiss"].sub("", visible))
    )
    visible = _RE["quoted_number"].sub(
        r"\2", _RE["zero"].sub("0", " ".join(visible.lower().split()))
    )
    plain = " ".join(_without_list_numbers(visible).replace(_KEYCAP, "").split())
    return " ".join(_RE["marks_at_ends"].sub(" ", _RE["quoted"].sub(r"\2", plain)).split())


def _plain_sign(char: str) -> str:
    """Return a symbol as a space, and a decimal of any script as ours.

    Before a symbol's plain form could spell letters (a trademark sign is "tm"). A raised or lowered
    number stands apart: "2²" is not 22.
    """
    if char.isascii():
        return char
    category = unicodedata.category(char)
    if category == "No" and unicodedata.decomposition(char).startswith(("<super>", "<sub>")):
        return f" {unicodedata.digit(char)} "
    if category == "Nd":
        return str(unicodedata.decimal(char))
    circled = (
        category == "No"
        and unicodedata.decomposition(char).startswith(("<circle>", "<compat> 0028"))
    ) or "❶" <= char <= "➓"
    return " " if circled or (category in ("So", "Sk") and ord(char) not in UNIT_SIGNS) else char


def _is_sign(char: str) -> bool:
    """Whether a character is no letter, no number and not on a keyboard."""
    return not char.isascii() and unicodedata.category(char)[0] in "SPMN" and not char.isspace()


def _without_list_numbers(text: str) -> str:
    """Return "1. turn left 2. stop" without the numbers.

    They follow one another from the beginning or after a colon.
    """
    marks = list(_RE["list_number"].finditer(text))
    if not marks:
        return text
    before, first = text[: marks[0].start()].rstrip(), int(marks[0][1])
    if before and (not before.endswith(":") or first != 1):
        return text
    if [int(mark[1]) for mark in marks] != list(range(first, first + len(marks))):
        return _without_some(text, first) if _RE["first_number"].match(text) else text
    if len(marks) > 1 or _RE["first_number"].match(text):
        return " ".join(_RE["list_number"].sub(" ", text).split())
    return text


def _without_some(text: str, number: int) -> str:
    """A list that has amounts before points, too ("1. turn left 90.

    2. go on"): its numbers begin sentences.
    """
    gone = []
    for mark in _RE["list_number"].finditer(text):
        before = text[: mark.start()].rstrip()
        if int(mark[1]) == number and (not before or before[-1] in ".;,!"):
            gone.append(mark.span())
            number += 1
    for start, end in reversed(gone):
        text = f"{text[:start]} {text[end:]}"
    return " ".join(text.split())


def foreign_letters(sentence: str) -> str:
    """The letters of a normalized sentence that no English word has, each once.

    A small model has never seen them, and would guess.
    """
    return "".join(
        dict.fromkeys(char for char in sentence if char.isalpha() and not char.isascii())
    )


class Form(StrEnum):
    """In what form a model answers."""

    SHORTHAND = "shorthand"  # our own small models: GGUF key tank.answer
    JSON = "json"  # every other model


@dataclass(frozen=True)
class Turns:
    """The marks around a user's turn.

    ``mark`` is the one that tells a chat template apart.
    """

    mark: str
    open: str
    close: str


GEMMA = Turns("<start_of_turn>", "<start_of_turn>user\n", "<end_of_turn>\n<start_of_turn>model\n")
CHATML = Turns("<|im_start|>", "<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\n")
LLAMA3 = Turns(
    "<|start_header_id|>",
    "<|start_header_id|>user<|end_header_id|>\n\n",
    "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
)
NO_TURNS = Turns("", "", "\nJSON: ")


def turns_of(metadata: Mapping[str, Any]) -> Turns:
    """The turns that a GGUF's own chat template uses.

    A Gemma without a template has Gemma's, anything else none.
    """
    template = str(metadata.get("tokenizer.chat_template", ""))
    for turns in (GEMMA, CHATML, LLAMA3):
        if turns.mark in template:
            return turns
    return GEMMA if str(metadata.get("general.architecture", "")).startswith("gemma") else NO_TURNS


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
BARE = SENTENCE  # what we fine-tune on: a model that has learnt the task needs no explanation


def asks(metadata: Mapping[str, Any]) -> str:
    """The user's turn that a GGUF's model expects.

    The task with examples for one that does not say.
    """
    template = metadata.get(PROMPT_KEY)
    return checked_asks(template, f"metadata {PROMPT_KEY}") if isinstance(template, str) else TASK


def checked_asks(template: str, where: str) -> str:
    """A user's turn with one place for the sentence.

    Raises ModelError that names where it came from.
    """
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
    """The commands of a schema, one a line, as a short example-like notation.

    "?" marks what may be left out.
    """
    parts = schema["definitions"]
    kinds = [parts[option["$ref"].rpartition("/")[2]] for option in parts["command"]["oneOf"]]
    pairs = [
        [_pair(name, value, kind, parts) for name, value in kind["properties"].items()]
        for kind in kinds
    ]
    return "\n".join("{" + ", ".join(step) + "}" for step in pairs)


def _pair(
    name: str, value: Mapping[str, Any], kind: Mapping[str, Any], parts: Mapping[str, Any]
) -> str:
    value = parts[value["$ref"].rpartition("/")[2]] if "$ref" in value else value
    words = [value["const"]] if "const" in value else value.get("enum", ["number"])
    return f"{name}{'' if name in kind['required'] else '?'}: {'|'.join(words)}"


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
