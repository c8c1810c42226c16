"""A single description of an action is enough.

Schema, grammars, shorthand, limits and JSON follow.
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import jsonschema
import pytest

from tank_core.commands import (
    ACTIONS,
    COMMAND_TYPES,
    Action,
    Amount,
    Word,
    command_from_dict,
    command_to_dict,
    shorthand,
)
from tank_core.commands.actions import ArmCell, OfColor, OfShape, Pace
from tank_core.commands.schema import command_schema
from tank_core.commands.units import METERS, amounts
from tank_core.exceptions import InvalidCommandError
from tank_llama.gbnf import schema_gbnf


class Manner(Word):
    HIGH = "high"
    LOW = "low"


@dataclass(frozen=True)
class Toss(Action):
    """An action that no robot of ours has."""

    action: ClassVar[str] = "toss"
    says: ClassVar[str] = "toss {object} {distance_m} {manner}[, {speed}] from {cell}"
    manner: Manner
    distance_m: Annotated[float, Amount("m", 3, METERS, vague=amounts("2, bit 1"))]
    speed: Pace | None = None
    cell: ArmCell | None = None
    color: OfColor | None = None
    shape: OfShape | None = None


TYPES = (*COMMAND_TYPES, Toss)
NAMES = {**ACTIONS, "toss": Toss}
THROW = Toss("high", 0.61, "fast", color="red")


def test_the_schema_has_it_and_its_limits():
    validator = jsonschema.Draft7Validator(command_schema(actions=TYPES))
    data = command_to_dict(THROW)
    assert validator.is_valid({"commands": [data]})
    for bad in ({"distance_m": 3.5}, {"distance_m": 0}, {"manner": "far"}, {"hour": 3}):
        assert not validator.is_valid({"commands": [{**data, **bad}]})
    del data["manner"]
    assert not validator.is_valid({"commands": [data]})


def test_a_grammar_of_json_has_it():
    assert '"\\"toss\\""' in schema_gbnf(command_schema(limits=False, actions=TYPES))


def test_the_model_has_words_and_a_rule_for_it():
    assert set(shorthand.words(TYPES)) - set(shorthand.words()) == {"toss", "high", "low"}
    assert (
        'toss ::= "<toss>" ("<high>" | "<low>") (number ("<m>" | "<cm>" | "<mm>" | "<km>" | '
        '"<ft>" | "<in>" | "<yd>" | "<mi>" | "<step>") | ("<bit>"))? pace? cell? color? shape?'
    ) in shorthand.gbnf(TYPES).splitlines()


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("toss high", Toss("high", 2)),
        ("toss low bit", Toss("low", 1)),
        ("toss high 2 ft fast red", THROW),
        ("toss high 1 m front_left blue ball", Toss("high", 1, None, "front_left", "blue", "ball")),
    ],
)
def test_shorthand_is_read(text, command):
    written = shorthand.to_tokens(f"{text} ; stop")
    first, _ = shorthand.expand(shorthand.from_tokens(written), NAMES)
    assert first == command


def test_out_of_range_is_refused_in_one_line_that_names_the_limit():
    answer = shorthand.expand("toss high 4 m", NAMES)
    assert isinstance(answer, shorthand.Refusal)
    assert answer.reason == "distance_m is 4.0; it must be a number over 0 and at most 3 m"
    with pytest.raises(InvalidCommandError, match="manner is 'far'; say one of high, low"):
        Toss("far", 1)


def test_it_survives_its_json():
    assert command_from_dict(command_to_dict(THROW), NAMES) == THROW
