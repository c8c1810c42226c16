"""Requests that lean on the last one: every rule, and for how long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_core.commands import Command, Move, Turn, Wait
from tank_core.commands.shorthand import NO_PREVIOUS, Refusal, expand
from tank_language.conversation import KEPT_S, Conversation


def meaning(text: str) -> tuple[Command, ...]:
    commands = expand(text)
    assert not isinstance(commands, Refusal), commands
    return commands


def after(previous: str, text: str) -> tuple[Command, ...] | Refusal:
    return expand(text, previous=NO_PREVIOUS.then(meaning(previous)))


@pytest.mark.parametrize(
    ("previous", "said", "same_as"),
    [
        # again: the last request, whole, as often as it is said, and beside steps of one's own
        ("move forward 2 m ; turn left", "again", "move forward 2 m ; turn left"),
        ("move forward 2 m ; photo", "2x( again )", "2x( move forward 2 m ; photo )"),
        ("turn left", "again ; photo", "turn left ; photo"),
        ("photo", "again", "photo"),
        ("grasp red cube", "again", "grasp red cube"),
        ("turn left ; wait ; move forward", "again slow",
         "turn left slow ; wait ; move forward slow"),
        # keep going: the last step, as it was
        ("turn left ; move forward 2 m fast", "more", "move forward 2 m fast"),
        ("arc left wide 40 deg", "more", "arc left wide 40 deg"),
        ("move forward 4 m until object red", "more", "move forward 4 m until object red"),
        ("turn left 40 deg ; stop ; wait ; photo ; report status ; remember [hut] ; arm up", "more",
         "turn left 40 deg"),
        # keep turning: the last turn
        ("turn left 20 deg ; turn right 30 deg ; move forward", "more turn", "turn right 30 deg"),
        ("turn left ; move forward", "more turn bit", "turn left bit"),
        # a little more, ten more degrees, another two feet, a time
        ("move backward 3 m", "more bit", "move backward bit"),
        ("move backward 3 m", "more touch", "move backward touch"),
        ("move backward 3 m", "more far", "move backward far"),
        ("turn left 3 deg fast", "more bit", "turn left bit fast"),
        ("turn left", "more touch", "turn left touch"),
        ("arc right tight 80 deg", "more bit", "arc right tight 30 deg"),
        ("arc right tight 80 deg", "more touch", "arc right tight 15 deg"),
        ("turn left", "more 10 deg", "turn left 10 deg"),
        ("turn left", "more 1 rad", "turn left 1 rad"),
        ("arc right tight", "more 10 deg", "arc right tight 10 deg"),
        ("arc right tight slow", "more 2 s", "arc right tight 2 s slow"),
        ("move forward 3 m slow", "more 2 ft", "move forward 2 ft slow"),
        ("move forward 3 m slow", "more 4 s", "move forward 4 s slow"),
        ("move forward 3 m slow", "more 4 s fast", "move forward 4 s fast"),
        # what ends a move goes when an amount is said
        ("move forward until object red ball", "more 2 m", "move forward 2 m"),
        ("move forward until obstacle", "more bit", "move forward bit"),
        # faster, slower; a speed stays unless another is said
        ("move forward 2 m", "more fast", "move forward 2 m fast"),
        ("turn left fast", "more slow", "turn left slow"),
        ("move forward 4 m until obstacle", "more slow", "move forward 4 m slow until obstacle"),
        # the other way
        ("turn left 40 deg slow", "more other", "turn right 40 deg slow"),
        ("move backward 2 m", "more other", "move forward 2 m"),
        ("arc left wide 40 deg", "more other", "arc right wide 40 deg"),
        ("turn left 40 deg", "more other 10 deg", "turn right 10 deg"),
        ("move forward until obstacle", "more other", "move backward until obstacle"),
        # wrong way: twice a turn or a move, at most 360 degrees; neither an arc nor a limit
        ("turn left 40 deg", "more wrong", "turn right 80 deg"),
        ("turn left 270 deg", "more wrong", "turn right 360 deg"),
        ("move forward 1.5 m", "more wrong", "move backward 3 m"),
        ("arc left 40 deg", "more wrong", "arc right 40 deg"),
        ("move forward 4 m until obstacle", "more wrong", "move backward 4 m until obstacle"),
        ("turn left 40 deg", "more wrong 30 deg", "turn right 30 deg"),
        # now left, and right, back again: as far as last time where it was of that kind
        ("turn right 40 deg fast", "more left", "turn left 40 deg fast"),
        ("turn left 40 deg", "more left", "turn left 40 deg"),
        ("arc right wide 40 deg", "more left", "arc left wide 40 deg"),
        ("move forward 2 m", "more backward", "move backward 2 m"),
        ("move forward 4 m until obstacle", "more backward", "move backward 4 m until obstacle"),
        ("move forward 2 m fast", "more left", "turn left"),
        ("turn left 40 deg", "more backward", "move backward"),
        ("approach red cube", "more right", "turn right"),
        ("move forward 2 m ; photo", "more backward", "move backward 2 m"),
    ],
)  # fmt: skip
def test_what_leans_means_what_the_language_says(previous: str, said: str, same_as: str) -> None:
    assert after(previous, said) == meaning(same_as)


@pytest.mark.parametrize(
    ("previous", "said", "why"),
    [
        ("approach red cube", "more", "approach, the last step, is none that can go on"),
        ("turn left ; grasp", "more fast", "grasp, the last step, is none"),
        ("go_back start", "more other", "go_back, the last step, is none"),
        ("grasp ; photo", "more bit", "grasp, the last step, is none"),
        ("move forward", "more turn", "no turn"),
        ("turn left", "more 5 ft", "5 ft is no amount of turn"),
        ("arc left", "more 5 ft", "5 ft is no amount of arc"),
        ("move forward", "more 90 deg", "90 deg is no amount of move"),
        ("turn left", "more far", "how much 'far' is of turn"),
        ("photo ; wait", "more", "nothing to repeat"),
    ],
)
def test_what_can_lean_on_nothing_is_rejected(previous: str, said: str, why: str) -> None:
    answer = after(previous, said)
    assert isinstance(answer, Refusal)
    assert answer.rejected
    assert why in answer.reason


@pytest.mark.parametrize(
    "said", ["again", "more", "more other", "more turn left", "more 10 deg", "photo ; again"]
)
def test_with_nothing_before_there_is_nothing_to_repeat(said: str) -> None:
    assert expand(said) == Refusal("there is nothing to repeat", rejected=True)


def test_a_direction_says_enough_without_a_request_before_it() -> None:
    assert expand("more left") == meaning("turn left")
    assert after("stop", "more backward fast") == meaning("move backward fast")


@pytest.mark.parametrize(
    ("previous", "said", "why"),
    [
        ("move forward 60 m", "more wrong", "at most 100 m"),
        ("turn left", "more 400 deg", "at most 360 degrees"),
        ("turn left", "more 0 deg", "over 0"),
        ("3x( turn left ; move forward )", "6x( again )", "36 steps are too many"),
        ("turn left", "33x( again )", "33 steps are too many"),
    ],
)
def test_what_is_over_the_limits_is_refused_whole(previous: str, said: str, why: str) -> None:
    answer = after(previous, said)
    assert isinstance(answer, Refusal)
    assert not answer.rejected
    assert why in answer.reason


def test_a_request_that_only_looks_or_waits_is_repeated_and_is_not_gone_on_with() -> None:
    conversation = Conversation()
    conversation.accept(meaning("turn left 40 deg"), 0.0)
    conversation.accept(meaning("photo ; wait 2 s"), 1.0)
    previous = conversation.previous(2.0)
    assert expand("again", previous=previous) == meaning("photo ; wait 2 s")
    assert expand("more", previous=previous) == meaning("turn left 40 deg")


def test_what_was_resolved_is_leaned_on_in_its_turn() -> None:
    conversation = Conversation()
    conversation.accept(meaning("turn left 40 deg"), 0.0)
    for said, wanted in [("more 10 deg", Turn("left", 10)), ("more other", Turn("right", 10))]:
        commands = expand(said, previous=conversation.previous(1.0))
        assert commands == (wanted,)
        conversation.accept(commands, 1.0)


def test_a_request_is_kept_for_ten_minutes() -> None:
    assert KEPT_S == 600
    conversation = Conversation()
    conversation.accept([Move("forward", 2)], 100.0)
    conversation.accept([Wait(1)], 400.0)
    assert conversation.previous(700.0).motion == (Move("forward", 2),)
    late = conversation.previous(700.1)
    assert (late.motion, late.request) == ((), (Wait(1),))
    assert conversation.previous(1000.1) == NO_PREVIOUS


steps = st.sampled_from(
    ["move forward 3 m slow", "turn left 40 deg", "arc right", "photo", "grasp", "go_to [hut]",
     "move backward until object red"]
)  # fmt: skip


@given(st.lists(steps, min_size=1, max_size=4))
def test_the_other_way_twice_is_the_way_it_was(said: list[str]) -> None:
    previous = NO_PREVIOUS.then(meaning(" ; ".join(said)))
    there = expand("more other", previous=previous)
    if not isinstance(there, Refusal):
        back = expand("more other", previous=previous.then(there))
        assert back == expand("more", previous=previous)
