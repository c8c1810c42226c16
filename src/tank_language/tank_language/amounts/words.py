"""Words that an answer has to keep to: things, corrections, rules. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import permutations

from tank_core.commands import (
    COMPASS,
    Approach,
    Arc,
    Command,
    Face,
    GoTo,
    Move,
    Speed,
    TakePhoto,
    Turn,
    moves,
)
from tank_core.commands.fields import RADIUS
from tank_core.english import by_word, patterns, read, word_set
from tank_core.english.spelling import slipped
from tank_language.amounts.odd import NUMBER, SIZE
from tank_language.amounts.values import FULL_TURN

_NO_LOOKS = word_set("words", "no_looks")
_ALIKE = 0.6  # more of difflib's ratio, and the same first letter: misspelled
_NO_VERBS = word_set("words", "no_verbs")
_VERBS = {action: words.split() for action, words in read("words")["verbs"].items()}
_KINDS = {kind: by_word(words) for kind, words in read("words")["kinds"].items()}
_KIND_OF, _RULES = read("words")["kind_of"], read("words")["rules"]
_RE = patterns("words", NUMBER=NUMBER, SIZE=SIZE)
_POINTS = [COMPASS[degrees] for degrees in (0.0, 90.0, 180.0, 270.0)]
_NAMES: dict[str, list[str]] = {}
for _table in (read("choices")["colors"], read("choices")["shapes"], read("words")["looks"]):
    for _look, _words in _table.items():
        _NAMES.setdefault(_look, []).extend(_words.split())
_ENDINGS = {"ish", "dish", "one", *(word for words in _NAMES.values() for word in words)}


def unsaid_word(text: str, commands: Sequence[Command]) -> str | None:
    """Say which word of a plain sentence the commands do not keep to, or None."""
    return next((doubt for check in _CHECKS if (doubt := check(text, commands))), None)


def _looks(text: str, commands: Sequence[Command]) -> str | None:
    """A color or shape that nobody named."""
    words = re.findall(r"[a-z']+", text)
    looks = (getattr(command, field, None) for command in commands for field in ("color", "shape"))
    for look in filter(None, looks):
        if not any(_names(word, name) for name in _NAMES[look] for word in words):
            return f"nobody said {str(look)!r}; name the thing by its color or shape"
    return None


@lru_cache(maxsize=4096)
def _names(word: str, name: str) -> bool:
    """Whether a word is a name, typing errors and endings forgiven."""
    if word in _NO_LOOKS:
        return False
    word = re.sub(r"(.)\1{2,}", r"\1", word)  # "redddd"
    if len(word) > 5:
        word = word.removeprefix("the")  # "theball"
    if word.startswith(name):  # "redcube" and "reddish", and not "redwood" or "ballroom"
        rest = word[len(name) :]
        return len(rest) <= 2 or rest in _ENDINGS  # an ending such as the plural's
    if word.endswith(name) and word[: -len(name)] in _ENDINGS:
        return True
    alike = word[0] == name[0] and SequenceMatcher(None, word, name).ratio() > _ALIKE
    return alike or slipped(word, name)  # and not "credenza"


def _correction(text: str, commands: Sequence[Command]) -> str | None:
    """A word before "no", where another of its kind follows."""
    marks = list(_RE["corrected"].finditer(text))
    if not marks:
        return None
    before, after = text[: marks[-1].start()], _RE["denied"].sub(" ", text[marks[-1].end() :])
    mark = repr(marks[-1][0].strip(" ,.;-"))
    for kind, words in _KINDS.items():
        fields = ((one, _KIND_OF[kind].get(one.action, "")) for one in commands)
        meant = {str(said) for one, field in fields if (said := getattr(one, field, None))}
        last = {words[word] for word in re.findall(r"\w+", after) if word in words}
        if meant and last and not meant & last:
            return f"what is to change after {mark} was not understood; say it all anew"
    places = [command.place for command in commands if isinstance(command, GoTo)]
    alone = len(commands) == len(places) == 1 and _RE["goal"].search(after)
    if alone and places[0] in before and places[0] not in after:
        return f"where to go after {mark} was not understood; say it all anew"
    return None


def forbidden(text: str, commands: Sequence[Command]) -> str | None:
    """Words by which nothing moves, even if it is to do the last request again."""
    return _unkept(text, commands, ("also", "only"))


def _unkept(
    text: str, commands: Sequence[Command], leans: tuple[object, ...] = (None, "also")
) -> str | None:
    """Words that mean something for one of these actions and are not kept to."""
    actions = {command.action for command in commands}
    for name, rule in ((name, rule) for name, rule in _RULES.items() if rule.get("leans") in leans):
        concerned = moves(commands) if rule["of"] == "motions" else actions & {*rule["of"].split()}
        kept = concerned and commands[-1].action in rule.get("last", "").split()
        match = _RE[name].search(text) if concerned and not kept else None
        if match and not any(_KEPT[name](command) for command in commands if name in _KEPT):
            return f"{match[match.lastindex or 0]!r} {rule['say']}"
    return None


def said_only(text: str, commands: Sequence[Command]) -> tuple[Command, ...]:
    """The commands but those of an action for which a sentence has no word.

    "Clean up the room" is no way through a gate.
    """
    words = {*re.findall(r"[a-z']+", text)} - _NO_VERBS

    def is_said(verb: str) -> bool:
        alike = any(word.startswith(verb) or slipped(word, verb) for word in words)
        return verb in words or (alike and len(verb) > 3)

    wanted = _VERBS.keys() & {one.action for one in commands}
    unsaid = {action for action in wanted if not any(map(is_said, _VERBS[action]))}
    return tuple(
        one for one in commands if one.action not in unsaid or _heading_of(one) is not None
    )


def _unsaid_verb(text: str, commands: Sequence[Command]) -> str | None:
    """An action of which no word was said."""
    said = said_only(text, commands)
    for one in commands:
        if one not in said:
            return f"nobody said {one.action.replace('_', ' ')}; say what I am to do"
    return None


def _ways(text: str, commands: Sequence[Command]) -> str | None:
    """The ways of several moves in their order, each with its own amount."""
    driven = [one.direction for one in commands if isinstance(one, Move)]
    if any(isinstance(one, (Arc, Turn)) for one in commands):  # "turn around and drive back"
        return None
    if not _RE["in_order"].search(text) or any(isinstance(one, Face) for one in commands):
        return None
    said = [way for word in re.findall(r"\w+", text) if (way := _KINDS["way"].get(word))]
    apart = len(said) == len(_RE["length"].findall(text)) and len({*said}) > 1
    if apart and len(driven) >= len(said) and driven != said:
        return f"{' and '.join(said)}, each with its amount, was not understood; say each step"
    return None


def _series(text: str, commands: Sequence[Command]) -> str | None:
    """Pictures every so many degrees: as many as fit into a full turn."""
    match = _RE["series"].search(text)
    taken = sum(isinstance(one, TakePhoto) for one in commands)
    if not match or not taken or len(_RE["number"].findall(text)) > 1:
        return None
    if taken == FULL_TURN // max(1, int(match[1])):
        return None
    return f"{match[0]!r} was not understood; say how far to turn, then take a picture, and again"


def _heading_of(command: Command) -> float | None:
    return getattr(command, "heading_deg", None)


def _heading(text: str, commands: Sequence[Command]) -> str | None:
    """A compass heading where none was named."""
    if all(_heading_of(command) is None for command in commands):
        return None
    words = re.findall(r"[a-z]+", text)
    named = any(name in word or slipped(word, name) for name in _POINTS for word in words)
    if named or _RE["heading"].search(text):
        return None
    return "nobody said north, east, south or west; name the heading"


def _likewise(text: str, commands: Sequence[Command]) -> str | None:
    """The same to the other side, which has to be there with the same amount."""
    ways = [one for one in commands if isinstance(one, (Arc, Move, Turn))]
    twins = ((a, b) for a, b in permutations(ways, 2) if type(a) is type(b) and a != b)
    match = _RE["likewise"].search(text)
    if match and not any(
        replace(b, direction=a.direction) == a  # type: ignore[arg-type]
        for a, b in twins
    ):
        return f"{match[0]!r} was not understood; say each step"
    return None


_CHECKS: tuple[Callable[[str, Sequence[Command]], str | None], ...] = (
    _looks, _correction, _heading, _likewise, _ways, _series, _unsaid_verb, _unkept,
)  # fmt: skip
# what keeps to the words of a rule, where anything does
_KEPT: dict[str, Callable[[Command], object]] = {
    "open_end": lambda one: isinstance(one, (Approach, Face)) or getattr(one, "until", None),
    "half_circle": lambda one: isinstance(one, Arc) and one.angle_deg == FULL_TURN / 2,
    "wide": lambda one: isinstance(one, Arc) and one.radius_m >= float(RADIUS.vague["wide"]),
    "full_speed": lambda one: getattr(one, "speed", None) is Speed.FAST,
    "who_left": lambda one: not any("left" in str(part) for part in vars(one).values()),
}
