"""The JSON schema of the command language, from the actions' descriptions.

``docs/commands.schema.json`` is its published copy: ``python -m tank_language.schema`` prints it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import jsonschema

from tank_core.commands import COMMAND_TYPES, MAX_COMMANDS, Words, fields_of
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
        "title": "Tank command list",
        **_object({"commands": commands}, ["commands"]),
        "definitions": {
            **{_name(kind): _words(kind) for kind in _shared(actions)},
            "command": {"oneOf": [_ref(action.action) for action in actions]},
            **{action.action: _action(action, limits) for action in actions},
        },
    }


def schema_problem(data: object, limits: bool = True) -> str | None:
    """Say in one line why ``data`` is not a command list.

    None when it is one.
    """
    error = jsonschema.exceptions.best_match(_validator(limits).iter_errors(data))
    if error is None:
        return None
    where = "/".join(map(str, error.absolute_path)) or "the answer"
    return f"{where}: {error.message}"[:300]


@lru_cache(maxsize=2)
def _validator(limits: bool) -> Any:
    return jsonschema.Draft7Validator(command_schema(limits))


def _shared(actions: Sequence[type[Any]]) -> list[Words]:
    kinds = [field.kind for action in actions for field in fields_of(action)]
    return list(dict.fromkeys(kind for kind in kinds if isinstance(kind, Words) and kind.rule))


def _action(action: type[Any], limits: bool) -> dict[str, Any]:
    properties: dict[str, Any] = {"action": {"const": action.action}}
    properties |= {field.name: _property(field.kind, limits) for field in fields_of(action)}
    needed = [field.name for field in fields_of(action) if not field.optional]
    return _object(properties, ["action", *needed])


def _property(kind: Kind, limits: bool) -> dict[str, Any]:
    if isinstance(kind, Words):
        return _ref(_name(kind)) if kind.rule else _words(kind)
    bounds = {"exclusiveMinimum": 0, "maximum": int(kind.maximum)}
    return {"type": "number", **(bounds if limits else {})}


def _object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required,
        "properties": properties,
    }


def _name(kind: Words) -> str:
    return kind.words.__name__.lower()


def _words(kind: Words) -> dict[str, Any]:
    return {"enum": [word.value for word in kind.words]}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/definitions/{name}"}


if __name__ == "__main__":
    print(json.dumps(command_schema(), indent=2))
