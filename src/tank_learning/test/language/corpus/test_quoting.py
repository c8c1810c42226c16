"""Quoting: whatever the sentence, the shorthand stands for the very commands.

The sentence's own words are used where they are found.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_core.commands import Command, Move, Stop, Turn, Wait, equivalent
from tank_core.commands.shorthand import Refusal, expand
from tank_core.english.plain import normalize
from tank_language.amounts.spoken import quantities, tokens
from tank_learning.language.corpus import dataset
from tank_learning.language.corpus.quoting import QuotingError, quote

HANDWRITTEN = dataset.read_handwritten()


def commands_of(shorthand: str) -> tuple[Command, ...]:
    meaning = expand(shorthand)
    return () if isinstance(meaning, Refusal) else meaning


@pytest.mark.slow
def test_quoting_a_hand_written_meaning_keeps_it_and_mostly_gives_the_writers_own_shorthand() -> (
    None
):
    same = []
    for example in HANDWRITTEN[::5]:
        commands = commands_of(example.answer)
        quoted = quote(example.instruction, commands)
        assert equivalent(commands_of(quoted), commands), example
        if commands:  # what is out of range is no command any more: none
            same.append(quoted == example.answer)
    assert sum(same) / len(same) > 0.95


words = st.sampled_from(
    [
        "twice",
        "a",
        "half",
        "bit",
        "10",
        "ft",
        "then",
        "and",
        "square",
        "o'clock",
        "two",
        "again",
        "3/4",
        "hundred",
        "0",
        "'",
        "left",
    ]
)
answers = st.sampled_from([example.answer for example in HANDWRITTEN])


@given(st.one_of(st.text(max_size=60), st.lists(words, max_size=12).map(" ".join)), answers)
def test_no_sentence_makes_quoting_change_the_meaning(sentence: str, answer: str) -> None:
    assert equivalent(commands_of(quote(sentence, commands_of(answer))), commands_of(answer))


@pytest.mark.parametrize(
    ("sentence", "answer"),
    [
        ("back up ten feet", "move backward 10 ft"),
        ("back up 3.048 meters", "move backward 3.048 m"),
        (
            "go forward, then turn left and go back one meter",
            "move forward ; turn left ; move backward 1 m",
        ),
        (
            "go forward one meter, then turn left and go back",
            "move forward 1 m ; turn left ; move backward",
        ),
        ("spin left for two seconds, slowly", "turn left 2 s slow"),
        ("turn to your four o'clock", "turn clock 4"),
        ("wait half a minute", "wait 0.5 min"),
        ("go ahead a touch and wait a while", "move forward touch ; wait far"),
        ("forward two yards, then one more", "move forward 2 yd ; move forward 1 yd"),
        ("forward a meter and left, twice, then stop", "2x( move forward 1 m ; turn left ) ; stop"),
        ("two squares to the left, two feet a side", "2x( 4x( move forward 2 ft ; turn left ) )"),
        ("ahead a step, ahead a step", "move forward 1 step ; move forward 1 step"),
        ("sing a song", "none"),
    ],
)
def test_amounts_and_repetitions_are_those_of_the_sentence(sentence: str, answer: str) -> None:
    assert quote(sentence, commands_of(answer)) == answer


@pytest.mark.parametrize(
    ("sentence", "answer"),
    [
        ("roll on until you see a red ball", "move forward until object red ball"),
        ("at most 4 ft ahead until the wall", "move forward 4 ft until obstacle"),
        ("veer left 35 degrees", "arc left 35 deg"),
        ("curve right widely", "arc right wide"),
        ("circle of 70 cm to the left, slowly", "arc left radius 0.7 m 360 deg slow"),
        ("off to otto's shed and here is the camp", "go_to [otto's shed] ; remember [camp]"),
        ("southwest, that is heading 200", "face southwest ; remember heading 200"),
        ("stack it on the blue one, wave", "release on blue ; arm wave"),
        ("behind the ball, twice a picture", "approach ball behind ; 2x( photo )"),
        ("through the left gate, back, any cubes?",
         "go_through left ; go_back here ; report objects cube"),
    ],
)  # fmt: skip
def test_every_action_can_be_quoted(sentence: str, answer: str) -> None:
    assert quote(sentence, commands_of(answer)) == answer


def test_what_is_not_said_is_in_meters_degrees_and_seconds() -> None:
    commands = [Move("forward", 2.5), Turn("left", 12.5), Wait(7), Stop()]
    assert (
        quote("off we go", commands) == "move forward 2.5 m ; turn left 12.5 deg ; wait 7 s ; stop"
    )


def test_more_decimals_than_shorthand_has_are_rounded_and_what_vanishes_is_an_error() -> None:
    assert quote("go a third of a meter", [Move("forward", 1 / 3)]) == "move forward 0.333 m"
    with pytest.raises(QuotingError, match=r"distance_m 0.0001 is too small .*; drop the line"):
        quote("go", [Move("forward", 0.0001)])


@pytest.mark.parametrize(
    ("sentence", "said"),
    [("two and a half feet", ["2.5 ft"]), ("a hundred and twenty cm, 1/4 m", ["120 cm", "0.25 m"]),
     ("5 feet 6 inches", ["5.5 ft"]), ("half a dozen inches", ["6 in"]),
     ("three point two five meters", ["3.25 m"]), ("1,500 mm", ["1500 mm"]),
     ("a metre and a half", ["1.5 m"]),  # codespell:ignore metre
     ("twenty-five degrees", ["25 deg"]), ("800 ms", ["0.8 s"]),
     ("three quarters of a mile", ["0.75 mi"]), ("½ inch, 2½ yards", ["0.5 in", "2.5 yd"]),
     ("the red thing", [])],
)  # fmt: skip
def test_amounts_are_read_as_people_say_them(sentence: str, said: list[str]) -> None:
    assert [
        f"{q.number.normalize():f} {q.unit}" for q in quantities(tokens(normalize(sentence)))
    ] == said
