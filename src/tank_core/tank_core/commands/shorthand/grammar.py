"""The words of shorthand, and its grammar in llama.cpp's GBNF."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from tank_core.commands import (
    COMMAND_TYPES,
    COMPASS,
    Amount,
    Field,
    Name,
    Words,
    fields_of,
)
from tank_core.commands.kinds import Alternative, Kind
from tank_core.commands.shorthand.references import AGAIN, MORE, TEMPO, TURNING, WAYS
from tank_core.commands.shorthand.tokens import HEADING, NAME, NAME_ENDS, NONE

Then = Mapping[Any, Sequence[str]]
_NO_MORE: Then = {}
_REFERENCES = (AGAIN, MORE, TURNING, *WAYS, *TEMPO)


def words(actions: Sequence[type[Any]] = COMMAND_TYPES) -> tuple[str, ...]:
    """Every word that the model has one token for, in a fixed order."""
    kinds = (field.kind for action in actions for field in fields_of(action))
    return tuple(
        dict.fromkeys((
            NONE, ";", "x(", ")",
            *(other.word for other in _alternatives(actions)),
            *(action.action for action in actions),
            *(word for kind in kinds for word in _words_of(kind)),
            *_REFERENCES,
        ))
    )  # fmt: skip


def gbnf(
    actions: Sequence[type[Any]] = COMMAND_TYPES, known: Callable[[str], bool] = lambda word: True
) -> str:
    """The grammar of shorthand in the model's tokens, in llama.cpp's GBNF.

    Whatever it admits, ``expand`` reads. With ``known``, which says whether a model has a word, it
    is that of an older model: without the actions and fields that have a word which it has not.
    """

    def has(field: Field) -> bool:
        return all(map(known, _words_of(field.kind)))

    spoken = {
        action: [field for field in fields_of(action) if has(field)]
        for action in actions
        if known(action.action) and all(has(f) or f.optional for f in fields_of(action))
    }
    leaning = all(map(known, _REFERENCES))
    steps = [action.action for action in spoken] + [AGAIN, MORE] * leaning
    rules = {
        "root": f'"<{NONE}>" | outer',
        "outer": 'item1 ("<;>" item1)*',
        "item1": 'step | count "<x(>" inner "<)>"',
        "inner": 'item2 ("<;>" item2)*',
        "item2": 'step | count "<x(>" plain "<)>"',
        "plain": 'step ("<;>" step)*',
        "step": " | ".join(map(_rule, steps)),
        "count": "[1-9] [0-9]?",
        "number": '("0" | [1-9] [0-9]? [0-9]? [0-9]? [0-9]?) ("." [0-9] [0-9]? [0-9]?)?',
    }
    for action, fields in spoken.items():
        rules[_rule(action.action)] = _step_rule(action, fields)
        rules |= {_rule(f.kind.rule): _body(f.kind) for f in fields if f.kind.rule}
    rules |= {other.rule: other.body for other in _alternatives(spoken)}
    if leaning:
        rules[AGAIN] = f'"<{AGAIN}>" tempo?'
        rules[MORE] = f'"<{MORE}>" "<{TURNING}>"? toward? (way | angle)? tempo?'
        rules |= {"toward": _any(WAYS), "tempo": _any(TEMPO)}
    return "\n".join(f"{name} ::= {body}" for name, body in rules.items()) + "\n"


def _alternatives(actions: Iterable[type[Any]]) -> Iterator[Alternative]:
    return (action.alternative for action in actions if action.alternative)


def _words_of(kind: Kind) -> tuple[str, ...]:
    """The words in which a field of this kind is written."""
    if isinstance(kind, Words):
        return (*filter(None, [kind.mark]), *map(str, kind.spelling))
    if isinstance(kind, Amount):
        return (*kind.marks, *kind.spoken_units, *filter(None, kind.vague))
    return (NAME, NAME_ENDS) if isinstance(kind, Name) else (HEADING, *COMPASS.values())


def _step_rule(action: type[Any], fields: Sequence[Field]) -> str:
    other, condition = action.alternative, action.condition
    parts = {field.name: _part(field) for field in fields}
    if condition:
        told = {name: parts.pop(name) for name in condition.fields if name in parts}
        where = next((field for field in fields if field.name == condition.where), None)
        if where:
            parts[where.name] = _part(where, {condition.word: [*told.values()]})
    if other:
        said = " ".join(parts.pop(name) for name in other.instead_of)
        parts = {other.word: f'({said} | "<{other.word}>" {other.rule})', **parts}
    forms = [
        " ".join(
            parts[name].removesuffix("?") if name in form.needs else parts[name]
            for name in parts
            if name in form.fields
        )
        for form in action.forms
        if parts.keys() >= {*form.needs}
    ]
    said = f"({' | '.join(forms)})" if len(forms) > 1 else "".join(forms)
    return " ".join(filter(None, (f'"<{action.action}>"', *([said] if forms else parts.values()))))


def _part(field: Field, then: Then = _NO_MORE) -> str:
    """A field of a step; an amount may always be left out.

    ``then``: what may follow some of its words.
    """
    kind, body = field.kind, _body(field.kind, then)
    alone = isinstance(kind, Words) and not kind.mark
    part = _rule(kind.rule) or (body if alone else f"({body})")
    return part + ("?" if field.optional or isinstance(kind, Amount) else "")


def _body(kind: Kind, then: Then = _NO_MORE) -> str:
    """A kind in full."""
    if isinstance(kind, Words):
        mark = f'"<{kind.mark}>" ' if kind.mark else ""
        return mark + _any(kind.spelling, then)
    if isinstance(kind, Amount):
        mark = f"{_any(kind.marks)} " if kind.marks else ""
        return f"{mark}number {_any(kind.spoken_units)} | {_any(filter(None, kind.vague))}"
    if isinstance(kind, Name):
        return f'"<{NAME}>" " " [a-z0-9]+ ([ \'-] [a-z0-9]+)* "<{NAME_ENDS}>"'
    return f'"<{HEADING}>" number | {_any(COMPASS.values())}'


def _rule(name: str) -> str:
    return name.replace("_", "-")  # all that GBNF admits


def _any(choices: Iterable[str], then: Then = _NO_MORE) -> str:
    tokens = (" ".join([f'"<{word}>"', *then.get(word, ())]) for word in choices)
    return f"({' | '.join(tokens)})"
