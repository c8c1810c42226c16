"""Yes and no, recognized without the model."""

from __future__ import annotations

import re

from tank_core.english import read
from tank_core.english.plain import normalize

_ANSWERS = {
    tuple(phrase.split()): said == "yes"
    for said, phrases in read("answers").items()
    for phrase in phrases.split(",")
}


def answer_of(text: str) -> bool | None:
    """Whether a sentence says yes or no, and nothing else; None: neither."""
    return _ANSWERS.get(tuple(re.findall(r"[^\W_]+", normalize(text).replace("'", ""))))
