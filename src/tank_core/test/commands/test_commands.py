"""Commands are exactly what the JSON schema says."""

import json
import math
from dataclasses import FrozenInstanceError
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_core import commands as c
from tank_core.exceptions import InvalidCommandError

WORDS = {
    "direction": c.MoveDirection,
    "speed": c.Speed,
    "cell": c.Cell,
    "color": c.Color,
    "shape": c.Shape,
}


def maybe(kind):
    return st.none() | st.sampled_from(kind)


def quantity(maximum):
    return st.floats(0, maximum, exclude_min=True)


COMMANDS = st.one_of(
    st.builds(c.Move, st.sampled_from(c.MoveDirection), quantity(100), maybe(c.Speed)),
    st.builds(c.Turn, st.sampled_from(c.Side), quantity(360), maybe(c.Speed)),
    st.builds(c.Stop),
    st.builds(c.Wait, quantity(600)),
    st.builds(c.Grasp, maybe(c.Cell), maybe(c.Color), maybe(c.Shape)),
    st.builds(c.Release, maybe(c.Cell)),
    st.builds(c.Face, maybe(c.Color), maybe(c.Shape)),
    st.builds(c.Approach, maybe(c.Color), maybe(c.Shape)),
)

# JSON values that come near to commands, so that a good part of what is drawn is valid.
VALUES = st.one_of(
    st.sampled_from(
        [
            "forward",
            "backward",
            "left",
            "right",
            "slow",
            "fast",
            "front",
            "front_left",
            "red",
            "cube",
            "Left",
            "",
            "diagonal",
        ]
    ),
    st.sampled_from([0, 1, 2.5, -1, 100, 100.5, 360, 361, 600, 10**400, 1e308, True, False, None]),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([[], {}, [1], {"a": 1}]),
)
NAMES = st.sampled_from(
    [
        "direction",
        "distance_m",
        "angle_deg",
        "duration_s",
        "speed",
        "cell",
        "color",
        "shape",
        "extra",
    ]
)
NEAR_COMMANDS = st.builds(
    lambda action, fields: {"action": action, **fields},
    st.sampled_from([*c.ACTIONS, "jump", "", 3, None, "Move"]),
    st.dictionaries(NAMES, VALUES, max_size=4),
)


@pytest.fixture(scope="module")
def validator():
    for folder in Path(__file__).resolve().parents:
        path = folder / "docs/commands.schema.json"
        if path.is_file():
            return jsonschema.Draft7Validator(json.loads(path.read_text(encoding="utf-8")))
    pytest.skip("commands.schema.json is not beside the sources (an installed copy is tested)")


@given(COMMANDS)
def test_a_command_survives_its_dictionary_and_json_text(command):
    assert c.command_from_dict(c.command_to_dict(command)) == command
    assert c.command_from_dict(json.loads(json.dumps(c.command_to_dict(command)))) == command


@pytest.mark.slow
@given(st.lists(COMMANDS, max_size=32))
def test_whatever_can_be_constructed_satisfies_the_schema(validator, commands):
    data = json.loads(json.dumps(c.commands_to_json(commands)))
    validator.validate(data)
    assert c.commands_from_json(data) == tuple(commands)


@given(st.lists(NEAR_COMMANDS | st.builds(c.command_to_dict, COMMANDS) | VALUES, max_size=3))
def test_refused_is_exactly_what_the_schema_refuses(validator, items):
    data = {"commands": items}
    try:
        c.commands_from_json(data)
        accepted = True
    except InvalidCommandError:
        accepted = False
    assert accepted == validator.is_valid(data)


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "stop",
        {},
        {"commands": None},
        {"commands": {}},
        {"commands": [], "more": 1},
        {"command": []},
    ],
)
def test_anything_but_one_list_of_commands_is_refused(validator, data):
    assert not validator.is_valid(data)
    with pytest.raises(InvalidCommandError):
        c.commands_from_json(data)


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, 0, -0.0, -1, 100.0001, True, "1", None, [1.0], 10**400]
)
def test_a_distance_that_is_none_is_refused(value):
    with pytest.raises(InvalidCommandError, match="distance_m"):
        c.Move(c.MoveDirection.FORWARD, value)


@pytest.mark.parametrize(
    ("kind", "limit"),
    [(lambda v: c.Turn("left", v), 360), (c.Wait, 600), (lambda v: c.Move("forward", v), 100)],
)
def test_the_limit_itself_is_allowed_and_nothing_above(kind, limit):
    kind(limit)
    with pytest.raises(InvalidCommandError):
        kind(math.nextafter(limit, math.inf))


def test_thirty_two_steps_are_allowed_and_thirty_three_are_not():
    assert len(c.commands_from_json({"commands": [{"action": "stop"}] * 32})) == 32
    with pytest.raises(InvalidCommandError, match="33 steps"):
        c.commands_from_json({"commands": [{"action": "stop"}] * 33})


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"action": "jump"}, ["'jump'", "move", "approach"]),
        ({"action": "move", "direction": "up", "distance_m": 1}, ["'up'", "forward", "backward"]),
        ({"action": "move", "direction": "forward"}, ["distance_m"]),
        ({"action": "wait", "duration_s": 601}, ["601", "600"]),
        ({"action": "stop", "cell": "left"}, ["'cell'"]),
        ({"action": "grasp", "cell": None}, ["grasp.cell", "null"]),
        ({"action": "face", "heading_deg": 360}, ["heading_deg is 360", "under 360", "north"]),
        ({"action": "remember", "heading_deg": -1}, ["heading_deg is -1", "at least 0"]),
        (
            {"action": "arc", "direction": "left", "radius_m": 0.05, "angle_deg": 90},
            ["radius_m is 0.05", "at least 0.1 and at most 10 m"],
        ),
    ],
)
def test_a_refusal_names_the_step_the_bad_value_and_the_choices_in_one_line(data, words):
    with pytest.raises(InvalidCommandError) as error:
        c.commands_from_json({"commands": [{"action": "stop"}, data]})
    message = str(error.value)
    assert (
        message.startswith("step 2: ")
        and "\n" not in message
        and all(word in message for word in words)
    )


@pytest.mark.parametrize(
    "value", ["x" * 10_000, 10**5000, {"a": "b" * 10_000}], ids=["text", "number", "object"]
)
def test_a_refusal_stays_short_whatever_was_given(value):
    for data in (
        value,
        {"action": value},
        {"action": "wait", "duration_s": value},
        {"action": "grasp", "cell": value},
    ):
        with pytest.raises(InvalidCommandError) as error:
            c.command_from_dict(data)
        assert len(str(error.value)) < 400


def test_a_command_cannot_be_changed_into_an_invalid_one():
    with pytest.raises(FrozenInstanceError):
        c.Wait(1.0).duration_s = -1.0


@given(st.lists(COMMANDS, max_size=4))
def test_what_is_not_said_means_normal_speed_and_the_front_cell(commands):
    spoken = [
        c.command_from_dict(c.command_to_dict(command) | _said(command)) for command in commands
    ]
    assert c.equivalent(commands, spoken) and c.equivalent(spoken, commands)


def _said(command):
    data = c.command_to_dict(command)
    if command.action in ("move", "turn") and "speed" not in data:
        return {"speed": "normal"}
    return (
        {"cell": "front"} if command.action in ("grasp", "release") and "cell" not in data else {}
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([c.Move("forward", 1.0)], [c.Move("backward", 1.0)]),
        ([c.Move("forward", 1.0)], [c.Move("forward", 1.0001)]),
        ([c.Turn("left", 90)], [c.Turn("left", 90, "slow")]),
        ([c.Grasp()], [c.Grasp(cell="left")]),
        ([c.Grasp()], [c.Grasp(color="red")]),
        ([c.Stop()], [c.Stop(), c.Stop()]),
        ([c.Face()], [c.Approach()]),
    ],
)
def test_answers_that_differ_in_anything_else_are_not_equal(one, other):
    assert not c.equivalent(one, other)


def test_numbers_are_compared_to_a_millionth():
    assert c.equivalent([c.Move("forward", 3.048)], [c.Move("forward", 3.048 * (1 + 5e-7))])
