"""Requests that lean on the last one: again, more, the other way.

The model says how a request leans; what it then means is decided here, by "What was said before" of
``docs/language.md``. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from tank_core.commands import (
    ANGLE,
    DISTANCE,
    MAX_COMMANDS,
    PACE,
    Amount,
    Arc,
    Arm,
    Command,
    Move,
    MoveDirection,
    Remember,
    Report,
    Side,
    Speed,
    Stop,
    TakePhoto,
    Turn,
    Wait,
    fields_of,
)
from tank_core.commands.units import SECONDS
from tank_core.exceptions import InvalidCommandError, TankError

AGAIN, MORE, TURNING, OTHER, WRONG = "again", "more", "turn", "other", "wrong"
TEMPO = (*map(str, PACE.spelling), str(Speed.NORMAL))
# "now left", where it does not lean
_PLAIN: dict[str, Command] = {
    **{str(side): Turn(side, float(ANGLE.vague[""])) for side in Side},
    **{str(way): Move(way, float(DISTANCE.vague[""])) for way in MoveDirection},
}
WAYS = (OTHER, WRONG, *_PLAIN)
_OPPOSITE = {
    one: other for way in (Side, MoveDirection) for one in way for other in way if one != other
}
_AMOUNT: dict[type[Any], str] = {Move: "distance_m", Turn: "angle_deg", Arc: "angle_deg"}
_AT_MOST_DOUBLED = {Move: None, Turn: ANGLE.maximum}  # an arc the wrong way is not doubled
# what goes on is the step before these, and the request before one of these alone
_PASSED_OVER = (Stop, Wait, TakePhoto, Report, Remember, Arm)
NOTHING = "there is nothing to repeat"


@dataclass(frozen=True)
class Again:
    """The last request, whole."""

    speed: str | None = None


@dataclass(frozen=True)
class More:
    """The last motion again, or what was said to be different in it."""

    turning: bool = False  # "keep turning": the last turn
    way: str | None = None  # one of WAYS
    number: Decimal | None = None
    unit: str = ""  # of the number; without one, a word of vagueness
    speed: str | None = None


Step = Command | Again | More


@dataclass(frozen=True)
class Refusal:
    """An answer that means no command at all, and why.

    ``rejected``: it leans on what was not there.
    """

    reason: str
    rejected: bool = False


Expansion = tuple[Command, ...] | Refusal


@dataclass(frozen=True)
class Previous:
    """The last request, and the last one that was not just a halt or a look.

    Both are empty where there was none.
    """

    request: tuple[Command, ...] = ()
    motion: tuple[Command, ...] = ()

    def then(self, commands: Iterable[Command]) -> Previous:
        """Return what may be leaned on after this request was accepted."""
        request = tuple(commands)
        quiet = all(isinstance(command, _PASSED_OVER) for command in request)
        return Previous(request, self.motion if quiet else request)


NO_PREVIOUS = Previous()


class _LeaningError(TankError):
    """A request that leans on what was not there."""


def too_many(steps: Sequence[object]) -> Refusal | None:
    """The refusal of a request with more steps than one may have."""
    many = f"{len(steps)} steps are too many; at most {MAX_COMMANDS} in one instruction"
    return Refusal(many) if len(steps) > MAX_COMMANDS else None


def resolve(steps: Iterable[Step], previous: Previous = NO_PREVIOUS) -> Expansion:
    """The commands of a request, or why there are none.

    It may lean on ``previous``. It is refused whole where a command is out of range, or there are
    too many.
    """
    commands: list[Command] = []
    try:
        for step in steps:
            commands += _meant(step, previous)
    except _LeaningError as error:
        return Refusal(str(error), rejected=True)
    except InvalidCommandError as error:
        return Refusal(str(error))
    return too_many(commands) or tuple(commands)


def said(steps: Iterable[Step], previous: Previous) -> list[Command]:
    """The steps as far as the sentence itself says them.

    The rest is as if nothing were said.
    """
    found: list[Command] = []
    for step in steps:
        if isinstance(step, Again):
            found.append(_PLAIN[MoveDirection.FORWARD])
        elif isinstance(step, More) and not (step.unit and step.number is not None):
            command = _more(step, previous)
            unsaid = _kind(command).vague[step.unit]
            found.append(replace(command, **{_AMOUNT[type(command)]: float(unsaid)}))
        else:
            found += _meant(step, previous)
    return found


def _meant(step: Step, previous: Previous) -> tuple[Command, ...]:
    if isinstance(step, Again):
        if not previous.request:
            raise _LeaningError(NOTHING)
        return tuple(_at(command, step.speed) for command in previous.request)
    return (_more(step, previous),) if isinstance(step, More) else (step,)


def _more(more: More, previous: Previous) -> Any:
    last: Any = _last(more, previous.motion)
    if more.way in _PLAIN and not more.turning and more.way not in _ways(last):
        last = _PLAIN[more.way]
    elif last is None:
        raise _LeaningError(NOTHING)
    elif type(last) not in _AMOUNT:
        raise _LeaningError(f"{last.action}, the last step, is none that can go on")
    last = _turned(_at(last, more.speed), more)
    if more.number is None and not more.unit:
        return last
    amount = {_AMOUNT[type(last)]: _amount(more, last)}
    unsaid = {"until": None, "color": None, "shape": None} if isinstance(last, Move) else {}
    return replace(last, **unsaid, **amount)


def _last(more: More, steps: Sequence[Command]) -> Command | None:
    """The step that a request leans on; None where there is none."""
    back = reversed(steps)
    if not more.turning:
        return next((step for step in back if not isinstance(step, _PASSED_OVER)), None)
    turn = next((step for step in back if isinstance(step, Turn)), None)
    if steps and turn is None:
        raise _LeaningError("there is no turn to go on with")
    return turn


def _at(command: Any, speed: str | None) -> Any:
    """A command at a speed, if it has one and one was said."""
    return replace(command, speed=speed) if speed and hasattr(command, "speed") else command


def _ways(command: Command | None) -> tuple[str, ...]:
    way = getattr(command, "direction", None) if type(command) in _AMOUNT else None
    return () if way is None else (way, _OPPOSITE[way])


def _turned(last: Any, more: More) -> Any:
    """The motion in the direction that was said."""
    if more.way in _PLAIN:
        return replace(last, direction=more.way)
    if more.way is None:
        return last
    back = replace(last, direction=_OPPOSITE[last.direction])
    if more.way == OTHER or type(last) not in _AT_MOST_DOUBLED or getattr(last, "until", None):
        return back
    most, name = _AT_MOST_DOUBLED[type(last)], _AMOUNT[type(last)]
    twice = round(2 * getattr(last, name), 3)
    return replace(back, **{name: twice if most is None else min(twice, most)})


def _kind(command: Command) -> Amount:
    """The kind of a motion's amount."""
    kinds = {field.name: field.kind for field in fields_of(type(command))}
    kind = kinds[_AMOUNT[type(command)]]
    assert isinstance(kind, Amount)
    return kind


def _amount(more: More, last: Any) -> float:
    """The amount that was said, for this motion.

    Of an arc only degrees, and time, are of its kind.
    """
    kind = _kind(last)
    if more.number is None:
        if more.unit not in kind.vague:
            raise _LeaningError(f"how much {more.unit!r} is of {last.action} is not known")
        return float(kind.vague[more.unit])
    if more.unit not in (*kind.units, *SECONDS):
        raise _LeaningError(f"{more.number} {more.unit} is no amount of {last.action}")
    radius = getattr(last, kind.radius) if kind.radius else 1.0
    return kind.converted(more.number, more.unit, last.speed, radius)
