"""The JSON schema of the command language, built from the command types
(``docs/commands.schema.json`` is its published copy).
"""

from __future__ import annotations

from dataclasses import fields
from enum import Enum
from functools import lru_cache
from typing import Any, Union, get_args, get_origin, get_type_hints

import jsonschema

from tank_core.commands import (
    COMMAND_TYPES,
    MAX_ANGLE_DEG,
    MAX_COMMANDS,
    MAX_DISTANCE_M,
    MAX_DURATION_S,
    Cell,
    Color,
    Command,
    Shape,
    Speed,
)

MAXIMA = {"distance_m": MAX_DISTANCE_M, "angle_deg": MAX_ANGLE_DEG, "duration_s": MAX_DURATION_S}
SHARED_WORDS: dict[type[Enum], str] = {Speed: "speed", Cell: "cell", Color: "color", Shape: "shape"}


def command_schema(limits: bool = True) -> dict[str, Any]:
    """The draft-07 schema of ``{"commands": [...]}``, properties in the order in which they are
    written.

    With ``limits`` false the bounds of numbers and of the list's length are left out: that is what
    a model may *write*, so that "500 degrees" or 40 steps are seen and refused as a whole instead
    of being cut short to something that fits.


    """
    commands: dict[str, Any] = {"type": "array", "items": _ref("command")}
    if limits:
        commands["maxItems"] = MAX_COMMANDS
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Tank command list",
        **_object({"commands": commands}, ["commands"]),
        "definitions": {
            **{name: _words(kind) for kind, name in SHARED_WORDS.items()},
            "command": {"oneOf": [_ref(kind.action) for kind in COMMAND_TYPES]},
            **{kind.action: _command(kind, limits) for kind in COMMAND_TYPES},
        },
    }


def schema_problem(data: object, limits: bool = True) -> str | None:
    """Why ``data`` is not a command list, in one line; None when it is one."""
    error = jsonschema.exceptions.best_match(_validator(limits).iter_errors(data))
    if error is None:
        return None
    where = "/".join(map(str, error.absolute_path)) or "the answer"
    return f"{where}: {error.message}"[:300]


@lru_cache(maxsize=2)
def _validator(limits: bool) -> Any:
    return jsonschema.Draft7Validator(command_schema(limits))


def _command(kind: type[Command], limits: bool) -> dict[str, Any]:
    hints = get_type_hints(kind)
    properties: dict[str, Any] = {"action": {"const": kind.action}}
    required = ["action"]
    for field in fields(kind):
        properties[field.name] = _property(field.name, hints[field.name], limits)
        if not _is_optional(hints[field.name]):
            required.append(field.name)
    return _object(properties, required)


def _property(name: str, hint: Any, limits: bool) -> dict[str, Any]:
    kind = get_args(hint)[0] if _is_optional(hint) else hint
    if kind is float:
        bounds = {"exclusiveMinimum": 0, "maximum": int(MAXIMA[name])}
        return {"type": "number", **(bounds if limits else {})}
    return _ref(SHARED_WORDS[kind]) if kind in SHARED_WORDS else _words(kind)


def _is_optional(hint: Any) -> bool:
    return get_origin(hint) in (Union, type(int | None)) and type(None) in get_args(hint)


def _object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required,
        "properties": properties,
    }


def _words(kind: type[Enum]) -> dict[str, Any]:
    return {"enum": [member.value for member in kind]}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/definitions/{name}"}
