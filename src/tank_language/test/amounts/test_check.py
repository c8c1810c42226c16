"""Answers have the amounts of the sentence, none more and none less.

No amount of an answer that the sentence does not say, and none of the sentence that the answer
leaves out.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tank_core.commands import (
    Command,
    Grasp,
    Move,
    Turn,
    Wait,
    command_from_dict,
    equivalent,
    shorthand,
)
from tank_language.amounts.check import checked, is_strange, objection
from tank_language.amounts.spoken import _unit_of
from tank_language.gguf_model import load_model
from tank_language.translator import Translator
from tank_learning.language.corpus.dataset import read_handwritten

EVAL = Path(__file__).parents[4] / "eval"


def meaning(text: str) -> tuple[Command, ...]:
    commands = shorthand.expand(text)
    assert not isinstance(commands, shorthand.Refusal), commands
    return commands


# What models really answered, or might.
WRONG = [
    # Circles, headings, limits and names.
    ("curve left with a radius of 70 cm", "arc left radius 7 m", "radius of 7 m"),
    ("curve left 35 degrees", "arc left 53 deg", "arc of 53 degrees"),
    ("curve left 35 degrees", "arc left", "'35 degrees'"),
    ("hold a heading of 205", "face heading 250", "heading 250"),
    ("roll on until you see green, at most 4 m", "move forward until object green", "'4 m'"),
    ("roll on until you see green", "move forward 6 m until object green", "6 m"),
    ("off to the shed", "go_to [shack]", "'shack'"),
    ("off to the sheds", "go_to [shed]", "'shed'"),
    ("swing right 300, photo every 60 degrees", "4x( turn right 60 deg ; photo )", "'300'"),
    ("go forward 3-4 meters", "move forward 34 m", "'3-4'"),
    ("go forward 3 - 4 m", "move forward 3 m", "'3 - 4'"),
    ("roll back between two and three feet", "move backward 23 ft", "between two and three"),
    ("back up three or four steps", "move backward 4 step", "'three or four'"),
    ("drive a yard or two", "move forward 1 yd", "'yard or 2'"),
    ("turn twenty to thirty degrees left", "turn left 20 deg", "'twenty to thirty'"),
    ("roll on one three meters", "move forward 13 m", "13 m"),
    ("roll on 1 3 meters", "move forward 13 m", "'1 3'"),
    ("shift sixty degrees leftwards", "turn left ; move forward 60 m", "60 m"),
    ("move 30 degrees right", "turn right ; move forward 30 m", "30 m"),
    ("drive eighty to the right", "turn right ; move forward 80 m", "'eighty'"),
    ("advance nan feet", "move forward 9 ft", "'nan'"),
    ("advance infinity", "move forward", "'infinity'"),
    ("advance loads of feet", "move forward 5 m", "of feet"),
    ("advance ocho meters", "move forward 8 m", "8 m"),
    ("advance 1e2 centimeters", "move forward 1 m", "'1e2'"),
    ("advance 1.2.3 meters", "move forward 1.23 m", "'1.2.3'"),
    ("advance -2 meters", "move forward 2 m", "'-2'"),
    ("advance minus two meters", "move forward 2 m", "'minus two'"),
    ("roll at 0.3 m/s for 5 seconds", "move forward 0.3 m ; wait 5 s", "'m/s'"),
    ("roll at a foot a second for 4 seconds", "move forward 1 ft", "'foot a second'"),
    ("roll two meters at half speed", "move forward 2 m slow", "'half speed'"),
    ("roll two meters at 30 %", "move forward 2 m", "'30 %'"),
    ("roll two meters at 3 mph", "move forward 2 m", "'mph'"),
    ("roll two meters within 3 seconds", "move forward 2 m", "'meters within 3 seconds'"),
    ("turn right three pi radians", "turn right 171.9 deg", "171.9 degrees"),
    ("two and a half rotations left", "turn left 143.2 deg", "143.2 degrees"),
    ("reverse four foot nine", "move backward 49 ft", "14.935 m"),
    ("roll on 4 feet 2 inches", "move forward 4.2 in", "0.107 m"),
    ("roll on 4m/s", "move forward 4 m", "'m/s'"),
    ("roll on 4 meters with speed 0.2", "move forward 4 m fast", "'with speed 0.2'"),
    ("roll on 4 feet, maybe 5", "move forward 4 ft", "'feet, maybe 5'"),
    ("roll on 4² meters", "move forward 42 m", "²"),
    ("roll on 4₂ meters", "move forward 42 m", "'4 2'"),
    ("roll on 4 m²", "move forward 4 m", "²"),
    ("roll on √3 meters", "move forward 3 m", "√"),
    ("roll on 4m±0.25m", "move forward 4.25 m", "±"),
    ("reverse 4 foot 7 and halt", "move backward 4 ft ; stop", "'7'"),
    ("wait six seconds then roll 3 meters", "wait 63 s ; move forward 3 m", "63 s"),
    ("wait 3 meters", "wait 3 s", "3 s"),
    ("turn left for ten seconds, forward 4 meters", "move forward 4 m", "'ten seconds'"),
    ("roll on 3 meters five times", "2x( move forward 3 m )", "'five times'"),
    ("lift the green and the white ball", "grasp green ball", "'green and the white'"),
    # Ranges and bounds in other words.
    ("roll on four, five feet", "move forward 5 ft", "four"),
    ("roll on four, perhaps five feet", "move forward 5 ft", "four"),
    ("roll on 4 or 5ft", "move forward 5 ft", "4 or 5"),
    ("roll on a yard, maybe two", "move forward 2 yd", "yard, maybe two"),
    ("roll on a foot to a yard", "move forward 1 ft", "a foot to a yard"),
    ("a couple or four paces back", "move backward 4 step", "couple or four"),
    ("reverse three yards, four tops", "move backward 3 yd", "four"),
    ("reverse more than 3 yards", "move backward 3 yd", "more than 3 yards"),
    ("reverse just over a yard", "move backward 1 yd", "just over a yard"),
    ("reverse 3 yards less 20 cm", "move backward 3 yd", "less 20"),
    ("reverse a third of 3 meters", "move backward 3 m", "third of 3"),
    ("reverse 4 feet +/- 2 inches", "move backward 4 ft ; move backward 2 in", "+/-"),
    ("reverse 4 \N{PLUS-MINUS SIGN} 1 ft", "move backward 4 ft", ""),
    ("reverse \N{LESS-THAN OR EQUAL TO}4 ft", "move backward 4 ft", ""),
    # Speeds in other words.
    ("roll 3 m at 0.4", "move forward 3.4 m", "at 0.4"),
    ("roll at speed 4", "move forward 4 m fast", "speed 4"),
    ("roll 3 m at 2/3 speed", "move forward 3 m fast", "2/3 speed"),
    ("roll 3m at 3m per sceond", "move forward 3 m", "per sceond"),
    ("swing right in 4 seconds", "turn right ; wait 4 s", "right in 4 seconds"),
    ("take 6 seconds to roll 3 m", "wait 6 s ; move forward 3 m", "take 6 seconds"),
    ("roll 3 m in third gear", "move forward 3 m", "third gear"),
    # Numerals.
    ("roll 3\N{SUPERSCRIPT TWO} m", "move forward 32 m", ""),
    ("roll 4 \N{SQUARE M SQUARED}", "move forward 4.02 m", ""),
    ("roll \N{INFINITY} m", "move forward 1 m", ""),
    ("roll \N{SQUARE ROOT}3 m", "move forward 3 m", ""),
    ("roll 4 m 4", "move forward 4.04 m", "4.04 m"),
    ("swing left zero", "turn left", "zero"),
    ("swing left two fifteen", "turn left 15 deg", "two"),
    ("swing left 211.4 degrees", "turn left 211 deg", "211 degrees"),
    ("reverse 4 feet 3 and a half inches", "move backward 4.2916 in", "m does not follow"),
    ("reverse 1 yard 2 feet", "move backward 1 yd", "2 feet"),
    ("wait 2:00", "wait 2 s", "2:00"),
    ("reverse 7 \N{EURO SIGN}", "move backward 7 m", ""),
    # Units and dimensions that do not fit.
    ("roll 4 dm", "move forward 4 m", "4 dm"),
    ("wait 3 weeks", "wait 3 s", "3 weeks"),
    ("roll 4 m at 30 degrees", "move forward 4 m ; turn right 30 deg", "at 30 degrees"),
    ("roll 4 right", "turn right", "4"),
    ("3 ahead 4 back", "move forward 4 m ; move backward", "3"),
    ("spin 4", "turn right 360 deg", "4"),
    # Counts.
    ("do that 4 times", "4x( turn right )", "do that 4 times"),
    ("three steps back two times", "3x( move backward 1.5 m )", "two times"),
    ("step back zero times", "3x( move backward 0.5 m )", "zero times"),
    ("swing left many times", "3x( turn left )", "many times"),
    # Several things, and choices.
    ("lift the green/white ball", "grasp green ball", "green/white"),
    ("lift the green adn the white ball", "grasp white ball", "green adn the white"),
    ("lift the green ball, white ball and red ball", "grasp red ball", "green ball, white"),
    ("lift the brick and the tube", "grasp cube", "brick and the tube"),
    ("lift the tube or the brick", "grasp cube", "tube or the brick"),
    ("lift the gren and white tube", "grasp white cylinder", "gren and white"),
    ("strafe right 40", "turn right ; move forward 40 m", "40"),
    ("lift 3 white tubes", "grasp white cylinder", "3 white tubes"),
    ("lift each tube", "grasp cylinder", "each tube"),
    ("lift the green ball rather than the white", "grasp white ball", "rather than the white"),
    ("lift the largest tube", "grasp orange cylinder", "largest tube"),
    ("swing right or left", "turn left", "right or left"),
    ("3 m ahead or swing left", "move forward 3 m ; turn left", "ahead or swing left"),
    ("drive backward and forward", "move forward", "backward and forward"),
    (
        "lift the tube beside the white brick",
        "grasp cylinder ; approach white cube",
        "beside the white brick",
    ),
    ("lift anything but the green ball", "grasp green ball", "anything but the green"),
    # Distances from things.
    ("lift the tube 3 ft ahead", "grasp cylinder ; move forward 3 ft", "tube 3 ft"),
    ("go to the tube within 20 cm", "approach cylinder ; move forward 20 cm", "tube within 20 cm"),
    ("put it down 40 cm ahead", "release ; move forward 40 cm", "it down 40 cm"),
    # Counts and times in words.
    ("once ahead, twice back", "2x( move forward ; move backward )", "once"),
    ("twice left, once back", "turn left ; move backward", "twice"),
    ("in 4 seconds swing left", "turn left 229.2 deg", "in 4 seconds"),
    ("swing left 0.5 turns", "turn left 90 deg", "0.5 turns"),
    ("roll 3 m (x4)", "move forward 3 m", "4"),
    ("roll 3m~4m", "move forward 7 m", "3m~4"),
    ("swing left more than 60", "turn left 60 deg", "more than 60"),
    ("roll 3 m, speed slow", "move forward 3 m fast", "speed slow"),
    ("roll 88.88 m", "move forward 88.8 m", "88.8 m"),
    # Signs that say something.
    ("\N{CROSS MARK} swing left", "turn left", ""),
    ("roll \N{LEFTWARDS ARROW} 2 m", "move forward 2 m", ""),
    ("2 m \N{RIGHTWARDS ARROW} 80", "move forward 2.8 m", ""),
    ("roll on three furlongs", "move forward 3 m", "'three furlongs'"),
    ("roll on 70 microns", "move forward bit", "'70 microns'"),
    ("roll on 6 robot lengths", "move forward 6 m", "lengths"),
    ("roll on a car length", "move forward", "'a car length'"),
    ("pivot left 80 gon", "turn left 80 deg", "'80 gon'"),
    ("pause 4 days", "wait 4 s", "'4 days'"),
    ("reverse seven foot three", "move backward 7 ft", "'three'"),
    ("reverse three meters forty", "move backward 3 m", "'forty'"),
    ("reverse 4 yards 2 feet", "move backward 4 yd", "'2 feet'"),
    ("reverse three m forty", "move backward 43 m", "43 m"),
    ("reverse two, four meters", "move backward 4 m", "'two'"),
    ("reverse 4 m / 2", "move backward 4 m ; move backward 2 m", "'m / 2'"),
    ("reverse a third of 6 meters", "move backward 6 m", "'third of 6'"),
    ("reverse 3 ± 1 meters", "move backward 3 m ; move backward 1 m", "'±'"),
    ("reverse 3 +/- 1 meters", "move backward 3 m", "'+/-'"),
    ("reverse 3² meters", "move backward 32 m", "'²'"),
    ("reverse 3 m^2", "move backward 3 m", "'2'"),
    ("reverse 4 square meters", "move backward 4 m", "'square meters'"),
    ("reverse three or more meters", "move backward 3 m", "'three or more'"),
    ("reverse 2 meters with speed 0.3", "move backward 2 m fast", "'speed 0.3'"),
    ("reverse 2 meters at level 4", "move backward 2 m", "'at level 4'"),
    ("three rotations right", "turn right", "'three rotations'"),
    ("swing left 2pi", "turn left", "radians"),
    ("move 3 left", "turn left", "'3'"),
    ("reverse 4 m at 60", "move backward 4.6 m", "'m at 60'"),
    ("reverse 4 m less 30 cm", "move backward 4.3 m", "'less 30'"),
    ("reverse half a foot to a foot", "move backward 0.5 ft", "foot to a foot"),
    ("hold for a second or four", "wait 4 s", "'second or four'"),
    ("reverse 4 robots", "move backward 4 m", "'4 robots'"),
    ("reverse two smoots", "move backward", "'two smoots'"),
    ("swing right three half turns", "turn right 180 deg", "turns"),
    ("swing right zero turns", "turn right", "turns"),
    ("reverse 4 out of 6 meters", "move backward 6 m", "'4 out of 6'"),
    ("reverse thirty thirty cm", "move backward 30 cm", "'thirty thirty'"),
    ("reverse double 3 meters", "move backward 3 m", "'double 3'"),
    ("reverse 4'000 mm", "move backward 4 ft", "1.219 m"),
    ("reverse ,6 m", "move backward 6 m", ",6"),
    ("reverse 3 m at one tenth speed", "move backward 3 m fast", "'tenth speed'"),
    ("reverse 3 m halved", "move backward 3 m", "'halved'"),
    ("reverse a dozen and a half inches", "move backward 12.5 in", "0.318 m"),
    ("reverse a couple hundred centimeters", "move backward 1 m", "'a couple hundred centimeters'"),
]


@pytest.mark.parametrize(("sentence", "answer", "named"), WRONG, ids=[row[0] for row in WRONG])
def test_what_does_not_follow_is_refused_and_named(sentence: str, answer: str, named: str) -> None:
    doubt = objection(sentence, meaning(answer.replace("49 ft", "14.935 m")))
    assert doubt is not None and "\n" not in doubt
    words = named.strip("'").split()
    assert all(word in doubt or word.isdigit() for word in words), doubt


RIGHT = [
    ("curve left with a radius of 70 cm", "arc left radius 70 cm"),
    ("a circle three feet across", "arc right diameter 3 ft 360 deg"),
    ("curve left for two yards", "arc left 2 yd"),
    ("veer right slowly for 3 seconds", "arc right 3 s slow"),
    ("hold a heading of 205 and roll 4 feet", "face heading 205 ; move forward 4 ft"),
    ("roll on until you see green", "move forward until object green"),
    ("roll on until you see green, at most 4 m", "move forward 4 m until object green"),
    ("off to Anna\N{RIGHT SINGLE QUOTATION MARK}s shed", "go_to [anna's shed]"),
    ("swing right 300 degrees, photo every 60 degrees", "5x( turn right 60 deg ; photo )"),
    ("lay the red tube beside the white brick", "grasp red cylinder ; release next_to white cube"),
    ("roll on two and a half feet", "move forward 2.5 ft"),
    ("reverse four foot nine", "move backward 57 in"),
    ("reverse 2 m 30", "move backward 2.3 m"),
    ("hold for a minute ten", "wait 70 s"),
    ("roll on 4 feet 2 inches", "move forward 50 in"),
    ("roll on at full speed 4 meters", "move forward 4 m fast"),
    ("speed four feet onwards", "move forward 4 ft fast"),
    ("turn one seventy to the left", "turn left 170 deg"),
    ("turn three five degrees", "turn right 35 deg"),
    ("turn right pi over three radians", "turn right 60 deg"),
    ("one and a half rotations right", "turn right 360 deg ; turn right 180 deg"),
    ("half a dozen inches back", "move backward 6 in"),
    ("back up seven meters, I mean feet", "move backward 7 ft"),
    ("roll on 4 meters, no, make it 6", "move forward 6 m"),
    ("drive for six seconds", "move forward 6 s"),
    ("swing to 4 o'clock", "turn right 120 deg"),
    ("a hexagon with sides of 40 cm", "6x( move forward 40 cm ; turn right 60 deg )"),
    ("forward 3, left 45, forward 2", "move forward 3 m ; turn left 45 deg ; move forward 2 m"),
    ("a quarter turn, then half a meter back", "turn right 90 deg ; move backward 0.5 m"),
    ("creep on fvie cm", "move forward 5 cm slow"),
    ("edge ahead a smidge, wait a moment", "move forward 0.3 m ; wait 2 s"),
    ("approach the red cube, not the blue one", "approach red cube"),
    ("don't go 3 meters, go 2", "move forward 2 m"),
    ("turn left", "turn left"),
    ("one and a half yards plus 20 cm back", "move backward 1.572 m"),
    ("in 4 seconds, swing left", "wait 4 s ; turn left"),
    ("once you are ready swing left twice", "2x( turn left )"),
    ("lift the tube and carry it 2 m ahead", "grasp cylinder ; move forward 2 m"),
    ("swing left 20 4 times", "4x( turn left 20 deg )"),
    ("a foot back, then that two more times", "3x( move backward 1 ft )"),
    ("roll 3 m x2", "2x( move forward 3 m )"),
    ("robot 4: roll 3 m", "move forward 3 m"),
    ("w8 3 s b4 u roll on", "wait 3 s ; move forward"),
    ("go 2 the white ball", "approach white ball"),
    ("at most 3 m back", "move backward 3 m"),
    ("full speed 3 m ahead", "move forward 3 m fast"),
    ("roll over two meters to the left", "turn left ; move forward 2 m"),
    ("swing left three quarters of pi", "turn left 135 deg"),
    ("lift the green ball, then the white one", "grasp green ball ; grasp white"),
    ("do it all slowly: swing left, roll on", "turn left slow ; move forward slow"),
    ("3 m ahead \N{RIGHTWARDS ARROW} swing left", "move forward 3 m ; turn left"),
    ("roll on 3 m or the slime gets you", "move forward 3 m"),
    ("reverse six feet and four inches", "move backward 76 in"),
    ("reverse a couple hundred centimeters", "move backward 2 m"),
    ("swing left 2pi", "turn left 360 deg"),
    ("three rotations right", "3x( turn right 360 deg )"),
    ("make two left turns", "2x( turn left )"),
    ("pivot left a hundred and ten", "turn left 110 deg"),
    ("reverse 2-3/4 inches", "move backward 2.75 in"),
    ("step 1: turn left. step 2: reverse 3 m", "turn left ; move backward 3 m"),
    ("w8 4 minutes", "wait 4 min"),
    ("it is time to turn left", "turn left"),
    ("at full speed 3 meters ahead", "move forward 3 m fast"),
    ("pause two seconds and half a second", "wait 2.5 s"),
    ("unit 7, reverse 3 m", "move backward 3 m"),
    ("two thirds of a rotation left", "turn left 240 deg"),
    ("pivot halfway around", "turn right 180 deg"),
    ("reverse a dozen and a half inches", "move backward 18 in"),
    ("hold for a minute plus ten seconds", "wait 70 s"),
    ("reverse four point five five yards", "move backward 4.55 yd"),
    ("reverse half a '", "move backward 0.5 ft"),
    ("reverse 3 | turn right 60 deg", "move backward 3 m ; turn right 60 deg"),
]


@pytest.mark.parametrize(("sentence", "answer"), RIGHT, ids=[row[0] for row in RIGHT])
def test_what_follows_is_let_through(sentence: str, answer: str) -> None:
    assert objection(sentence, meaning(answer)) is None


@pytest.mark.parametrize(
    ("sentence", "answer", "mended"),
    [
        ("swing left 211.4 degrees", "turn left 211 deg", "turn left 211.4 deg"),
        ("reverse 5 ft 3 in", "move backward 5 ft", "move backward 63 in"),
        ("reverse 5'3\"", "move backward 5 ft", "move backward 63 in"),
        ("hold for 2 minutes 5 seconds", "wait 65 s", "wait 125 s"),
        ("swing left pi", "turn left", "turn left 180 deg"),
        ("reverse 1 yard 2 feet", "move backward 1 yd", "move backward 5 ft"),
    ],
)
def test_the_only_amount_of_a_sentence_counts(sentence: str, answer: str, mended: str) -> None:
    commands = checked(sentence, meaning(answer))
    assert not isinstance(commands, str), commands
    assert equivalent(commands, meaning(mended))


@pytest.mark.slow
@given(st.integers(1, 99), st.integers(1, 99))
def test_digits_are_never_put_together(one: int, other: int) -> None:
    for between in ("-", " - ", " to ", " or ", " "):
        sentence = f"go forward {one}{between}{other} cm"
        for value in (float(f"{one}{other}"), one, other):
            assert objection(sentence, [Move("forward", value / 100)]) is not None


@given(st.integers(2, 360), st.sampled_from(("degrees", "deg", "°")))
def test_a_number_before_degrees_is_never_a_distance(angle: int, unit: str) -> None:
    sentence = f"go {angle} {unit} to the left"
    assert objection(sentence, [Turn("left", angle)]) is None
    if angle <= 100 and angle not in (1, 5):
        assert objection(sentence, [Turn("left", 90), Move("forward", angle)]) is not None


@given(
    st.decimals("0.1", "90", places=1),
    st.sampled_from((("m", 1.0), ("meters", 1.0), ("feet", 0.3048), ("cm", 0.01))),
)
def test_a_plain_number_means_itself_and_nothing_else(
    number: float, unit: tuple[str, float]
) -> None:
    word, size = unit
    value = float(number) * size
    sentence = f"back up {number} {word}"
    assert objection(sentence, [Move("backward", value)]) is None
    for wrong in (value * 10, value * 1.5 + 0.3):
        if 0 < wrong <= 100 and not any(
            abs(wrong - default) < 0.05 for default in (0.3, 0.5, 1.0, 5.0)
        ):
            assert objection(sentence, [Move("backward", wrong)]) is not None


@given(st.text(max_size=200))
def test_no_sentence_makes_it_fall_over(sentence: str) -> None:
    commands: list[Command] = [
        Move("forward", 7.7),
        Turn("left", 33.3),
        Wait(44.4),
        Grasp(color="red"),
    ]
    doubt = objection(sentence, commands)
    assert doubt is None or (doubt and "\n" not in doubt)


@pytest.mark.slow
def test_right_answers_of_evaluation_sentences_are_let_through() -> None:
    for file in sorted(EVAL.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if "previous" in row:
                continue  # it leans on what was said before: test_conversation.py
            commands = [command_from_dict(command) for command in row["commands"]]
            assert objection(row["instruction"], commands) is None, row["id"]


@pytest.mark.slow
def test_it_costs_few_right_answers_of_the_training_sentences() -> None:
    """Two voices of them misspell nearly every word.

    What cannot be read is refused there.
    """
    pairs = [(one.instruction, shorthand.expand(one.answer)) for one in read_handwritten()]
    kept = [
        (said, commands) for said, commands in pairs if not isinstance(commands, shorthand.Refusal)
    ]
    lost = [said for said, commands in kept if objection(said, commands)]
    assert len(lost) <= 0.015 * len(kept), lost


@pytest.mark.parametrize(
    ("sentence", "answer", "right"),
    [
        ("reverse seven foot three", "move backward 7 ft", "move backward 87 in"),
        ("reverse four meters thirty", "move backward 430 m", "move backward 4.3 m"),
        ("reverse 4 yards 2 feet", "move backward 4 yd", "move backward 14 ft"),
        ("reverse six feet and four inches", "move backward 6 ft", "move backward 76 in"),
        ("swing left 2pi", "turn left", "turn left 360 deg"),
    ],
)
def test_a_sum_is_done_by_code(sentence: str, answer: str, right: str) -> None:
    # A model's answer over 100 m is a Refusal before it comes here.
    wrong = [Move("backward", 43.0)] if "430" in answer else meaning(answer)
    (mended,) = checked(sentence, wrong)
    (wanted,) = meaning(right)
    assert isinstance(mended, (Move, Turn)) and isinstance(wanted, type(mended))
    assert vars(mended) == pytest.approx(vars(wanted), abs=1e-3)


@given(
    st.integers(2, 99),
    st.text("bcdfgjklnpqrtvwz", min_size=3, max_size=8),
    st.sampled_from(("go forward", "go back", "turn left", "wait")),
)
def test_a_number_of_what_nobody_knows_is_no_amount(number: int, word: str, act: str) -> None:
    assume(not _is_known(word))
    answer = {"turn left": Turn("left", number), "wait": Wait(number)}.get(
        act, Move("forward", number)
    )
    assert objection(f"{act} {number} {word}", [answer]) is not None


def _is_known(word: str) -> bool:
    """A unit or a word that may follow a number, slips of the fingers included."""
    return bool(_unit_of(word)) or not is_strange([word])


SHIPPED = [
    ("go forward 1 to 2 meters", ""),
    ("advance nan feet", ""),
    ("drive at 0.3 m/s for 4 seconds", ""),
    ("pick up the green and the red cube", ""),
    ("turn left \N{PARTY POPPER}", "turn left"),
    ("\N{RIGHTWARDS ARROW} turn right", "turn right"),
    ("turn right \N{HEAVY BLACK HEART}\N{VARIATION SELECTOR-16}", "turn right"),
    ("1. turn right 2. go forward 3. wait", "turn right ; move forward ; wait"),
    ("\N{OCTAGONAL SIGN}", "stop"),
    ("swing left \N{OCTAGONAL SIGN}", "turn left ; stop"),
    ("do that three times", ""),
    ("1. swing left 30. 2. roll on 2 m.", "turn left 30 deg ; move forward 2 m"),
    ("roll ahead three furlongs", ""),
    ("back up six foot two", "move backward 74 in"),
    ("roll ahead 3\N{SUPERSCRIPT TWO} meters", ""),
    ("<b>turn around</b>", "turn right 180 deg"),
    ("roll ahead 3 meters xD", "move forward 3 m"),
    ("- [x] turn left", "turn left"),
    ("turn left //", "turn left"),
]


@pytest.mark.parametrize(("sentence", "answer"), SHIPPED, ids=[row[0] for row in SHIPPED])
def test_the_shipped_model_behind_it(sentence: str, answer: str) -> None:
    model = load_model()
    try:
        translation = Translator(model).translate(sentence)
    finally:
        model.close()
    assert translation.commands == (meaning(answer) if answer else ())
    assert bool(translation.reason) == (not answer)
