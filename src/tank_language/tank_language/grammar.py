"""The grammar of an answer in JSON."""

from __future__ import annotations

from tank_core.commands import MAX_COMMANDS
from tank_core.commands.schema import command_schema
from tank_llama.gbnf import schema_gbnf


def json_gbnf() -> str:
    """The grammar of JSON valid but for the bounds of numbers and length."""
    schema = command_schema(limits=False)
    # One step more than allowed: a longer list is then seen and refused, where a bound at the limit
    # would cut it short and pass the rest on as if it were the whole request.
    schema["properties"]["commands"]["maxItems"] = MAX_COMMANDS + 1
    return schema_gbnf(schema)
