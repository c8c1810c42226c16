"""The schema says of a command list what the command types say of it."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_core.commands import COMMAND_TYPES, commands_from_json, commands_to_json
from tank_core.commands.schema import command_schema, schema_problem
from tank_core.exceptions import InvalidCommandError

PUBLISHED = Path(__file__).resolve().parents[4] / "docs" / "commands.schema.json"
NUMBERS = st.one_of(
    st.floats(allow_nan=True),
    st.integers(-5, 700),
    st.sampled_from([0, -0.0, 100, 100.001, 360, 360.5, 600, 601]),
)
WORDS = st.sampled_from(
    [
        "forward",
        "backward",
        "left",
        "right",
        "slow",
        "normal",
        "front",
        "front_left",
        "red",
        "pink",
        "cube",
        "",
        "FAST",
    ]
)
FIELDS = st.dictionaries(
    st.sampled_from(
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
    ),
    st.one_of(NUMBERS, WORDS, st.none(), st.booleans(), st.just([])),
    max_size=4,
)
STEPS = st.builds(
    lambda action, rest: {"action": action, **rest},
    st.sampled_from([kind.action for kind in COMMAND_TYPES] + ["jump"]),
    FIELDS,
)


@pytest.mark.skipif(not PUBLISHED.is_file(), reason="docs/ comes with the source checkout only")
def test_the_published_schema_is_the_one_built_from_the_command_types():
    assert json.loads(PUBLISHED.read_text()) == command_schema()


@given(st.lists(STEPS, max_size=3))
def test_the_schema_and_the_command_types_accept_the_same_lists(steps):
    data = {"commands": steps}
    try:
        commands = commands_from_json(data)
    except InvalidCommandError:
        assert schema_problem(data) is not None
    else:
        assert schema_problem(data) is None
        assert schema_problem(commands_to_json(commands)) is None


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        "commands",
        {"commands": 3},
        {"commands": [], "more": 1},
        {"commands": [{"action": "stop"}] * 33},
    ],
)
def test_what_is_no_command_list_gets_a_reason_of_one_line(data):
    problem = schema_problem(data)
    assert problem
    assert "\n" not in problem


def test_without_limits_only_ranges_and_length_are_free():
    far = {"action": "move", "direction": "forward", "distance_m": 5000}
    assert schema_problem({"commands": [far] * 40}, limits=False) is None
    assert schema_problem({"commands": [{**far, "direction": "up"}]}, limits=False) is not None
