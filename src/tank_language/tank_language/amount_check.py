"""Whether a model's answer keeps to the amounts that the sentence says. Behind every model, and stricter than any.

Every distance, angle and time of an answer has to be an amount of the sentence in its unit, or one of the language's
defaults; and every amount that the sentence says has to be in the answer. What is no single amount (a range, a speed,
"nan") is refused. A model reads digits one by one and can put them together; this cannot. Pure.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from tank_core.commands import Color, Command, Move, Turn, Wait
from tank_core.exceptions import InvalidCommandError
from tank_language.amounts import BARE, NUMBER_WORDS, PARTS, TIMES, UNITS, Quantity, quantities, slipped, tokens
from tank_language.prompt import normalise
from tank_language.shorthand import (
    DEGREES,
    METRES,
    SECONDS,
    TIMED_DEGREES,
    TIMED_METRES,
    VAGUE_DEGREES,
    VAGUE_METRES,
    VAGUE_SECONDS,
)

TOLERANCE = 0.006  # relative: models that convert units themselves round
LONG_WAY = 15.0  # [m]; nobody turns by less than that many degrees without saying "degrees"
FULL_TURN = 360.0  # [deg]
_Measured = Move | Turn | Wait
_OWN: dict[type[_Measured], tuple[str, Mapping[str, Decimal]]] = {
    Move: ("distance_m", METRES), Turn: ("angle_deg", DEGREES), Wait: ("duration_s", SECONDS),
}  # fmt: skip
# What may go without saying (docs/language.md): defaults, words of vagueness, worded turns, the corners of figures.
_DEFAULTS: dict[type[_Measured], tuple[float, ...]] = {
    Move: (*map(float, VAGUE_METRES.values()),),
    Turn: (*map(float, VAGUE_DEGREES.values()), 45.0, 180.0, 270.0, FULL_TURN, *(FULL_TURN / n for n in range(3, 13))),
    Wait: tuple(map(float, VAGUE_SECONDS.values())),
}
_ROUNDED: dict[type[_Measured], float] = {Move: 6e-4, Turn: 0.06, Wait: 6e-4}  # half the last digit of docs/language.md
_RATES: dict[type[_Measured], tuple[float, ...]] = {
    Move: tuple(map(float, TIMED_METRES.values())), Turn: tuple(map(float, TIMED_DEGREES.values())), Wait: (),
}  # fmt: skip

_SMALL = "one|two|three|four|five|six|seven|eight|nine"
_WORD = rf"{_SMALL}|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_DIGITS = r"\d+(?:\.\d+)?|\.\d+"
_NUMBER = rf"(?:{_DIGITS}|an? (?:half|quarter|third|hundred)|half|(?:{_WORD})(?: (?:{_SMALL}|hundred))?)"
_SIZE = (
    r"(?:m|mm|cm|km|met(?:er|re)s?|(?:centi|milli|kilo)met(?:er|re)s?|f(?:ee|oo)t|ft|inch(?:es)?|yards?|yd|miles?|steps?|"
    r"deg|degrees?|rad|radians?|turns?|rotations?|revolutions?|minutes?|hours?)"
)
_EACH = r"(?:/|\b(?:per|an?|each|every)\b)"
_PACE = r"(?:speed|pace|velocity|throttle|power|as (?:fast|quick\w*|slow\w*))"
_RANGE, _SPEED = "{0!r} is no single amount", "a speed such as {0!r} cannot be set"
_ODD = tuple((re.compile(pattern), what) for pattern, what in (
    (rf"(?<![\w.])(?:{_DIGITS})(?: ?{_SIZE})?\s*(?:-+|~|\.\.+)\s*(?:{_DIGITS})(?!\w*[.)]\s)", _RANGE),
    (rf"\b(?:{_SMALL})-(?:{_SMALL})\b", _RANGE),
    (rf"\b{_NUMBER}(?: {_SIZE})?,? (?:to|or|till|thru|through|up to) (?:maybe |even |perhaps )?{_NUMBER}\b(?! ?o'? ?clock)", _RANGE),
    (rf"\bbetween (?:about )?{_NUMBER}.{{0,16}}? (?:and|&|to|or) {_NUMBER}\b", _RANGE),
    (rf"(?<![a-z]){_SIZE},? (?:or|maybe|perhaps|possibly) {_NUMBER}\b", _RANGE),
    (rf"(?<![a-z]){_SIZE}\s*{_EACH}\s*(?:s|secs?|seconds?|min|minutes?|h|hr|hours?)\b", _SPEED),
    (rf"(?<![a-z]){_SIZE} (?:in|within|over) (?:about |the next )?{_NUMBER} ?(?:s|secs?|seconds?|min|minutes?)\b", _SPEED),
    (r"\b(?:mph|kph|kmph|kmh|km/h|mps|fps|rpm|knots?)\b", _SPEED),
    (
        r"\b(?:half|quarter|third|double|twice|triple) (?:of )?(?:the |your )?"
        rf"(?:normal |usual |regular |top |full |max(?:imum)? )?{_PACE}",
        _SPEED,
    ),
    (rf"\b(?:speed|velocity) (?:of|to|at|:) ?(?:{_DIGITS})", _SPEED),
    (rf"\b(?:with|at)(?: an?| the)? (?:speed|velocity|pace) (?:{_DIGITS}|{_WORD})\b", _SPEED),
    (r"\d[\d.]*\s*(?:%|percent\b|per cent\b)", "{0!r} is no amount"),
    (r"\b(?:nan|inf|infinity|infinite)\b", "{0!r} is no amount"),
    (rf"(?<![a-z])(?:{_NUMBER}|{_SIZE}) (?:squared|cubed)\b", "{0!r} is no plain number"),
    (rf"\b(?:square |cube )?root (?:of )?{_NUMBER}", "{0!r} is no plain number"),
    (r"\d[\d.]*e[+-]?\d+\b|\d\s*(?:\^|\*\*|[+*])\s*\d[\d.]*|\d+(?:\.\d+){2,}", "{0!r} is no plain number"),
    (rf"(?<![\w.)/])-\d[\d.]*|\b(?:minus|negative) {_NUMBER}\b", "{0!r} is a negative amount"),
    (r"(?<![\w./])\d+ \d+(?![\d/]*/)\b", "{0!r} may be one number or two"),
))  # fmt: skip
_COLOR = "|".join(Color)
_TOGETHER = re.compile(rf"\b({_COLOR})(?: \w+)? (?:and|or|&|plus|/)(?: then)?(?: also)?(?: the| a| an)? ({_COLOR})\b")
_ADVICE = "say one plain number with its unit"
# Somebody changes his mind or forbids: then not every amount that is said is meant.
_CHANGED = re.compile(
    r"\b(?:no|nope|nah|not|n't|dont|don't|never|without|wait,|wait no|mean|meant|actually|rather|instead|make (?:that|it)|"
    r"scratch|sorry|o+ps\w*|who+ps\w*|correct\w*|changed?|changing|cancel|forget|check that|bad|strike|than|except|was|were|"
    r"isn't|is|are|am|said|say|oh|er|erm|hm+|nevermind|old|ago|last|revis\w*|edit|tongue|lie|silly|too|did|take that back)\b"
)
_FILLERS = re.compile(r",?\s*\b(?:u+h+|u+m+|er+m*|like|you know|hm+)\b,?")
_HALF = re.compile(r"\bh[al]*f[al]*\b")  # "haf", "hlaf"
_PI = re.compile(r"(?:([\w./]+)[ *]+)?\bpi\b(?: ?(?:/|over|by|divided by) ?(\w+))?")
_ARTICLES = frozenset(["a", "an", "the", "per", "each", "every", "another"])
_ALONE: dict[type[_Measured], frozenset[str]] = {
    Move: frozenset(["meters", "metres", "cm", "mm", "km", "feet", "ft", "inches", "yards", "miles"]),
    Turn: frozenset(("degrees", "radians")),
    Wait: frozenset(["seconds", "minutes", "hours"]),
}
_SINGULAR = frozenset((
    "m", "meter", "metre", "foot", "yard", "mile", "kilometer", "kilometre", "degree", "minute", "min", "hour", "inch",
))  # fmt: skip
_FEW = {"few": 3, "couple": 2, "pair": 2}


def checked(sentence: str, commands: Sequence[Command]) -> tuple[Command, ...] | str:
    """The commands, or why they cannot be what the sentence says.

    Where one command has an amount and the sentence says a single one of its kind, that is the amount: "2 foot 6" needs
    arithmetic, which a model of digits does badly.
    """
    doubt = objection(sentence, commands)
    if doubt is None:
        return tuple(commands)
    mended = _with_the_only_amount(sentence, commands)
    return tuple(mended) if mended and objection(sentence, mended) is None else doubt


def objection(sentence: str, commands: Sequence[Command]) -> str | None:
    """Why these commands cannot be what the sentence says, in its own words; None where nothing speaks against them."""
    text = _plain(normalise(sentence))
    if doubt := _left_out(text, commands):
        return doubt
    measured = [command for command in commands if isinstance(command, (Move, Turn, Wait))]
    if not measured:
        return None
    for pattern, what in _ODD:
        if match := pattern.search(text):
            advice = "the speeds are slow, normal and fast" if what is _SPEED else _ADVICE
            return f"{what.format(match[0].strip())}; {advice}"
    words = tokens(_with_pi(text))
    said = list(quantities(words))
    return (
        _unsaid(measured, said, words)
        or _sideways(measured, said, words)
        or _unread(measured, said, words)
        or _unused(commands, measured, said, words, text)
    )


def _plain(text: str) -> str:
    """Without fillers, and with halves that are spelled right."""
    text = _HALF.sub("half", _FILLERS.sub(" ", text).replace(" comma ", " point "))
    return " ".join(text.split())


def _left_out(text: str, commands: Sequence[Command]) -> str | None:
    """Of "the red and the blue cube" both have to be meant."""
    colors = {str(color) for command in commands if (color := getattr(command, "color", None))}
    if any(text.count(color) > 1 for color in colors) or _CHANGED.search(text):
        return None  # one of them was chosen
    for match in _TOGETHER.finditer(text):
        if colors and not {match[1], match[2]} <= colors:
            return f"{match[0]!r} is more than one thing; say what is to be done with each"
    return None


def _with_the_only_amount(sentence: str, commands: Sequence[Command]) -> list[Command] | None:
    measured = [command for command in commands if isinstance(command, (Move, Turn, Wait))]
    text = _plain(normalise(sentence))
    if len(measured) != 1 or _CHANGED.search(text):
        return None
    command = measured[0]
    field, units = _OWN[type(command)]
    words = tokens(_with_pi(text))
    said = list(quantities(words))
    covered = {at for one in said for at in range(one.at, one.end)}
    if any(at not in covered and _is_number(word) for at, word in enumerate(words)) or not said or said[0].unit not in units:
        return None
    value = float(said[0].number * units[said[0].unit])
    if len(said) == 2 and said[1].at == said[0].end and (rest := _smaller(*said)):
        value += rest[0]
    elif len(said) > 1:
        return None
    digits = 1 if said[0].unit == "rad" else 3
    exact = Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    try:
        mended = replace(command, **{field: float(exact)})  # type: ignore[arg-type]  # a field of that very type
    except InvalidCommandError:
        return None
    return [mended if one is command else one for one in commands]


def _is_number(word: str) -> bool:
    return word[0].isdigit() or word in NUMBER_WORDS or word in PARTS


def _with_pi(text: str) -> str:
    """Multiples of pi as plain numbers: "two pi radians" is 6.283 radians."""

    def multiple(match: re.Match[str]) -> str:
        times, over = ([*quantities(tokens(match[group] or "1"))] for group in (1, 2))
        word = "" if times or match[1] in PARTS else f"{match[1] or ''} "
        many = float(times[0].number) if times else float(PARTS.get(match[1], 1))
        return f"{word}{many / float(over[0].number) * math.pi:.4f}" if over and over[0].number else match[0]

    return _PI.sub(multiple, text) if "pi" in text else text


def _near(command: _Measured, candidates: Iterable[float]) -> bool:
    value, rounded = _value(command), _ROUNDED[type(command)]
    return any(abs(value - candidate) <= TOLERANCE * candidate + rounded for candidate in candidates)


def _value(command: _Measured) -> float:
    return float(getattr(command, _OWN[type(command)][0]))


def _unsaid(commands: Iterable[_Measured], said: list[Quantity], words: list[str]) -> str | None:
    """An amount of the answer that the sentence does not say."""
    more = [*said, *_misspelled(words)]
    for command in commands:
        value = _value(command)
        if not _near(command, (*_DEFAULTS[type(command)], *_candidates(type(command), more, words))):
            unit = {Move: "m", Turn: "degrees", Wait: "s"}[type(command)]
            return f"{value:g} {unit} does not follow from what was said; {_ADVICE}"
    return None


def _sideways(commands: Iterable[_Measured], said: list[Quantity], words: list[str]) -> str | None:
    """A bare number beside a side that became a long way: "drive 45 to the left" may mean degrees."""
    far = {command.distance_m for command in commands if isinstance(command, Move) and command.distance_m >= LONG_WAY}
    for one in said:
        beside = " ".join(words[one.end : one.end + 3])
        if one.unit == BARE and float(one.number) in far and re.match(r"(to (the|your) )?(left|right)\b", beside):
            return f"{' '.join(words[one.at : one.end])!r} may be degrees or metres; {_ADVICE}"
    return None


def _candidates(kind: type[_Measured], said: list[Quantity], words: list[str]) -> Iterator[float]:
    """Every value that this kind of command may take from these amounts."""
    units = _OWN[kind][1]
    named = _named(kind, words)
    if kind is not Turn:
        said = [one for one in said if not _is_spoken_pair(words[one.at : one.end])]
    corrected = _CHANGED.search(" ".join(words)) is not None
    for one in said:
        yield from _values(one, units, named, corrected)
        for rate in _RATES[kind]:
            yield from (rate * seconds for seconds in _values(one, SECONDS, named & {*SECONDS}) if _is_time(one, named))
        if kind is Turn and one.unit in ("turn", TIMES, BARE):
            yield from (float(one.number) * FULL_TURN, float(one.number) * FULL_TURN % FULL_TURN)
        if kind is Turn and one.unit in ("clock", BARE):
            yield from (30.0 * float(one.number), 30.0 * (12 - float(one.number)))
    for one, other in pairwise(said):
        yield from _sums(kind, one, other, words)


def _sums(kind: type[_Measured], one: Quantity, other: Quantity, words: list[str]) -> Iterator[float]:
    """What two amounts that stand together mean: "a minute ten", "1 m 20", "five foot six", "one thirty five"."""
    units, named = _OWN[kind][1], _named(kind, words)
    if one.unit in units and 0 <= other.at - one.end <= 1:
        seconds = (*_values(other, units, named), *_smaller(one, other))
        yield from (a + b for a in _values(one, units, named) for b in seconds)
    if one.unit == BARE and other.at == one.end and 1 <= one.number < 10 <= other.number < 100 and words[one.at].isalpha():
        yield from _values(Quantity(one.number * 100 + other.number, other.unit, one.at, other.end), units, named)


def _named(kind: type[_Measured], words: list[str]) -> set[str]:
    """The units of time and of this kind that a sentence names."""
    return {unit for word in words if (unit := UNITS.get(word, "")) in (*_OWN[kind][1], *SECONDS)}


def _is_spoken_pair(words: list[str]) -> bool:
    """ "one three meters": 13, or one or three. In an angle people do say "four five degrees" for 45."""
    digits = [word for word in words if NUMBER_WORDS.get(word, 10) < 10]
    return len(digits) == 2 and words[:2] == digits and all(NUMBER_WORDS[digit] for digit in digits)


def _is_time(one: Quantity, named: set[str]) -> bool:
    return one.unit in SECONDS or (one.unit == BARE and bool(named & {*SECONDS}))


def _values(one: Quantity, units: Mapping[str, Decimal], named: set[str], corrected: bool = False) -> list[float]:
    """A bare number has the action's own unit, or one that the sentence names elsewhere; so has one whose unit is corrected."""
    sizes = [units[unit] for unit in named if unit in units]
    if one.unit in units:
        return [float(one.number * size) for size in (units[one.unit], *(sizes if corrected else ()))]
    return [float(one.number * size) for size in (Decimal(1), *sizes)] if one.unit == BARE else []


def _smaller(one: Quantity, other: Quantity) -> list[float]:
    """The second half of "five foot six", "1 m 20", "a minute ten"."""
    part = {"ft": METRES["in"], "m": METRES["cm"], "min": SECONDS["s"], "h": SECONDS["min"]}.get(one.unit)
    return [float(other.number * part)] if part is not None and other.unit == BARE else []


def _misspelled(words: list[str]) -> Iterator[Quantity]:
    """What short words may stand for before a unit: "fvie meters", and "meter" alone. It may be meant; it need not."""
    for at, word in enumerate(words):
        follows = words[at + 1] if at + 1 < len(words) else ""
        if word in _SINGULAR:
            yield Quantity(Decimal(1), UNITS[word], at, at + 1)
        elif word in _FEW:
            yield Quantity(Decimal(_FEW[word]), BARE, at, at + 1)
        elif follows in UNITS and word not in NUMBER_WORDS and len(word) >= 3:
            for name in (name for name in NUMBER_WORDS if len(name) >= 3 and slipped(word, name)):
                yield Quantity(Decimal(NUMBER_WORDS[name]), UNITS[follows], at, at + 2)


def _unread(commands: Sequence[_Measured], said: list[Quantity], words: list[str]) -> str | None:
    """Units whose number was not read, where no other number is: "some meters", "zwei meters"."""
    read = {one.unit for one in said}
    if read & {BARE, TIMES}:
        return None
    for kind, units in ((kind, units) for kind, (_, units) in _OWN.items()):
        if not any(isinstance(command, kind) for command in commands) or read & {*units}:
            continue
        for at, word in enumerate(words):
            before = words[max(0, at - 2) : at]
            if word in _ALONE[kind] and not _FEW.keys() & {*before} and not any(_misspelled([*before[-1:], word])):
                return f"how much {' '.join([*before[-1:], word])!r} is was not understood; {_ADVICE}"
    return None


def _unused(
    all_commands: Sequence[Command], commands: Sequence[_Measured], said: list[Quantity], words: list[str], text: str
) -> str | None:
    """An amount with a unit that is in no command, or more times than there are, where nobody changed his mind."""
    if _CHANGED.search(text):
        return None
    for one in said:
        if one.unit == TIMES and one.number > len(all_commands):
            return f"{len(all_commands)} steps are not {' '.join(words[one.at : one.end])!r}; say each step"
        if one.unit in (BARE, TIMES, "turn", "clock") or words[one.at] in _ARTICLES:
            continue
        if not any(_uses(command, one, said, words) for command in commands):
            return f"nothing was made of {' '.join(words[one.at : one.end])!r}; {_ADVICE}"
    for one, other in pairwise(said):
        if other.at != one.end or not _smaller(one, other):
            continue
        if not any(_near(command, _sums(type(command), one, other, words)) for command in commands):
            return f"nothing was made of the {words[other.at]!r} of {' '.join(words[one.at : other.end])!r}; {_ADVICE}"
    return None


def _uses(command: _Measured, one: Quantity, said: list[Quantity], words: list[str]) -> bool:
    """Whether it may have taken its amount from this one, alone or with a neighbor."""
    at, kind = said.index(one), type(command)
    pairs = pairwise(said[max(0, at - 1) : at + 2])
    sums = (total for pair in pairs for total in _sums(kind, *pair, words))
    return _near(command, _candidates(kind, [one], words)) or _near(command, sums)
