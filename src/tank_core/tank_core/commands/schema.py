"""The JSON schema of the command language, from the actions' descriptions.

``docs/commands.schema.json`` is its published copy, which ``python -m tank_core.commands.schema``
prints.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import jsonschema

from tank_core.commands import (
    COMMAND_TYPES,
    MAX_COMMANDS,
    Amount,
    Condition,
    Heading,
    Name,
    Words,
    fields_of,
)
from tank_core.commands.kinds import Kind


def command_schema(
    limits: bool = True, actions: Sequence[type[Any]] = COMMAND_TYPES
) -> dict[str, Any]:
    """Return the draft-07 schema of ``{"commands": [...]}``.

    Properties stand in the order in which they are written. With ``limits`` false the bounds of
    numbers and of the list's length are left out: that is what a model may *write*, so that "500
    degrees" or 40 steps are seen and refused as a whole instead of being cut short to something
    that fits.
    """
    commands: dict[str, Any] = {"type": "array", "items": _ref("command")}
    if limits:
        commands["maxItems"] = MAX_COMMANDS
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Tank command list, second edition",
        **_object({"commands": commands}, ["commands"]),
        "definitions": {
            **{name: _described(kind, limits) for name, kind in _shared(actions).items()},
            "command": {"oneOf": [_ref(action.action) for action in actions]},
            **{action.action: _action(action, limits) for action in actions},
        },
    }


def schema_problem(data: object, limits: bool = True) -> str | None:
    """Say in one line why ``data`` is no command list; None when it is one."""
    error = jsonschema.exceptions.best_match(_validator(limits).iter_errors(data))
    if error is None:
        return None
    where = "/".join(map(str, error.absolute_path)) or "the answer"
    return f"{where}: {error.message}"[:300]


@lru_cache(maxsize=2)
def _validator(limits: bool) -> Any:
    return jsonschema.Draft7Validator(command_schema(limits))


def _shared(actions: Sequence[type[Any]]) -> dict[str, Kind]:
    kinds = (field.kind for action in actions for field in fields_of(action))
    return {_name(kind): kind for kind in kinds if _is_shared(kind)}


def _is_shared(kind: Kind) -> bool:
    return bool(kind.rule) and not isinstance(kind, Amount)


def _action(action: type[Any], limits: bool) -> dict[str, Any]:
    known = {field.name: field for field in fields_of(action)}

    def form(names: Iterable[str], needs: Iterable[str]) -> dict[str, Any]:
        properties = {name: _property(known[name].kind, limits) for name in names}
        return _object({"action": {"const": action.action}, **properties}, ["action", *needs])

    if action.forms:
        return {"oneOf": [form(each.fields, each.needs) for each in action.forms]}
    whole = form(known, (name for name, field in known.items() if not field.optional))
    return whole | (_condition(action.condition) if action.condition and limits else {})


def _condition(rule: Condition) -> dict[str, Any]:
    """Admit some fields only where another has a certain word."""
    met = {"required": [rule.where], "properties": {rule.where: {"const": rule.word.value}}}
    said = [{"required": [name]} for name in rule.fields]
    return {"if": {"not": met}, "then": {"not": {"anyOf": said}}}


def _property(kind: Kind, limits: bool) -> dict[str, Any]:
    return _ref(_name(kind)) if _is_shared(kind) else _described(kind, limits)


def _described(kind: Kind, limits: bool) -> dict[str, Any]:
    if isinstance(kind, Words):
        return {"enum": [word.value for word in kind.choices]}
    bounds: dict[str, Any]
    if isinstance(kind, Name):
        bounds = {"minLength": 1, "maxLength": kind.maximum} if limits else {}
        return {"type": "string", **bounds, "pattern": kind.pattern}
    if isinstance(kind, Heading):
        bounds = {"minimum": 0, "exclusiveMaximum": 360}
    else:
        least = {"minimum": kind.minimum} if kind.minimum else {"exclusiveMinimum": 0}
        bounds = {**least, "maximum": int(kind.maximum)}
    return {"type": "number", **(bounds if limits else {})}


def _object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required,
        "properties": properties,
    }


def _name(kind: Kind) -> str:
    return kind.words.__name__.lower() if isinstance(kind, Words) else kind.rule


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/definitions/{name}"}


if __name__ == "__main__":
    print(json.dumps(command_schema(), indent=2))
