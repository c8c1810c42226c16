"""How a sentence is put to a model.

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
from tank_language.schema import command_schema

_PLAIN = str.maketrans({
    **dict.fromkeys("‘’‚‛`´ʼ′", "'"),
    **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("°º˚", " degrees "),
    # Signs that say nothing in a sentence. Angle brackets spell the models' own tokens (<out>,
    # <end_of_turn>), too.
    **dict.fromkeys("<>*_#~^|\\{}[]=$@+", " "),
    "⁄": "/", "×": "x", "…": "...",
    # What changes a number is no mere sign: as it is said, the check of amounts refuses it.
    "±": " +-", "∓": " -", "√": " root ", "∛": " cube root ", "∜": " root ", "²": " squared ",
    "³": " cubed ",
})  # fmt: skip
UNIT_SIGNS = range(0x3300, 0x3400)  # "㎝" is one character, a symbol by its category, and means cm
_KEYCAP = "\u20e3"
_WORD = r"(?=[^\W\d]{2})(?!(?:[cmk]m|ft|in|yd|mi|deg|rad|sec|min|meter|metre|feet|foot|degree|inch|yard|step|second|minute)s?\b)"
_LIST_NUMBER = re.compile(
    rf"(?:(?<=\s)|^)\(?(?:(?:step|task|no\.?) )?(\d{{1,2}})(?:[.):]{{1,2}}|{_KEYCAP}[.):]?| -)(?=\s)"
)
_FIRST_NUMBER = re.compile(
    rf"\(?(?:(?:step|task) )?\d{{1,2}}(?:[.):]{{1,2}}|{_KEYCAP}[.):]?) {_WORD}"
)
_LISTED_LINE = re.compile(r"(?m)^[^\S\n]*\(?\d{1,2}[.):-]+[^\S\n]*" + _WORD)
_SPELLED_SIGNS = {
    **dict.fromkeys("🛑⛔✋🖐🤚", " stop "),  # what a person shows who wants one to stop
    **dict.fromkeys("πΠ𝜋𝝅", " pi "),
    "∕": "/",
    "➖": "-",
    "➗": "÷",
}
# What people paste and type that looks like words or numbers and is none.
_TAG = re.compile(
    r"</?(?:a|b|i|u|s|p|br|hr|em|strong|span|div|code|pre|li|ul|ol|h[1-6]|small|mark|del|kbd|td|tr|table)"
    r"(?:\s+[\w-]+=[^<>]*)?\s*/?>",
    re.I,
)
_SHORTCODE = (
    r":(?:[a-z0-9+-]*_[a-z0-9_+-]*|[+-]1|hearts?|pray|smile|smiley|joy|fire|rocket|robot|tada|eyes|grin|wink|thumbsup|"
    r"sob|clap|muscle|100|warning|bulb|sparkles|star|sunglasses):"
)
_FACE = re.compile(
    rf"(?:(?<=\s)|^)(?:{_SHORTCODE}|</?3+(?=\W*$)|:'?-?3(?=\W*$)|8-\)|[:;=]['o^-]?(?:[()\[\]/\\|*$]+|([dpxo])\1*)|"
    r"x+d+|\[[ x]?\]|-_+-)(?=[\s.,!?]|$)",
    re.I,
)
_SPLIT_DIGITS = re.compile(
    r"(?<=\d)[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]+(?=\d)"
)
_MARKS_AT_ENDS = re.compile(r"^(?:[/-]+\s+)+|(?:\s+[/-]+)+$|(?<!\S)(?:/{2,}|-{2,})(?!\S)")
_QUOTED = re.compile(r"^(['\"])([^'\"]*)\1$")
_REWRITTEN = tuple((re.compile(pattern), plain) for pattern, plain in (
    (f"[{''.join(_SPELLED_SIGNS)}]", lambda match: _SPELLED_SIGNS[match[0]]),
    (r"~~[^~]+~~", " "),  # struck out
    (r"(?<![-=])[-=]+>|<[-=]+", " "),
    (r"(?m)^[^\S\n]*[-–—]+[^\S\n]*(?=[^\W\d])", " "),  # a list without numbers
    (r"[\[{]?(?<!\d)(\d{1,2})[\]}](?=\s+[^\W\d]{2})", r"(\1)"),
    # a quoted number is no feet or inches
    (r"(?<!\w)([\"'`´’‘“”])(\d[\d.,]*)[\"'`´’‘“”]", r" \2 "),
    (r"(?<=\d)\s*[\"'‘“]([a-zA-Z]+)[\"'’”]", r" \1 "),  # nor is a quoted unit
    (r"(?<=\d)[·˙٫](?=\d)", "."),
    (r"(?<=\d)(?:''|’’|′′)", '"'),
    (r"(?<=\d)-(?=\d+/\d)", " "),  # 1-1/2
    (rf"(?<=\d)\ufe0f?{_KEYCAP}(?=\s*\d\ufe0f?{_KEYCAP})\s*", ""),  # two keycaps are one number
    (r"(?<=\s)(?:[:;]-?[()3]|<3)(?=\s|$)", " "),  # faces and hearts
))  # fmt: skip
# "1,5 m" and "1,500 mm". More digits before a decimal comma are two numbers: "left 90,2 m ahead".
_DECIMAL_COMMA = re.compile(r"(?<![\d.,])([0-9]),([0-9]{1,2})(?!\d|[.,]\d)")
_SWISS = re.compile(r"(?<=\d)'(?=[0-9]{3}\b)")
_ZERO = re.compile(r"(?<=\d)o(?![a-z'])")  # "9o", typed for 90
# here the last quotation mark is not an inch
_QUOTED_NUMBER = re.compile(r"""(?<![\w"'])(["'])((?:(?!\1).)*\d)\1(?!\w)""")
_THOUSANDS = re.compile(r"(?<![\d.,])([0-9]{1,3}),([0-9]{3})(?!\d|,\d)")
_DIGIT_BEFORE_FRACTION = re.compile(r"(?<=\d)(?=[¼-¾⅐-⅞])")


def normalize(text: str) -> str:
    """Unicode in its plain form (NFKD), straight quotes and dashes, no accents or invisible
    characters, single spaces, lower case.

    Signs that are no part of a sentence are spaces: emoji, arrows, bullets, the numbers of a list.
    A stop sign is the word. A comma inside a number becomes a point ("1,5") or goes ("1,500").


    """
    text = _SPLIT_DIGITS.sub(" ", _FACE.sub(" ", _TAG.sub(" ", html.unescape(text))))
    text = _DIGIT_BEFORE_FRACTION.sub(" ", text)  # "1½" would become "11/2"
    for pattern, plain in _REWRITTEN:
        text = pattern.sub(plain, text)
    if len(_LISTED_LINE.findall(text)) > 1:
        text = _LISTED_LINE.sub(" ", text)
    text = "".join(map(_plain_sign, text.translate(_PLAIN)))
    text = unicodedata.normalize("NFKD", text).translate(_PLAIN)
    visible = "".join(
        " " if _is_sign(char) and char != _KEYCAP else char
        for char in text
        if unicodedata.category(char) not in ("Cf", "Mn", "Me") or char == _KEYCAP
    )
    visible = _THOUSANDS.sub(r"\1\2", _DECIMAL_COMMA.sub(r"\1.\2", _SWISS.sub("", visible)))
    visible = _QUOTED_NUMBER.sub(r"\2", _ZERO.sub("0", " ".join(visible.lower().split())))
    plain = " ".join(_without_list_numbers(visible).replace(_KEYCAP, "").split())
    return " ".join(_MARKS_AT_ENDS.sub(" ", _QUOTED.sub(r"\2", plain)).split())


def _plain_sign(char: str) -> str:
    """A symbol as a space, before its plain form could spell letters (a trademark sign is "tm");
    a decimal of any script as ours.

    A raised or lowered number stands apart: "2²" is not 22.


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
    """Whether a character of a plain text is neither a letter nor a number, and none of the
    keyboard.
    """
    return not char.isascii() and unicodedata.category(char)[0] in "SPMN" and not char.isspace()


def _without_list_numbers(text: str) -> str:
    """ "1. turn left 2. stop" without the numbers, which follow one another from the beginning or
    after a colon.
    """
    marks = list(_LIST_NUMBER.finditer(text))
    if not marks:
        return text
    before, first = text[: marks[0].start()].rstrip(), int(marks[0][1])
    if before and (not before.endswith(":") or first != 1):
        return text
    if [int(mark[1]) for mark in marks] != list(range(first, first + len(marks))):
        return _without_some(text, first) if _FIRST_NUMBER.match(text) else text
    if len(marks) > 1 or _FIRST_NUMBER.match(text):
        return " ".join(_LIST_NUMBER.sub(" ", text).split())
    return text


def _without_some(text: str, number: int) -> str:
    """A list that has amounts before points, too ("1. turn left 90.

    2. go on"): its numbers begin sentences.
    """
    gone = []
    for mark in _LIST_NUMBER.finditer(text):
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
    """What the model reads.

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
    """The prompt of an instruction.

    ``asking``: the user's turn (default: the task with examples).

    The small model needs no explanation: ``<bos>sentence<out>``.

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


def _example(sentence: str, *commands: dict[str, Any]) -> str:
    return f"{sentence} -> {json.dumps({'commands': commands}, separators=(',', ':'))}"


TASK = "\n".join((
    'Translate the instruction for a small tracked robot into JSON, {"commands":[...]}: the steps in the order of execution. They are',
    _brief(command_schema()),
    "Unsaid: distance 1.0, angle 90, duration 1.0; convert all units to metres, degrees, seconds.",
    "A step is 0.5 m; a bit is 0.5 m or 30 degrees.",
    "Leave speed, cell, color, shape out unless they are said. Repetitions are written out.",
    'Anything that the robot cannot do, questions and small talk are {"commands":[]}.',
    _example("go back half a meter slowly",
    {"action": "move", "direction": "backward", "distance_m": 0.5, "speed": "slow"}),
    _example(
        "turn around and grab the red cube",
        {"action": "turn", "direction": "right", "angle_deg": 180},
        {"action": "grasp", "color": "red", "shape": "cube"},
    ),
    _example("play some music"),
    f"Instruction: {SENTENCE}",
))  # fmt: skip
