"""Shorthand: what each notation stands for.

The grammar admits nothing that cannot be read.
"""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_core.commands import (
    COMMAND_TYPES,
    COMPASS,
    PACE,
    Cell,
    Color,
    Shape,
    Speed,
    commands_to_json,
    shorthand,
)
from tank_core.commands.shorthand import (
    Refusal,
    ShorthandError,
    expand,
    from_tokens,
    read,
    to_tokens,
)
from tank_core.commands.units import DEGREES, METERS, SECONDS


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


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("", {"distance_m": 1.0}),
        ("until obstacle", {"distance_m": 10.0, "until": "obstacle"}),
        ("3 m until obstacle", {"distance_m": 3.0, "until": "obstacle"}),
        ("slow until object", {"distance_m": 10.0, "speed": "slow", "until": "object"}),
        ("bit until object red ball",
         {"distance_m": 0.5, "until": "object", "color": "red", "shape": "ball"}),
    ],
)  # fmt: skip
def test_what_ends_a_move_makes_its_distance_the_limit(text: str, step: dict) -> None:
    assert meant(f"move forward {text}") == [{"action": "move", "direction": "forward", **step}]


@pytest.mark.parametrize(
    ("text", "radius", "angle"),
    [("", 0.5, 90), ("wide", 1, 90), ("tight 30 deg", 0.25, 30), ("radius 80 cm", 0.8, 90),
     ("diameter 3 m 360 deg", 1.5, 360), ("touch", 0.5, 15), ("1.5 rad", 0.5, 85.9),
     # a length and a time are angles on the circle: 1 m, and 2 s at 0.5, 0.2 and 1 m/s
     ("1 m", 0.5, 114.6), ("radius 2 m 1 m", 2, 28.6), ("2 s", 0.5, 114.6), ("2 s slow", 0.5, 45.8),
     ("wide 2 s fast", 1, 114.6)],
)  # fmt: skip
def test_circles_and_how_far_along_them(text: str, radius: float, angle: float) -> None:
    (arc,) = meant(f"arc left {text}")
    assert (arc["radius_m"], arc["angle_deg"]) == (radius, angle)


@pytest.mark.parametrize("action", ["face", "remember"])
def test_headings_are_words_of_the_compass_or_degrees(action: str) -> None:
    for degrees, name in COMPASS.items():
        assert meant(f"{action} {name}") == meant(f"{action} heading {degrees:g}")
    assert meant(f"{action} heading 360") == [{"action": action, "heading_deg": 0}]
    assert meant(f"{action} heading 212.5") == [{"action": action, "heading_deg": 212.5}]


def test_a_name_is_copied_with_the_tokens_that_it_has_in_the_sentence() -> None:
    written = to_tokens("go_to [anna's desk] ; remember [spot b-12]")
    assert written == "<go_to><[> anna's desk<]><;><remember><[> spot b-12<]>"
    assert [step["place"] for step in meant(from_tokens(written))] == ["anna's desk", "spot b-12"]


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("release front_left", {"action": "release", "cell": "front_left"}),
        ("release on blue", {"action": "release", "relation": "on", "color": "blue"}),
        ("approach ball behind", {"action": "approach", "shape": "ball", "relation": "behind"}),
        ("go_through", {"action": "go_through"}),
        ("go_through left", {"action": "go_through", "side": "left"}),
        ("go_back here", {"action": "go_back", "to": "here"}),
        ("arm wave", {"action": "arm", "pose": "wave"}),
        ("photo", {"action": "photo"}),
        ("report objects red cube",
         {"action": "report", "what": "objects", "color": "red", "shape": "cube"}),
        ("report battery", {"action": "report", "what": "battery"}),
    ],
)  # fmt: skip
def test_fields_are_written_in_the_order_of_the_schema(text: str, step: dict) -> None:
    assert meant(text) == [step]


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
    ["face heading 361", "arc left radius 0 m 2 s", "arc left diameter 21 m", "arc left 4 m",
     "go_to [a name of more than forty characters in all]",
     "none", "move forward 101 m", "move forward 0 m", "turn right 361 deg", "wait 11 min",
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
     "turn clock", "turn clock left", "turn clock 3x( stop )",
     "grasp cube red", "move forward red", "move forward until", "move forward until obstacle red",
     "arc left radius wide", "arc left 2 radius", "go_to kitchen", "go_to", "go_to [kitchen",
     "face heading", "face heading north", "go_back", "more cube", "more 10", "more bit 10 deg",
     "again 2", "again left",
     "2x( move forward", "3x( 3x( 3x( stop ) ) )", "none ; stop", "stop stop"],
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
    st.sampled_from(
        [
            ("stop",),
            ("wait",),
            ("release",),
            ("wait", "bit"),
            ("photo",),
            ("again",),
            ("more", "left", "10 deg"),
            ("more", "turn", "wrong"),
            ("face", "west"),
        ]
    ),
    st.tuples(
        st.sampled_from(["go_to", "remember"]),
        st.from_regex(r"[a-z0-9]{1,5}([ '-][a-z0-9]{1,5}){0,3}", fullmatch=True).map("[{}]".format),
    ),
).map(lambda parts: " ".join(part for part in parts if part))


@given(st.lists(steps, min_size=1, max_size=5).map(" ; ".join))
def test_tokens_hold_the_whole_meaning(text: str) -> None:
    assert from_tokens(to_tokens(text)).split() == text.split()
    assert read(from_tokens(to_tokens(text))) == read(text)


def test_the_pace_is_one_of_the_languages() -> None:
    assert set(map(str, PACE.spelling)) < set(map(str, Speed))


def test_whatever_the_grammar_derives_can_be_read() -> None:
    rng = random.Random(1)
    rules = rules_of(shorthand.gbnf())
    derived = [from_tokens(derive(rules, rng)) for _ in range(1500)]
    for text in derived:
        read(text)
    said = {word for text in derived for word in text.replace("x(", " x( ").split()}
    assert {*shorthand.words()} - {"[", "]"} <= said


def test_the_grammar_of_an_older_model_is_the_language_that_it_learned() -> None:
    new = {"until", "arc", "again", "[", "heading", "next_to", "arm", "photo", "report"}
    new |= {"go_through", "go_to", "go_back", "remember"}
    older = shorthand.gbnf(known=lambda word: word not in new)
    rules = dict(line.split(" ::= ") for line in older.splitlines())
    assert rules["step"] == "move | turn | stop | wait | grasp | release | face | approach"
    assert rules["move"] == '"<move>" ("<forward>" | "<backward>") way? pace?'
    assert rules["face"] == '"<face>" color? shape?'
    assert rules["release"] == '"<release>" cell?'
    rng = random.Random(2)
    read_rules = rules_of(older)
    said = {word for _ in range(300) for word in from_tokens(derive(read_rules, rng)).split()}
    assert not said & new


def test_every_action_can_be_written() -> None:
    assert {action.action for action in COMMAND_TYPES} <= {*shorthand.words()}


def rules_of(gbnf: str) -> dict[str, list]:
    """The rules of a grammar, by a small reader of GBNF of our own."""
    return {name: parsed(body) for name, body in (r.split(" ::= ") for r in gbnf.splitlines())}


def derive(rules: dict[str, list], rng: random.Random) -> str:
    """A random sentence of a grammar."""
    return "".join(_expand(rng, rules["root"], rules))


def parsed(body: str) -> list:
    tokens = re.findall(r'"[^"]*"|\[[^\]]*\]|[a-z][a-z0-9-]*|[()|?*+]', body)
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
        mark = tokens[0] if tokens and tokens[0] in "?*+" else ""
        tokens = tokens[1:] if mark else tokens
        alternatives[-1].append((item, mark))
    return alternatives, tokens


def _expand(rng: random.Random, alternatives: list, rules: dict[str, list]) -> list[str]:
    written: list[str] = []
    for item, mark in rng.choice(alternatives):
        least, most = {"": (1, 1), "?": (0, 1), "*": (0, 2), "+": (1, 3)}[mark]
        for _ in range(rng.randint(least, most)):
            if isinstance(item, list):
                written += _expand(rng, item, rules)
            elif item.startswith('"'):
                written.append(item[1:-1])
            elif item.startswith("["):
                ranges = re.findall(r"(.)-(.)", item[1:-1])
                choices = [chr(c) for a, b in ranges for c in range(ord(a), ord(b) + 1)]
                written.append(rng.choice(choices or item[1:-1]))
            else:
                written += _expand(rng, rules[item], rules)
    return written
