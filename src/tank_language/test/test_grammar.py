"""The grammars, tried in llama.cpp itself, character by character."""

import json
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tank_core.commands import (
    COMMAND_TYPES,
    MAX_COMMANDS,
    Approach,
    Cell,
    Color,
    Face,
    Grasp,
    Move,
    Release,
    Shape,
    Speed,
    Stop,
    Turn,
    Wait,
    commands_to_json,
    shorthand,
)
from tank_core.commands.schema import schema_problem
from tank_language.grammar import json_gbnf
from tank_llama.context import LlamaContext

Admits = Callable[[str], bool]


def optional(kind):
    return st.one_of(st.none(), st.sampled_from(kind))


def amount(maximum):
    return st.integers(1, maximum * 1000).map(lambda thousandths: thousandths / 1000)


COMMANDS = st.one_of(
    st.builds(Move, st.sampled_from(["forward", "backward"]), amount(100), optional(Speed)),
    st.builds(Turn, st.sampled_from(["left", "right"]), amount(360), optional(Speed)),
    st.just(Stop()),
    st.builds(Wait, amount(600)),
    st.builds(Grasp, optional(Cell), optional(Color), optional(Shape)),
    st.builds(Release, optional(Cell)),
    st.builds(Face, optional(Color), optional(Shape)),
    st.builds(Approach, optional(Color), optional(Shape)),
)


def compact(data) -> str:
    return json.dumps(data, separators=(",", ":"))


def speller(context: LlamaContext, gbnf: str) -> Admits:
    """Whether a grammar admits a whole text, and its end after it."""
    grammar, end = context.grammar(gbnf), context.tokens("<eos>", special=True)[0]

    def allows(token: int) -> bool:
        logits = np.full(context.n_vocab, -1.0, np.float32)
        logits[token] = 1.0
        return grammar.choose(logits) == token

    def admits(text: str) -> bool:
        grammar.restart()
        for token in context.tokens(text):
            if not allows(token):
                return False
            grammar.accept(token)
        return allows(end)

    return admits


@pytest.fixture(scope="module")
def context(make_gguf):
    context = LlamaContext(make_gguf(), threads=1, size=512)
    yield context
    context.close()


@pytest.fixture(scope="module")
def admits_json(context) -> Admits:
    return speller(context, json_gbnf())


@pytest.fixture(scope="module")
def admits_shorthand(context) -> Admits:
    return speller(context, shorthand.gbnf())


@settings(max_examples=60)
@given(commands=st.lists(COMMANDS, max_size=4))
def test_every_command_list_can_be_written(admits_json, commands):
    assert admits_json(compact(commands_to_json(commands)))


def move(number: str) -> str:
    return f'{{"commands":[{{"action":"move","direction":"forward","distance_m":{number}}}]}}'


@pytest.mark.parametrize("number", ["1", "1.0", "0.5", "12.125", "99999", "100", "0"])
def test_plain_numbers_can_be_written(admits_json, number):
    assert admits_json(move(number))


@pytest.mark.parametrize(
    "number",
    [
        "-1",
        "+1",
        " 1",
        "1 ",
        "1e2",
        "1E2",
        "1.2345",
        "01",
        ".5",
        "1.",
        "123456",
        "NaN",
        "Infinity",
        "null",
        '"1"',
        "true",
        "",
    ],
)
def test_other_numbers_cannot(admits_json, number):
    assert not admits_json(move(number))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"commands": []}',
        '{"commands":[{"action":"jump"}]}',
        '{"commands":[{"action":"stop","speed":"slow"}]}',
        '{"commands":[{"direction":"left","action":"turn","angle_deg":90}]}',
        '{"commands":[{"action":"turn","angle_deg":90}]}',
        '{"commands":[{"action":"stop"},]}',
        '{"commands":[]}x',
    ],
)
def test_what_the_schema_does_not_have_cannot_be_written(admits_json, text):
    assert not admits_json(text)


def test_one_step_too_many_can_be_written_and_is_then_seen(admits_json):
    def steps(count: int) -> str:
        return compact({"commands": [{"action": "stop"}] * count})

    assert admits_json(steps(MAX_COMMANDS))
    assert admits_json(steps(MAX_COMMANDS + 1))
    assert not admits_json(steps(MAX_COMMANDS + 2))
    assert schema_problem(json.loads(steps(MAX_COMMANDS + 1))) is not None


@pytest.mark.parametrize(
    "text",
    [
        "none",
        "move forward",
        "4x( move forward 0.5 m ; turn right )",
        "turn clock 7 slow",
        "grasp left red cube ; release",
    ],
)
def test_shorthand_can_be_written_in_tokens(admits_shorthand, text):
    assert admits_shorthand(shorthand.to_tokens(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<none><;><stop>",
        "<move>",
        "<move><forward>-1<m>",
        "<turn><left>1<m>",
        "<stop><;>",
        "2<x(><stop>",
        "move forward",
    ],
)
def test_what_is_not_shorthand_cannot(admits_shorthand, text):
    assert not admits_shorthand(text)


def test_every_action_of_the_schema_has_a_rule():
    names = [kind.action.replace("_", "-") for kind in COMMAND_TYPES]
    assert all(f"\n{name} ::=" in json_gbnf() for name in names)
