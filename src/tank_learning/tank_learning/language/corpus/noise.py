"""Noise and variation for a finished sentence.

Courtesy, fillers, typing errors, mirrored sides, other colors and numbers.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable

from tank_learning.language.corpus.grammar.numbers import DIGITS, pick_number
from tank_learning.language.corpus.grammar.phrases import (
    ASIDES,
    COLORS,
    COURTESY,
    NO_ORDER,
    TYPING,
    Pair,
    choose,
    pairs,
)
from tank_learning.language.corpus.grammar.slots import compose

NEIGHBORS = dict(line.split() for line in TYPING["neighbors"])  # the keys beside a key
_SHORT = frozenset(TYPING["short"])
_MISHEARD, _NUMBERS = pairs(TYPING["misheard"]), pairs(TYPING["misheard_numbers"])
_TEXTED = tuple(
    (re.compile(rf"(?<![\w']){word}(?![\w'])", re.I), short)
    for word, short in pairs(TYPING["texted"])
)
# words of side that would not follow, misspelled ones, and "left" and "right" in another meaning
_OTHER_SIDES = re.compile(
    r"clock|cw|\bport\b|starboard|righ(?!t\b|ts\b|tward|t-)|o'c|lef(?!t)|alright|all right|right,"
    r"|\bright (now|away|there|here|behind|in|ahead|up|on|after|back|before|beside|by|next|onto"
    r"|where|way)\b|\bleft in\b|\b(is|are|was|has|have|you|we|i|ve|be|been|s) left\b",
    re.I,
)
_OTHER = {
    write(one): write(other)
    for one, other in (("left", "right"), ("right", "left"))
    for write in (str.lower, str.capitalize, str.upper)
}
_SIDE = re.compile(r"(?<![a-z])(left|right)(?!over)", re.I)  # not in "bright"
# what means something else after "now", "and"
_BARE = re.compile(
    r"(to the )?(left|right|back(?! (up|off|away|out|it|yourself))|backwards?|forwards?|ahead)\b"
    r"|(no|wrong|other|the other|and|now)\b",
    re.I,
)
_INTERJECTIONS = tuple(
    words
    for words in COURTESY["prefix"]
    if (words.endswith(",") or words in ("um", "uh", "so")) and words not in ("right,", "quick,")
)
_FETCHES = re.compile(
    r"\b(get|fetch|bring|grab|take|pick|find|collect|retrieve|hand|give|grasp|lift|wait|stay|"
    r"hold)\b",
    re.I,
)


def politely(rng: random.Random, text: str, share: float = 0.3) -> str:
    """A text with a prefix or a suffix that leave its meaning as it is."""
    bare = _BARE.match(text)
    if rng.random() < share:
        order = not bare and not NO_ORDER.match(text)
        prefix = rng.choice(COURTESY["prefix"] if order else _INTERJECTIONS)
        if not bare or prefix not in ("next,", "once more,"):
            text = f"{prefix} {text}"
    if rng.random() < share:
        suffix = rng.choice(COURTESY["suffix"])
        if suffix == "for me" and _FETCHES.search(text):  # "get it for me" is to be brought
            suffix = "please"
        if bare and "now" in suffix:
            suffix = "please"
        text = text + suffix if suffix[0] in ",.!?" else f"{text} {suffix}"
    return text


def with_chatter(rng: random.Random, text: str) -> str:
    """With a clause beside the point before or after it."""
    known, behind = rng.random() < 0.4, rng.random() < 0.6
    chatter = rng.choice(COURTESY["chatter"])
    if not known:
        chatter, _ = compose(rng, ASIDES, "behind" if behind and rng.random() < 0.4 else "aside")
    between = choose(rng, COURTESY["chatter_and"], rare=" and ", share=0.2, usual=" ")
    if _BARE.match(text) or (not known and "and" in between):  # "and left" leans on what was said
        between = ", "
    if not behind:
        return f"{chatter}{between}{text}"
    return f"{text.rstrip(' .')}{between}{chatter}"


def names_of(answer: str) -> tuple[str, ...]:
    """The names of places in shorthand, copied from the sentence."""
    return tuple(re.findall(r"\[([^]]*)\]", answer))


def with_fillers(rng: random.Random, text: str, names: Iterable[str] = ()) -> str:
    """With "um", "uh" and the like between words, but none inside a name."""
    for _ in range(rng.choice((1, 1, 2))):
        kept = _within(text, names)
        gaps = [0, *(i for i, c in enumerate(text) if c == " " and i not in kept), len(text)]
        place = rng.choice(gaps)
        text = f"{text[:place]} {rng.choice(COURTESY['fillers'])} {text[place:]}"
    return " ".join(text.split())


def misheard(rng: random.Random, text: str, names: Iterable[str] = ()) -> str:
    """A text with a word as a speech recognizer spells it ("turn write")."""
    kept = _within(text, names)
    heard = [
        (match, spelling)
        for word, spelling in _MISHEARD
        for match in re.finditer(rf"\b{word}\b", text)
        if match.start() not in kept
    ]
    heard += [
        (match, spelling)
        for word, spelling in _NUMBERS
        for match in re.finditer(rf"\b{word}(?= (m|meters?|cm|feet|foot|inch|degrees)\b)", text)
        if match.start() not in kept
    ]
    if not heard:
        return text
    match, spelling = rng.choice(heard)
    return text[: match.start()] + spelling + text[match.end() :]


def texted(rng: random.Random, text: str, names: Iterable[str] = ()) -> str:
    """As in a chat: "where r u", "go fwd 2 m pls"."""
    for word, short in _TEXTED:
        kept = _within(text, names)
        match = word.search(text)
        if match and match.start() not in kept and rng.random() < 0.7:
            text = text[: match.start()] + short + text[match.end() :]
    return text


def _within(text: str, names: Iterable[str]) -> frozenset[int]:
    """The places of the letters and spaces inside a name."""
    return frozenset(
        place
        for name in names
        for match in re.finditer(re.escape(name), text, re.I)
        for place in range(*match.span())
    )


def mistyped(rng: random.Random, text: str, errors: int, names: Iterable[str] = ()) -> str:
    """With letters transposed, dropped, doubled or replaced by a neighbor.

    Never in numbers, and not in a name, which is copied as it stands.
    """
    for _ in range(errors):
        kept = _within(text, names)
        places = [
            i
            for i in range(1, len(text) - 1)
            if text[i].isalpha() and text[i - 1].isalpha() and not {i, i + 1} & kept
        ]
        long_enough = [
            i for i in places if len(word := _word_at(text, i)) > 3 or word.lower() in _SHORT
        ]
        if not long_enough:
            return text
        i = rng.choice(long_enough)
        kind = rng.random()
        if kind < 0.4 and text[i + 1].isalpha():
            text = text[:i] + text[i + 1] + text[i] + text[i + 2 :]
        elif kind < 0.65:
            text = text[:i] + text[i + 1 :]
        elif kind < 0.8:
            text = text[:i] + text[i] + text[i:]
        elif kind < 0.95:
            text = text[:i] + rng.choice(NEIGHBORS.get(text[i].lower(), "e")) + text[i + 1 :]
        else:
            spaces = [
                k for k, letter in enumerate(text) if letter == " " and not {k - 1, k, k + 1} & kept
            ]
            if spaces:
                k = rng.choice(spaces)
                text = text[:k] + text[k + 1 :]
    return text


def _word_at(text: str, place: int) -> str:
    start = end = place
    while start > 0 and text[start - 1].isalpha():
        start -= 1
    while end < len(text) and text[end].isalpha():
        end += 1
    return text[start:end]


def unpunctuated(text: str) -> str:
    """As dictated: without commas and the like (points inside numbers stay)."""
    return " ".join(re.sub(r"[,;:!?]|\.(?!\d)", " ", text).split())


def mirrored(pair: Pair) -> Pair | None:
    """Left and right exchanged in sentence and answer.

    None where a word of side would not follow.
    """
    text, answer = pair
    if _OTHER_SIDES.search(text) or not {*_SIDE.findall(text)} <= {*_OTHER}:
        return None
    sides_said = {side.lower() for side in _SIDE.findall(text)}
    sides_meant = set(re.findall(r"(left|right)", answer))
    if not sides_meant or not sides_meant <= sides_said or "clock" in answer:
        return None
    return _swap(text), _swap(answer)


def _swap(text: str) -> str:
    return _SIDE.sub(lambda match: _OTHER[match[0]], text)


def recolored(rng: random.Random, pair: Pair) -> Pair | None:
    """Another color, the same one in sentence and answer."""
    text, answer = pair
    colors = [
        color
        for color in COLORS
        if re.search(rf"\b{color}\b", text.lower()) and re.search(rf"\b{color}\b", answer)
    ]
    if not colors:
        return None
    old = rng.choice(colors)
    new = rng.choice(
        [color for color in COLORS if color not in text.lower() and color not in answer] or [old]
    )
    return re.sub(rf"\b{old}\b", new, text, flags=re.I), re.sub(rf"\b{old}\b", new, answer)


def renumbered(rng: random.Random, pair: Pair) -> Pair | None:
    """Another number in digits, the same one in sentence and answer."""
    text, answer = pair
    amounts = [
        m
        for m in re.finditer(r"(?<![\dx.])(\d+(?:\.\d+)?) (m|cm|mm|ft|in|yd|step|deg|s)\b", answer)
        if len(re.findall(rf"(?<![\d.]){re.escape(m[1])}(?![\d.]|:)", text)) == 1
    ]
    if "photo" in answer and "x(" in answer:  # how often it fits would be another number
        return None
    amounts = [m for m in amounts if answer.count(m[1]) == 1]
    if not amounts:
        return None
    match = rng.choice(amounts)
    kind = {
        "deg": "angle",
        "cm": "hundreds",
        "in": "small",
        "mm": "thousands",
        "s": "seconds",
        "step": "few",
    }.get(match[2], "small")
    new = pick_number(rng, kind)
    if float(new) == 0 or ("x" in text.lower() and match[1] in DIGITS):
        return None
    return re.sub(
        rf"(?<![\d.]){re.escape(match[1])}(?![\d.]|:)", new, text, count=1
    ), answer.replace(match[1], new, 1)
