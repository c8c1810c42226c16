"""The plain form of a sentence: what is no part of it goes. Pure."""

from __future__ import annotations

import html
import re
import unicodedata

from tank_core.english import filled, fragments, patterns, read

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
    visible = text.translate(_PLAIN)
    if not visible.isascii():
        visible = _on_a_keyboard(visible)
    visible = _RE["thousands"].sub(
        r"\1\2", _RE["decimal_comma"].sub(r"\1.\2", _RE["swiss"].sub("", visible))
    )
    visible = _RE["quoted_number"].sub(
        r"\2", _RE["zero"].sub("0", " ".join(visible.lower().split()))
    )
    plain = " ".join(_without_list_numbers(visible).replace(_KEYCAP, "").split())
    return " ".join(_RE["marks_at_ends"].sub(" ", _RE["quoted"].sub(r"\2", plain)).split())


def _on_a_keyboard(text: str) -> str:
    text = unicodedata.normalize("NFKD", "".join(map(_plain_sign, text))).translate(_PLAIN)
    return "".join(
        " " if _is_sign(char) and char != _KEYCAP else char
        for char in text
        if unicodedata.category(char) not in ("Cf", "Mn", "Me") or char == _KEYCAP
    )


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
    """Return "1. turn left 2. stop" without the numbers that count on."""
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
    """The letters that no English word has; a small model would guess them."""
    return "".join(
        dict.fromkeys(char for char in sentence if char.isalpha() and not char.isascii())
    )
