"""Of several things that are said together each has to be in the answer, and of alternatives
none is chosen. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tank_core.commands import Approach, Command, Face, Grasp, Move, Release, Turn
from tank_language.amounts.odd import NUMBER, SIZE
from tank_language.amounts.spoken import slipped

_COLORS = {
    "red": "red", "crimson": "red", "scarlet": "red", "green": "green", "blue": "blue",
    "navy": "blue", "yellow": "yellow",
    "golden": "yellow", "orange": "orange", "purple": "purple", "violet": "purple",
    "white": "white", "black": "black",
}  # fmt: skip
_SHAPES = {
    "cube": "cube", "box": "cube", "block": "cube", "brick": "cube", "ball": "ball",
    "sphere": "ball", "orb": "ball",
    "cylinder": "cylinder", "tube": "cylinder",
}  # fmt: skip
_COLOR, _SHAPE = "|".join(_COLORS), "|".join(_SHAPES)
_SAID = re.compile(rf"\b({_COLOR}|{_SHAPE})(?:e?s)?\b")
_AND = r"(?:,|/|-|;|\band\b|\badn\b|\bor\b|&|\bplus\b|\bn\b|\bas well as\b|\balso\b)"
_THEN = r"(?: then\b| also\b)?(?: the\b| teh\b| an?\b| any\b)?"
_TOGETHER = tuple(
    re.compile(rf"\b({word})(?:e?s)?\b(?: \w+)? ?{_AND}(?: ?{_AND})?{_THEN} ?({word})(?:e?s)?\b")
    for word in (_COLOR, _SHAPE)
)
_SLIPPED = re.compile(r"\b(\w{3,7}) (?:and|adn|or|n|&)(?: the| teh| an?)? (\w{3,7})\b")
_REFUSED = re.compile(
    r"\b(?:rather than|instead of|except|other than|but not|nor|(?:anything|everything|all) but)(?: to)?(?: the| a| an)? "
    rf"({_COLOR})\b|\bnon[- ]({_COLOR})\b"
)
_OF_THEM = rf"(?: of)?(?: the| my| these| those)?(?: (?:{_COLOR}))?"
_SEVERAL = re.compile(
    rf"\b(?:(?:all|every|each|both|several|many){_OF_THEM} (?:{_SHAPE})(?:e?s)?|"
    rf"(?<!of )all{_OF_THEM} (?:things|objects|items|ones)|(?:up|grab|take|lift|get|collect|fetch) everything|"
    rf"(?!one |1 )(?:a pair|{NUMBER}){_OF_THEM} (?:{_SHAPE})e?s)\b"
)
_CHOSEN = re.compile(
    r"\b(?:second|third|fourth|fifth|last|biggest|smallest|largest|tallest|bigger|smaller|larger|heaviest|lightest)"
    rf"(?: (?:{_COLOR}))? (?:{_SHAPE})\b"
)
_RELATED = re.compile(
    rf"\b(?:{_SHAPE}) (?:(?:which|that) is |that's )?(?:next to|beside|near|close to|by|behind|inside|in|on top of|on|under|from|"
    rf"in front of|(?:to the )?(?:left|right) of) (?:the|an?) (?:(?:{_COLOR}) )?(?:{_SHAPE})\b"
)
# "get the ball 2 m ahead", "approach it within 10 cm": a place beside an object, of which a model
# makes a drive.
_FROM_OBJECT = re.compile(
    rf"\b(?:{_SHAPE}|it down|thing|object)(?: to)?(?: within| at)? (?:about )?(?:an? |{NUMBER} ?){SIZE}\b|"
    rf"\b(?:an? |{NUMBER} ?){SIZE} (?:before|short of|in front of|away from|past|from) (?:it|the|that)\b"
)
_LEANS = re.compile(
    r"(?:(?:please|now|just|ok|okay|and|then|can you|could you) )*(?:do|repeat) (?:that|it|this|the same)"
    rf"(?: again| twice| thrice| once more|,? {NUMBER} (?:more )?times)*[ .!?]*$"
)
_WAY = r"(?:left|right|straight|forwards?|ahead|back\w*|around|turn)"
_OR = re.compile(
    rf"\b(?:[\w.]+),? or (?:(?:to|go|turn|move|drive|roll|swing|spin|rotate|the|an?) )*(?:{_WAY}|go|wait|{_COLOR}|{_SHAPE})\b|"
    rf"\b(?:{_SHAPE}) or (?!so\b|other\b|else\b|something\b|what)\w+"
)
_BOTH_WAYS = re.compile(
    r"\bforwards? (?:and|&|then) (?:then )?back\w*|\bback\w* (?:and|&|then) (?:then )?forwards?\b"
)
# Somebody changes his mind or forbids: then not every amount or thing that is said is meant.
CHANGED = re.compile(
    r"\b(?:better|second thoughts?|hang on|srry|"
    r"no|nope|nah|not|n't|dont|don't|never|without|wait,|wait no|mean|meant|actually|rather|instead|make (?:that|it)|"
    r"scratch|sorry|o+ps\w*|who+ps\w*|correct\w*|changed?|changing|cancel|forget|check that|bad|wrong|strike|than|except|was|were|"
    r"isn't|is|are|am|said|say|oh|er|erm|hm+|nevermind|old|ago|last|revis\w*|edit|tongue|lie|hate|nor|typo|nay|actualy|"
    r"let me think|silly|too|did|take that back)\b"
)


def left_out(text: str, commands: Sequence[Command]) -> str | None:
    """What of several things or ways is not in the commands.

    None where nothing is. ``text``: a normalized sentence.
    """
    match: re.Match[str] | None
    looks = {
        str(look)
        for one in commands
        for field in ("color", "shape")
        if (look := getattr(one, field, None))
    }
    said = [(_COLORS | _SHAPES)[match[1]] for match in _SAID.finditer(text)] if looks else []
    for match in _REFUSED.finditer(text) if looks else ():
        color = _COLORS[match[1] or match[2]]
        if color in looks and said.count(color) == 1:
            return f"{match[0]!r} says what is not meant; say what is"
    if looks and (match := _CHOSEN.search(text)):
        return f"which one {match[0]!r} is cannot be told; name its color or shape"
    if commands and (match := _LEANS.match(text)):
        return f"what {match[0]!r} means is not known; say the whole instruction"
    if CHANGED.search(text):
        return None  # one of them was chosen
    if looks and (match := _SEVERAL.search(text)):
        return f"{match[0]!r} is more than one thing; say what is to be done with each"
    for kind, pattern in zip((_COLORS, _SHAPES), _TOGETHER, strict=True):
        meant = looks & {*kind.values()}
        if not meant or any(said.count(look) > 1 for look in meant):
            continue
        for match in pattern.finditer(text):
            if not {kind[match[1]], kind[match[2]]} <= meant:
                return f"{match[0]!r} is more than one thing; say what is to be done with each"
    for match in _SLIPPED.finditer(text) if looks else ():
        pair = [_slipped_color(word) for word in match.groups()]
        if all(pair) and {*match.groups()} & _COLORS.keys() and not {*pair} <= looks:
            return f"{match[0]!r} is more than one thing; say what is to be done with each"
    if looks and (match := _RELATED.search(text)):
        return f"{match[0]!r} cannot be told from others; name one thing by its color or shape"
    kinds = {*map(type, commands)}
    if (
        kinds & {Move, Turn}
        and kinds & {Approach, Face, Grasp, Release}
        and (match := _FROM_OBJECT.search(text))
    ):
        return f"{match[0]!r} is no place that can be reached; say what to do step by step"
    if commands and (match := _OR.search(text)):
        return f"{match[0]!r} leaves the choice open; say which"
    ways = {one.direction for one in commands if isinstance(one, Move)}
    if len(ways) == 1 and (match := _BOTH_WAYS.search(text)):
        return f"one half of {match[0]!r} was not understood; say each step"
    return None


def _slipped_color(word: str) -> str:
    """The color that a word names, one slip of the fingers forgiven.

    "" for none.
    """
    if word in _SHAPES:  # "block" is no "black"
        return ""
    return _COLORS.get(word) or next(
        (color for name, color in _COLORS.items() if slipped(word, name)), ""
    )
