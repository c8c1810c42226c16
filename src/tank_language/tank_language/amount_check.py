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
from tank_language.amounts import BARE, JOINTS, NUMBER_WORDS, PARTS, TIMES, UNITS, Quantity, quantities, slipped, tokens
from tank_language.odd_amounts import ADVICE, odd_amount
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

_COLOR = "|".join(Color)
_TOGETHER = re.compile(rf"\b({_COLOR})(?: \w+)? (?:and|or|&|plus|/)(?: then)?(?: also)?(?: the| a| an)? ({_COLOR})\b")
# Somebody changes his mind or forbids: then not every amount that is said is meant.
_CHANGED = re.compile(
    r"\b(?:no|nope|nah|not|wrong|better|typo|hang on|second thoughts|srry|actualy|n't|dont|don't|never|"
    r"without|wait,|wait no|mean|meant|actually|rather|instead|make (?:that|it)|"
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
# What may follow a number that has no unit: "forward 3 then left". Any other word may be a unit
# that nobody here knows.
_MAY_FOLLOW_TEXT = """
a actually advance after again ahead also altogether an and anti anticlockwise anyway approach
around as at back backward backwards ball because before behind bit bk bkwd black blue box
break bring buddy but bwd by carefully catch ccw clockwise collect come continue copy
counter counterclockwise crawl creep cube cw cylinder dash directly do down
drive drop each ease face fast fetch finally first followed for forward forwards freeze from
frwd fw fwd gently get go good grab grasp green halt have head hold hurry i if in instead is it
just l last lay leave left lefts leftward leftwards let lift little look lt lying make march
mate me more move my n next no nope not now o of off ok okay on once or orange out over pan
pause pick pivot place please pls plz point proceed pronto purple put quick quickly quite r
rather real really rearwards red release remain rest retreat reverse reversing right rights
rightward rightwards robot roll rot rotate rt run rush seize set shift should sideways since sir
slew slide slip slow slowly small so sorry speedily spin spins square squares stay steer step
stop straight straightaway super swiftly swing take tank thanks that the then thing
thrice thx times to too total toward towards travel turn turns twice twirl u unload until up
veer very wait walk was way well were wheel when which while white whole why with would yaw yeah
yellow yes you zoom
"""
_TYPED = ("adn", "den", "b", "f")  # and, then, "b4", "f1"
_MAY_FOLLOW = frozenset((*_TYPED, *_MAY_FOLLOW_TEXT.split()))
_GLUED = re.compile(r"[a-z](\d)\b")  # "w8", "m8", "b4" are words
_SECOND_HALVES = {
    "ft": (METRES["in"], 1, 11), "m": (METRES["cm"], 10, 99), "min": (SECONDS["s"], 1, 59), "h": (SECONDS["min"], 1, 59),
}  # fmt: skip
_SIDES = frozenset(("left", "right", "forward", "forwards", "back", "backward", "backwards", "ahead"))
_NAMED_BEFORE = frozenset(("the", "number", "unit", "that's", "those", "you", "my"))  # "the two", "unit 5"
_VERBS = frozenset(("turn", "circle"))  # "step 1: turn left" has no amount
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
    if doubt := odd_amount(text):
        return doubt
    words = tokens(_with_pi(text))
    said = list(quantities(words))
    return (
        _unsaid(measured, [*said, *_corrected(said, words, text)], words)
        or _of_no_unit(commands, measured, said, words)
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
    if len(said) > 1:
        sums = list(_sums(type(command), said[0], said[1], words)) if len(said) == 2 else []
        if len(sums) != 1:
            return None
        value = sums[0]
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
    """Multiples of pi as plain numbers of radians: "two pi" is 6.283 radians."""

    def multiple(match: re.Match[str]) -> str:
        follows = tokens(text[match.end() :])[:1]
        unit = "" if follows and follows[0] in UNITS else " radians"
        times, over = ([*quantities(tokens(match[group] or "1"))] for group in (1, 2))
        word = "" if times or match[1] in PARTS else f"{match[1] or ''} "
        many = float(times[0].number) if times else float(PARTS.get(match[1], 1))
        return f"{word}{many / float(over[0].number) * math.pi:.4f}{unit}" if over and over[0].number else match[0]

    return _PI.sub(multiple, re.sub(r"(?<=\d)(?=pi\b)", " ", text)) if "pi" in text else text


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
            return f"{value:g} {unit} does not follow from what was said; {ADVICE}"
    return None


def _sideways(commands: Iterable[_Measured], said: list[Quantity], words: list[str]) -> str | None:
    """A bare number beside a side that became a long way: "drive 45 to the left" may mean degrees."""
    far = {command.distance_m for command in commands if isinstance(command, Move) and command.distance_m >= LONG_WAY}
    for one in said:
        beside = " ".join(words[one.end : one.end + 3])
        if one.unit == BARE and float(one.number) in far and re.match(r"(to (the|your) )?(left|right)\b", beside):
            return f"{' '.join(words[one.at : one.end])!r} may be degrees or metres; {ADVICE}"
    return None


def _candidates(kind: type[_Measured], said: list[Quantity], words: list[str]) -> Iterator[float]:
    """Every value that this kind of command may take from these amounts."""
    units = _OWN[kind][1]
    named = _named(kind, words)
    if kind is not Turn:
        said = [one for one in said if not _is_spoken_pair(words[one.at : one.end])]
    said = [replace(one, unit=BARE) if _is_verb(one, words) else one for one in said]
    for one in said:
        yield from _values(one, units, named)
        for rate in _RATES[kind]:
            yield from (rate * seconds for seconds in _values(one, SECONDS, named & {*SECONDS}) if _is_time(one, named))
        if kind is Turn and one.unit in ("turn", TIMES, BARE):
            yield from (float(one.number) * FULL_TURN, float(one.number) * FULL_TURN % FULL_TURN)
        if kind is Turn and (one.unit == "clock" or (one.unit == BARE and _may_be_clock(one, words))):
            yield from (30.0 * float(one.number), 30.0 * (12 - float(one.number)))
    for one, other in pairwise(said):
        yield from _sums(kind, one, other, words)


def _is_verb(one: Quantity, words: list[str]) -> bool:
    """Of "forward 2 turn left" the word after the number is no unit; of "2.5 turns" it is."""
    word = words[one.end - 1]
    return one.unit == "turn" and (word in _VERBS or (word not in UNITS and slipped(word, "turn")))


def _may_be_clock(one: Quantity, words: list[str]) -> bool:
    """ "turn to 3", "turn two five o'clock"; not "go 3 left"."""
    return (
        any(UNITS.get(word) == "clock" for word in words)
        or {*words[max(0, one.at - 1) : one.at]} <= {"to", "at", "your"}
        or words[one.end : one.end + 1] == ["o"]
    )


def _sums(kind: type[_Measured], one: Quantity, other: Quantity, words: list[str]) -> Iterator[float]:
    """What two amounts that stand together mean: "a minute ten", "1 m 20", "five foot six", "one thirty five"."""
    units, named = _OWN[kind][1], _named(kind, words)
    between = words[one.end : other.at]
    if one.unit in units and (between in JOINTS if other.unit in units else not between):
        finer = other.unit in units and (units[other.unit] < units[one.unit] or (other.unit == one.unit and other.number < 1))
        seconds = (*(_values(other, units, named) if finer else ()), *_smaller(one, other))
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


def _values(one: Quantity, units: Mapping[str, Decimal], named: set[str]) -> list[float]:
    """What an amount is in its own unit; a bare number in the action's, or in one that is named elsewhere."""
    if one.unit in units:
        return [float(one.number * units[one.unit])]
    sizes = [units[unit] for unit in named if unit in units]
    return [float(one.number * size) for size in (Decimal(1), *sizes)] if one.unit == BARE else []


def _smaller(one: Quantity, other: Quantity) -> list[float]:
    """The second half of "five foot six", "1 m 20", "a minute ten"; "1 m 5" may be 1.05 or 1.5."""
    size, least, most = _SECOND_HALVES.get(one.unit, (Decimal(0), 1, 0))
    return [float(other.number * size)] if other.unit == BARE and least <= other.number <= most else []


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
                return f"how much {' '.join([*before[-1:], word])!r} is was not understood; {ADVICE}"
    return None


def _unused(
    all_commands: Sequence[Command], commands: Sequence[_Measured], said: list[Quantity], words: list[str], text: str
) -> str | None:
    """An amount with a unit that is in no command, or more times than there are, where nobody changed his mind."""
    if _CHANGED.search(text):
        return None
    glued = set(_GLUED.findall(text))
    for one in said:
        if one.unit == BARE and words[one.at] in glued:
            continue
        if one.unit == TIMES and one.number > len(all_commands):
            return f"{len(all_commands)} steps are not {' '.join(words[one.at : one.end])!r}; say each step"
        if (
            one.unit in (TIMES, "clock")
            or (words[one.at] in _ARTICLES and one.number == 1)
            or _may_go_unused(one, all_commands, said, words)
        ):
            continue
        turns = one.unit == "turn"
        if not (_is_all_the_way(one, commands) if turns else any(_uses(command, one, said, words) for command in commands)):
            return f"nothing was made of {' '.join(words[one.at : one.end])!r}; {ADVICE}"
    return None


def _counts(one: Quantity, commands: Sequence[Command]) -> bool:
    """Whether a bare number may be one of repetitions, of things, or a figure's sides."""
    return one.unit == BARE and one.number <= len(commands) and one.number == one.number.to_integral_value()


def _may_go_unused(one: Quantity, commands: Sequence[Command], said: list[Quantity], words: list[str]) -> bool:
    """Whether a number may be no amount: "step 2", "unit 5", "time to turn".

    Beside an amount or a side it is one.
    """
    if one.unit == "turn":
        return _is_verb(one, words)
    if one.unit != BARE or _counts(one, commands):
        return one.unit == BARE
    if one.number != one.number.to_integral_value():
        return one.end - one.at == 1 and words[one.at] in PARTS
    beside = any(0 <= other.at - one.end <= 1 or 0 <= one.at - other.end <= 1 for other in said if other is not one)
    return not beside and not {*words[one.end : one.end + 1]} & _SIDES


def _is_all_the_way(one: Quantity, commands: Iterable[_Measured]) -> bool:
    """Whether the turns are that many turns.

    "two rotations" are 720 degrees together; "two left turns" are two of any size.
    """
    angles = [command.angle_deg for command in commands if isinstance(command, Turn)]
    if one.number == len(angles) > 1:
        return True
    whole = float(one.number) * FULL_TURN
    sums = (sum(angles[:n]) for n in range(1, len(angles) + 1))
    return whole > 0 and any(abs(math.remainder(total, whole)) < 1 for total in sums)


def _corrected(said: list[Quantity], words: list[str], text: str) -> Iterator[Quantity]:
    """Amounts in units that the sentence also names, where a mind is changed: "seven m, I mean feet"."""
    if _CHANGED.search(text):
        named = {unit for word in words if (unit := UNITS.get(word, ""))}
        yield from (replace(one, unit=unit) for one in said for unit in named if one.unit not in (BARE, unit))


def _of_no_unit(all_commands: Sequence[Command], commands: Iterable[_Measured], said: list[Quantity], words: list[str]) -> str | None:
    """A number before a word that is no unit, made into an amount or answered with a default: "3 furlongs"."""
    strange = [one for one in said if one.unit == BARE and _is_strange(words[one.end : one.end + 1])]
    for one in strange:
        rest = [other for other in said if other is not one]
        used = any(_uses(command, one, said, words) for command in commands)
        before = {*words[max(0, one.at - 1) : one.at]}
        alone = not rest and not _counts(one, all_commands) and not before & _NAMED_BEFORE
        if alone or (used and (not _counts(one, all_commands) or _unsaid(commands, rest, words))):
            return f"{' '.join(words[one.at : one.end + 1])!r} was not understood; {ADVICE}"
    return None


def _is_strange(following: list[str]) -> bool:
    """Whether the word after a bare number is neither a unit nor one that may follow a number that is complete."""
    word = following[0] if following else ""
    known = not word.isalpha() or word in _MAY_FOLLOW or word in NUMBER_WORDS or word in PARTS or word in UNITS
    return not known and not any(slipped(word, name) for name in _MAY_FOLLOW if len(name) >= 4 and word != f"{name}s")


def _uses(command: _Measured, one: Quantity, said: list[Quantity], words: list[str]) -> bool:
    """Whether it may have taken its amount from this one, alone or with a neighbor."""
    at, kind = said.index(one), type(command)
    pairs = pairwise(said[max(0, at - 1) : at + 2])
    sums = (total for pair in pairs for total in _sums(kind, *pair, words))
    return _near(command, _candidates(kind, [one], words)) or _near(command, sums)
