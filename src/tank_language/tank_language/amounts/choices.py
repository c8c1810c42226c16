"""Things and ways that are said together; of alternatives none is chosen. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tank_core.commands import Approach, Command, Face, Grasp, Move, Release, Turn
from tank_core.english import by_word, filled, fragments, patterns, read
from tank_core.english.spelling import slipped
from tank_language.amounts.odd import NUMBER, SIZE

_COLORS, _SHAPES = by_word(read("choices")["colors"]), by_word(read("choices")["shapes"])
_PARTS = fragments(
    "choices", COLOR="|".join(_COLORS), SHAPE="|".join(_SHAPES), NUMBER=NUMBER, SIZE=SIZE
)
_RE = patterns("choices", **_PARTS)
CHANGED = _RE["changed"]
_TOGETHER = tuple(
    re.compile(filled(read("choices")["together"], {**_PARTS, "KIND": kind}))
    for kind in (_PARTS["COLOR"], _PARTS["SHAPE"])
)


def left_out(text: str, commands: Sequence[Command], leans: bool = False) -> str | None:
    """Say what of several things or ways is not in the commands.

    None where nothing is. ``text``: a normalized sentence; ``leans``: it may lean on the last one.
    """
    match: re.Match[str] | None
    looks = {
        str(look)
        for one in commands
        for field in ("color", "shape")
        if (look := getattr(one, field, None))
    }
    said = [(_COLORS | _SHAPES)[match[1]] for match in _RE["said"].finditer(text)] if looks else []
    for match in _RE["refused"].finditer(text) if looks else ():
        color = _COLORS[match[1] or match[2]]
        if color in looks and said.count(color) == 1:
            return f"{match[0]!r} says what is not meant; say what is"
    if looks and (match := _RE["chosen"].search(text)):
        return f"which one {match[0]!r} is cannot be told; name its color or shape"
    if commands and not leans and (match := _RE["leans"].match(text)):
        return f"what {match[0]!r} means is not known; say the whole instruction"
    if CHANGED.search(text):
        return None  # one of them was chosen
    if looks and (match := _RE["several"].search(text)):
        return f"{match[0]!r} is more than one thing; say what is to be done with each"
    for kind, pattern in zip((_COLORS, _SHAPES), _TOGETHER, strict=True):
        meant = looks & {*kind.values()}
        if not meant or any(said.count(look) > 1 for look in meant):
            continue
        for match in pattern.finditer(text):
            if not {kind[match[1]], kind[match[2]]} <= meant:
                return f"{match[0]!r} is more than one thing; say what is to be done with each"
    for match in _RE["slipped"].finditer(text) if looks else ():
        pair = [_slipped_color(word) for word in match.groups()]
        if all(pair) and {*match.groups()} & _COLORS.keys() and not {*pair} <= looks:
            return f"{match[0]!r} is more than one thing; say what is to be done with each"
    related = any(getattr(one, "relation", None) for one in commands)
    if looks and not related and (match := _RE["related"].search(text)):
        return f"{match[0]!r} cannot be told from others; name one thing by its color or shape"
    kinds = {*map(type, commands)}
    if (
        kinds & {Move, Turn}
        and kinds & {Approach, Face, Grasp, Release}
        and (match := _RE["from_object"].search(text))
    ):
        return f"{match[0]!r} is no place that can be reached; say what to do step by step"
    if commands and (match := _RE["or"].search(text)):
        return f"{match[0]!r} leaves the choice open; say which"
    ways = {one.direction for one in commands if isinstance(one, Move)}
    if len(ways) == 1 and (match := _RE["both_ways"].search(text)):
        return f"one half of {match[0]!r} was not understood; say each step"
    return None


def _slipped_color(word: str) -> str:
    """The color that a word names, with one slip of the fingers; "" for none."""
    if word in _SHAPES:  # "block" is no "black"
        return ""
    return _COLORS.get(word) or next(
        (color for name, color in _COLORS.items() if slipped(word, name)), ""
    )
