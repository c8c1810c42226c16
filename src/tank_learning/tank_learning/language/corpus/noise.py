"""Noise and variation for a finished sentence.

Courtesy, fillers, typing errors, mirrored sides, other colors and numbers.
"""

from __future__ import annotations

import random
import re

from tank_learning.language.corpus.grammar.numbers import DIGITS, pick_number
from tank_learning.language.corpus.grammar.phrases import COLORS, COURTESY, TYPING, Pair, choose

NEIGHBORS = dict(line.split() for line in TYPING["neighbors"])  # the keys beside a key
_SHORT = frozenset(TYPING["short"])
# words of side that would not follow, misspelled ones, and "right" in another meaning
_OTHER_SIDES = re.compile(
    r"clock|cw|\bport\b|starboard|righ(?!t\b|ts\b|tward|t-)|o'c|lef(?!t)|alright|all right|right,"
    r"|\bright (now|away|there|here|behind|in front|ahead|up|on|after)",
    re.I,
)


def politely(rng: random.Random, text: str, share: float = 0.3) -> str:
    """With a prefix, a suffix, both or neither."""
    if rng.random() < share:
        text = f"{rng.choice(COURTESY['prefix'])} {text}"
    if rng.random() < share:
        suffix = rng.choice(COURTESY["suffix"])
        text = text + suffix if suffix[0] in ",.!?" else f"{text} {suffix}"
    return text


def with_chatter(rng: random.Random, text: str) -> str:
    """With a clause beside the point before or after it."""
    chatter = rng.choice(COURTESY["chatter"])
    between = choose(rng, COURTESY["chatter_and"], rare=" and ", share=0.2, usual=" ")
    if rng.random() < 0.5:
        return f"{chatter}{between}{text}"
    return f"{text.rstrip(' .')}{between}{chatter}"


def with_fillers(rng: random.Random, text: str) -> str:
    """With "um", "uh" and the like between words."""
    words = text.split()
    for _ in range(rng.choice((1, 1, 2))):
        place = rng.randint(0, len(words))
        words.insert(place, rng.choice(COURTESY["fillers"]))
    return " ".join(words)


def mistyped(rng: random.Random, text: str, errors: int) -> str:
    """With letters transposed, dropped, doubled or replaced by a neighbour.

    Never in numbers.
    """
    for _ in range(errors):
        places = [i for i in range(1, len(text) - 1) if text[i].isalpha() and text[i - 1].isalpha()]
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
            spaces = [k for k, letter in enumerate(text) if letter == " "]
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
    if _OTHER_SIDES.search(text):
        return None
    sides_said = set(re.findall(r"\b(left|right)", text.lower()))
    sides_meant = set(re.findall(r"(left|right)", answer))
    if not sides_meant or not sides_meant <= sides_said or "clock" in answer:
        return None
    return _swap(text), _swap(answer)


def _swap(text: str) -> str:
    other = {
        "left": "right",
        "right": "left",
        "Left": "Right",
        "Right": "Left",
        "LEFT": "RIGHT",
        "RIGHT": "LEFT",
    }
    return re.sub(r"left|right|Left|Right|LEFT|RIGHT", lambda match: other[match[0]], text)


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
