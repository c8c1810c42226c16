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

NUMBER = '("0" | [1-9] [0-9]{0,4}) ("." [0-9]{1,3})?'


def schema_gbnf(schema: Mapping[str, Any]) -> str:
    """Return the grammar of a schema.

    It may be made of objects, arrays (with maxItems), numbers, const, enum, oneOf and references to
    its definitions.
    """
    rules = {"root": _expression(schema), "number": NUMBER}
    parts = schema.get("definitions", {}).items()
    rules.update({_rule(name): _expression(part) for name, part in parts})
    return "\n".join(f"{name} ::= {body}" for name, body in rules.items()) + "\n"


def _expression(part: Mapping[str, Any]) -> str:
    if "$ref" in part:
        return _rule(str(part["$ref"]).rpartition("/")[2])
    if "const" in part:
        return _literal(json.dumps(part["const"]))
    if "enum" in part:
        return _choice([_literal(json.dumps(value)) for value in part["enum"]])
    if "oneOf" in part:
        return _choice([_expression(option) for option in part["oneOf"]])
    return _TYPES[part["type"]](part)


def _rule(name: str) -> str:
    return name.replace("_", "-")  # all that GBNF admits


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
    more = f"{{0,{part['maxItems'] - 1}}}" if "maxItems" in part else "*"
    return f'"[" ({item} ("," {item}){more})? "]"'


def _choice(options: list[str]) -> str:
    return f"({' | '.join(options)})"


def _literal(text: str) -> str:
    return json.dumps(text)  # GBNF escapes quotes and backslashes as JSON does


def _number(part: Mapping[str, Any]) -> str:
    return "number"


def _string(part: Mapping[str, Any]) -> str:
    """Write a text's pattern: GBNF has the same classes and groups."""
    body = part["pattern"].removeprefix("^").removesuffix("$")
    return rf'"\"" {body} "\""'


_TYPES = {"object": _object, "array": _array, "number": _number, "string": _string}
