"""Grammars from JSON schemas; tank_language tries those of the commands."""

import pytest

from tank_llama.gbnf import schema_gbnf


def test_an_array_ends_at_its_bound_and_has_none_without():
    array = {"type": "array", "items": {"const": "a"}}
    assert '"[" ("\\"a\\"" ("," "\\"a\\"")*)? "]"' in schema_gbnf(array)
    assert '("," "\\"a\\""){0,2})? "]"' in schema_gbnf({**array, "maxItems": 3})


def test_a_schema_whose_objects_begin_with_an_optional_property_is_refused():
    schema = {"type": "object", "required": [], "properties": {"a": {"type": "number"}}}
    with pytest.raises(ValueError, match="optional"):
        schema_gbnf(schema)
