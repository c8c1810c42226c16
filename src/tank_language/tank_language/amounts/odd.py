"""Amounts that are no plain number: ranges, speeds, powers, signs. Pure."""

from __future__ import annotations

import re
import unicodedata

from tank_core.english import filled, fragments, patterns, read
from tank_core.english.plain import UNIT_SIGNS

ADVICE = "say one plain number with its unit"
_PARTS = fragments("odd")
_RE = patterns("odd")
NUMBER, SIZE = _PARTS["NUMBER"], _PARTS["SIZE"]
_ODD = tuple(
    (re.compile(filled(text, _PARTS)), what) for entry in read("odd")["odd"]
    for what, text in entry.items()
)  # fmt: skip


def odd_amount(text: str) -> str | None:
    """Say what in a plain sentence is no plain amount, and a cure; or None."""
    for pattern, what in _ODD:
        if match := pattern.search(text):
            cure = "the speeds are slow, normal and fast" if what == "speed" else ADVICE
            return f"{read('odd')['reasons'][what].format(match[0].strip())}; {cure}"
    return None


def odd_sign(sentence: str) -> str | None:
    """Return a sign that changes the meaning but not the normalized text.

    ``normalize`` leaves such signs out. ``sentence`` is as it was typed; None where it holds no
    such sign.
    """
    text = sentence.lower()
    if not text.isascii():
        for char in text:
            if _is_power(char):
                return f"{char!r} is no plain number; {ADVICE}"
        if match := _RE["no_sign"].search(text):
            return f"{match[0]!r} may forbid it; say so in words"
    if match := _RE["math"].search(text) or _RE["money"].search(text):
        return f"{match[0]!r} is no plain number; {ADVICE}"
    if (match := _RE["arrows"].search(text)) and (
        match[1] or match[2] or not re.search(r"\b(?:left|back\w*|lft)\b", text)
    ):
        return (
            f"{(match[1] or match[2] or match[3])!r} is no word; say left, right, forward or "
            "backward"
        )
    return None


def _is_power(char: str) -> bool:
    """Whether a digit is raised or lowered, also within one sign ("㎠")."""
    if ord(char) in UNIT_SIGNS:
        return any(one.isdigit() for one in unicodedata.normalize("NFKD", char))
    return unicodedata.category(char) == "No" and unicodedata.decomposition(char).startswith(
        ("<super>", "<sub>")
    )
