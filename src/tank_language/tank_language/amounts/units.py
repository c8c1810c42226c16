"""Whether the word after a number may be a unit that nobody here knows. Pure."""

from __future__ import annotations

from tank_language.amounts.spoken import NUMBER_WORDS, PARTS, UNITS, slipped
from tank_language.english import word_set

_MAY_FOLLOW = word_set("amounts", "may_follow")


def is_strange(following: list[str]) -> bool:
    """Whether the first word is no unit and may not follow a number."""
    word = following[0] if following else ""
    known = not word.isalpha() or any(
        word in words for words in (_MAY_FOLLOW, NUMBER_WORDS, PARTS, UNITS)
    )
    return not known and not any(
        slipped(word, name) for name in _MAY_FOLLOW if len(name) >= 4 and word != f"{name}s"
    )
