"""A llama.cpp grammar (GBNF) from a JSON schema.

Compact JSON, keys in the schema's order, plain short numbers.

llama.cpp's own converter lets spaces, negatives, exponents and 16-digit numbers through; here a
number is at most five digits and three decimals. Notation:
https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tank_core.commands import MAX_COMMANDS
from tank_language.schema import command_schema

NUMBER = '("0" | [1-9] [0-9]{0,4}) ("." [0-9]{1,3})?'
# One step more than allowed: a longer list is then seen and refused, where a bound at the limit
# would cut it short and
# pass the rest on as if it were the whole request.
MAX_WRITTEN_ITEMS = MAX_COMMANDS + 1


def json_gbnf() -> str:
    """The grammar of a JSON answer.

    What it admits is valid against the schema but for the bounds of numbers and length.
    """
    return schema_gbnf(command_schema(limits=False))


def schema_gbnf(schema: Mapping[str, Any]) -> str:
    """Return the grammar of a schema.

    It may be made of objects, arrays, numbers, const, enum, oneOf and references to its
    definitions.
    """
    rules = {"root": _expression(schema), "number": NUMBER}
    rules.update({name: _expression(part) for name, part in schema.get("definitions", {}).items()})
    return "\n".join(f"{name} ::= {body}" for name, body in rules.items()) + "\n"


def _expression(part: Mapping[str, Any]) -> str:
    if "$ref" in part:
        return str(part["$ref"]).rpartition("/")[2]
    if "const" in part:
        return _literal(json.dumps(part["const"]))
    if "enum" in part:
        return _choice([_literal(json.dumps(value)) for value in part["enum"]])
    if "oneOf" in part:
        return _choice([_expression(option) for option in part["oneOf"]])
    return _TYPES[part["type"]](part)


def _object(part: Mapping[str, Any]) -> str:
    """Write an object; its first property is always there.

    So each of the others brings the comma before it.
    """
    required = part["required"]
    pairs = []
    for index, (name, value) in enumerate(part["properties"].items()):
        pair = f"{_literal((',' if index else '') + json.dumps(name) + ':')} {_expression(value)}"
        if index == 0 and name not in required:
            raise ValueError(
                f"{name!r} comes first in an object and is optional; put a required property first"
            )
        pairs.append(pair if name in required else f"({pair})?")
    return f'"{{" {" ".join(pairs)} "}}"'


def _array(part: Mapping[str, Any]) -> str:
    item = _expression(part["items"])
    return f'"[" ({item} ("," {item}){{0,{MAX_WRITTEN_ITEMS - 1}}})? "]"'


def _choice(options: list[str]) -> str:
    return f"({' | '.join(options)})"


def _literal(text: str) -> str:
    return json.dumps(text)  # GBNF escapes quotes and backslashes as JSON does


def _number(part: Mapping[str, Any]) -> str:
    return "number"


_TYPES = {"object": _object, "array": _array, "number": _number}
