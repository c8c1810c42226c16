"""Shorthand: what each notation stands for.

The grammar admits nothing that cannot be read.
"""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_core.commands import PACE, Cell, Color, Shape, Speed, commands_to_json
from tank_core.commands.units import DEGREES, METERS, SECONDS
from tank_language import shorthand
from tank_language.shorthand import Refusal, ShorthandError, expand, from_tokens, to_tokens


def meant(text: str) -> list[dict]:
    commands = expand(text)
    assert not isinstance(commands, Refusal), commands
    return commands_to_json(commands)["commands"]


@pytest.mark.parametrize(
    ("text", "distance"),
    [("", 1.0), ("2.5 m", 2.5), ("120 cm", 1.2), ("40 mm", 0.04), ("0.05 km", 50.0),
     ("10 ft", 3.048), ("8 in", 0.203), ("1 yd", 0.914), ("0.05 mi", 80.467),
     ("3 step", 1.5), ("bit", 0.5), ("touch", 0.3), ("far", 5.0), ("3 s", 1.5), ("0.5 min", 15.0)],
)  # fmt: skip
def test_distances_of_a_move(text: str, distance: float) -> None:
    assert meant(f"move forward {text}") == [
        {"action": "move", "direction": "forward", "distance_m": distance}
    ]


@pytest.mark.parametrize(
    ("text", "angle"),
    [("", 90.0), ("45 deg", 45.0), ("1.5 rad", 85.9), ("bit", 30.0), ("touch", 15.0),
     ("2 s", 114.6), ("2 s slow", 57.2), ("2 s fast", 229.2)],
)  # fmt: skip
def test_angles_of_a_turn(text: str, angle: float) -> None:
    assert meant(f"turn left {text}")[0]["angle_deg"] == angle


@pytest.mark.parametrize("hour", range(1, 12))
def test_clock_directions_turn_the_short_way_round(hour: int) -> None:
    (turn,) = meant(f"turn clock {hour}")
    assert (turn["direction"], turn["angle_deg"]) == (
        ("right", 30 * hour) if hour <= 6 else ("left", 30 * (12 - hour))
    )


@pytest.mark.parametrize(
    ("text", "duration"),
    [("", 1.0), ("bit", 2.0), ("far", 5.0), ("0.5 min", 30.0), ("90 s", 90.0), ("0.1 h", 360.0)],
)
def test_durations_of_a_wait(text: str, duration: float) -> None:
    assert meant(f"wait {text}") == [{"action": "wait", "duration_s": duration}]


def test_a_timed_move_uses_the_pace_that_was_said() -> None:
    assert [
        meant(f"move backward 3 s {pace}")[0]["distance_m"] for pace in ("slow", "", "fast")
    ] == [0.6, 1.5, 3.0]


def test_rounding_is_half_up() -> None:
    assert meant("move forward 0.0625 in")[0]["distance_m"] == 0.002  # 0.0015875
    assert meant("turn left 0.5 s")[0]["angle_deg"] == 28.7  # 28.65


def test_repetitions_are_unrolled_in_order() -> None:
    steps = meant("2x( 2x( move forward ; turn left ) ; wait ) ; stop")
    assert [step["action"] for step in steps] == ["move", "turn", "move", "turn", "wait"] * 2 + [
        "stop"
    ]


@pytest.mark.parametrize(
    "text",
    ["none", "move forward 101 m", "move forward 0 m", "turn right 361 deg", "wait 11 min",
     "turn clock 12", "9x( 4x( move forward ) )", "move forward ; turn left 500 deg",
     "turn right 30 s"],
)  # fmt: skip
def test_what_is_out_of_scope_or_range_is_refused_whole_with_a_reason(text: str) -> None:
    answer = expand(text)
    assert isinstance(answer, Refusal)
    assert answer.reason


@pytest.mark.parametrize(
    "text",
    ["", "move", "move up", "move forward 3", "move forward 3 deg", "turn left m", "wait far far",
     "grasp cube red", "2x( move forward", "3x( 3x( 3x( stop ) ) )", "none ; stop", "stop stop"],
)  # fmt: skip
def test_what_is_not_shorthand_is_an_error(text: str) -> None:
    with pytest.raises(ShorthandError):
        expand(text)


numbers = st.decimals(0, 99999, places=2).map(lambda d: f"{d.normalize():f}")
paces = st.sampled_from(["", "slow", "fast"])
steps = st.one_of(
    st.tuples(
        st.sampled_from(["move forward", "move backward"]),
        numbers,
        st.sampled_from([*METERS, *SECONDS]),
        paces,
    ),
    st.tuples(
        st.sampled_from(["turn left", "turn right"]),
        numbers,
        st.sampled_from([*DEGREES]),
        paces,
    ),
    st.tuples(
        st.just("grasp"), *(st.sampled_from(["", *map(str, kind)]) for kind in (Cell, Color, Shape))
    ),
    st.tuples(
        st.sampled_from(["face", "approach"]),
        *(st.sampled_from(["", *map(str, kind)]) for kind in (Color, Shape)),
    ),
    st.sampled_from([("stop",), ("wait",), ("release",), ("wait", "bit")]),
).map(lambda parts: " ".join(part for part in parts if part))


@given(st.lists(steps, min_size=1, max_size=5).map(" ; ".join))
def test_tokens_hold_the_whole_meaning(text: str) -> None:
    assert expand(from_tokens(to_tokens(text))) == expand(text)


def test_the_pace_is_one_of_the_languages() -> None:
    assert set(map(str, PACE.spelling)) < set(map(str, Speed))


def test_whatever_the_grammar_derives_can_be_read() -> None:
    rng = random.Random(1)
    for _ in range(500):
        expand(from_tokens(_derive(rng)))


def _derive(rng: random.Random) -> str:
    """A random sentence of the grammar, by a small reader of GBNF of our own."""
    rules = dict(line.split(" ::= ") for line in shorthand.gbnf().splitlines())
    return "".join(
        _expand(rng, _parse(rules["root"]), {name: _parse(body) for name, body in rules.items()})
    )


def _parse(body: str) -> list:
    import re

    tokens = re.findall(r'"[^"]*"|\[[^\]]*\]|[a-z][a-z0-9]*|[()|?*]', body)
    alternatives, rest = _alternatives(tokens)
    assert not rest
    return alternatives


def _alternatives(tokens: list[str]) -> tuple[list, list[str]]:
    alternatives: list[list] = [[]]
    while tokens and tokens[0] != ")":
        head, tokens = tokens[0], tokens[1:]
        if head == "|":
            alternatives.append([])
            continue
        item: object = head
        if head == "(":
            item, tokens = _alternatives(tokens)
            tokens = tokens[1:]
        mark = tokens[0] if tokens and tokens[0] in "?*" else ""
        tokens = tokens[1:] if mark else tokens
        alternatives[-1].append((item, mark))
    return alternatives, tokens


def _expand(rng: random.Random, alternatives: list, rules: dict[str, list]) -> list[str]:
    written: list[str] = []
    for item, mark in rng.choice(alternatives):
        for _ in range({"": 1, "?": rng.randint(0, 1), "*": rng.randint(0, 2)}[mark]):
            if isinstance(item, list):
                written += _expand(rng, item, rules)
            elif item.startswith('"'):
                written.append(item[1:-1])
            elif item.startswith("["):
                written.append(str(rng.randint(int(item[1]), int(item[3]))))
            else:
                written += _expand(rng, rules[item], rules)
    return written
