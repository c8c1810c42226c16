"""An answer keeps to the words that decide.

What nobody named is not in it, what came after "no" counts, and an end that was said is there.
"""

from __future__ import annotations

import pytest

from tank_core.commands import Command, equivalent, shorthand
from tank_core.commands.shorthand import Refusal, read, resolve
from tank_language.amounts.check import checked, objection
from tank_language.amounts.sentence import plain
from tank_language.amounts.words import unsaid_word
from tank_learning.language.corpus.dataset import read_handwritten


def meaning(text: str) -> tuple[Command, ...]:
    commands = shorthand.expand(text)
    assert not isinstance(commands, Refusal), commands
    return commands


@pytest.mark.parametrize(
    ("sentence", "right", "wrong", "word"),
    [
        ("nudge up to the box", "approach cube", "approach red cube", "'red'"),
        ("nudge up to the crimson one", "approach red", "approach red ball", "'ball'"),
        ("nudge up to the blew bal", "approach blue ball", "approach white ball", "'white'"),
        ("nudge up to the credenza", "approach", "approach red", "'red'"),
        ("curve left, no, right", "arc right", "arc left", "'no'"),
        ("hop through the right arch, sorry, the left", "go_through left", "go_through right",
         "'sorry'"),
        ("arm up, no, down", "arm down", "arm up", "'no'"),
        ("fetch the cube I left there", "grasp cube", "grasp left cube", "'i left'"),
        ("to the place you just left", "go_back before", "turn left", "'just left'"),
        ("hop through the one that is left", "go_through", "go_through left", "'is left'"),
        ("roll back 30 cm right now", "move backward 30 cm", "move backward 30 cm ; turn right",
         "'right now'"),
        ("roll ahead, I mean back", "move backward", "move forward", "'i mean'"),
        ("off to the shed, no, to the barn", "go_to [barn]", "go_to [shed]", "'no'"),
        ("roll as far as you can, at most 5 m", "move forward 5 m until obstacle",
         "move forward 5 m", "'as far as you can'"),
        ("roll until you see the red ball", "move forward until object red ball", "move forward",
         "'until you see'"),
        ("a semicircle left", "arc left 180 deg", "arc left 360 deg", "'semicircle'"),
        ("full speed, back 3 m", "move backward 3 m fast", "move backward 3 m", "'full speed'"),
        ("go to the redwood", "go_to [redwood]", "approach red", "'red'"),
        ("drive to the ballroom", "go_to [ballroom]", "approach ball", "'ball'"),
        ("a wide curve left, 60 degrees", "arc left wide 60 deg", "arc left 60 deg", "'wide"),
        ("reverse all the way to the fence", "move backward 10 m until obstacle",
         "go_to [fence]", "'all the way to the fence'"),
        ("swing left 25 degrees and the same to the right", "turn left 25 deg ; turn right 25 deg",
         "turn left 25 deg ; turn right", "'the same to the right'"),
        ("be right back in a minute", "wait 1 min", "move backward 30 m", "'back in a minute'"),
        ("pretend to roll off", "wait", "move forward", "'pretend to'"),
        ("anything but a left turn", "wait", "turn left", "'anything but'"),
        ("stop rolling back and swing right", "stop", "stop ; move backward ; turn right",
         "'stop rolling back'"),
        ("roll nowhere near the cube", "wait", "approach cube", "'nowhere near'"),
        ("scoot out of her way", "move backward", "go_through", "'out of her way'"),
        ("pick up the tempo", "wait", "grasp", "'pick up the tempo'"),
        ("roll on 2 m and swing to the west", "move forward 2 m ; face west",
         "move forward 2 m ; face west ; move forward", "'swing to the west' comes last"),
        ("roll on 2 m, then swing left", "move forward 2 m ; turn left",
         "turn left ; move forward 2 m", "'then swing left' comes last"),
        ("1 m forwards, 2 m backwards, 3 m forwards",
         "move forward 1 m ; move backward 2 m ; move forward 3 m",
         "move forward 1 m ; move forward 2 m ; move backward 3 m ; move forward 3 m",
         "forward and backward and forward"),
        ("a photo every 60 degrees", "6x( turn right 60 deg ; photo )",
         "3x( turn right 60 deg ; photo )", "'every 60 degrees'"),
        ("dust the lounge", "wait", "go_through", "nobody said go through"),
        ("set the red cube down, then the blue one", "release", "release ; face blue",
         "nobody said face"),
        ("this is the snug", "remember [snug]", "remember south", "nobody said north"),
        ("of course, go to the snug", "go_to [snug]", "face west", "nobody said north"),
    ],
)  # fmt: skip
def test_of_two_answers_the_one_that_keeps_to_the_words_is_taken(
    sentence: str, right: str, wrong: str, word: str
) -> None:
    taken = checked(sentence, meaning(right))
    assert not isinstance(taken, str) and equivalent(taken, meaning(right))
    doubt = checked(sentence, meaning(wrong))
    assert isinstance(doubt, str) and word in doubt


@pytest.mark.parametrize(
    ("sentence", "answer"),
    [
        ("drive to the middle of the yard", "go_to [yard]"),
        ("if you were to roll back, what would you hit", "move backward"),
        ("tell us before you spin around", "turn right 180 deg"),
        ("reverse the verdict", "move backward"),
        ("back to you", "move backward"),
        ("move up to the box, stop 2 feet in front of it", "approach cube ; move forward 2 ft"),
        ("roll down 40 cm", "move forward 40 cm"),
        ("curve right for one meter, radius two meters", "arc right radius 1 m"),
        ("turn five eighths of a turn right", "turn right 45 deg"),
        ("about nine feet, I think", "move forward 9 ft"),
        # a number of one kind is none of another
        ("shift sixty degrees leftwards", "turn left ; move forward 60 m"),
        ("swing left 2 meters", "turn left 2 deg"),
        ("roll on 3 meters for 5 seconds", "move forward 3 m"),
        ("off to the shed", "go_to [barn]"),
        ("if the lid is shut, roll on 2 m", "move forward 2 m"),
        ("roll on 2 m once somebody waves", "move forward 2 m"),
        ("roll that way 2 m", "move forward 2 m"),
        ("roll on 2 m, then the usual", "move forward 2 m"),
        ("wave, then forget it", "arm wave ; grasp"),
        ("slide the crate 2 m leftwards", "turn left ; move forward 2 m"),
        ("roll on until there is one foot between us", "move forward 1 ft until obstacle"),
        ("roll back till you are 2 m from the sofa", "move backward 2 m"),
        ("spin round and shoot a short film", "turn right 180 deg"),
        ("snap a photo every 5 degrees", "4x( turn right 5 deg ; photo )"),
        ("right then", "turn right"),
    ],
)  # fmt: skip
def test_what_has_no_meaning_is_refused_whatever_is_answered(sentence: str, answer: str) -> None:
    assert isinstance(checked(sentence, meaning(answer)), str)


@pytest.mark.parametrize(
    ("sentence", "answer"),
    [
        ("put it down, then roll 40 cm", "release ; move forward 40 cm"),
        ("look nroth", "face north"),
        ("grab the redcube", "grasp red cube"),
        ("grab the reddish balls", "grasp red ball"),
        ("a wide circle, no, a tight one", "arc right tight 360 deg"),
        ("face the sw", "face southwest"),
        ("turn to a heading of twenty", "face heading 20"),
        ("no problem, roll left", "turn left"),
        ("I'd be glad if you were to roll back", "move backward"),
        ("would you be so good as to roll back", "move backward"),
        ("I left the stove on, swing left", "turn left"),
        ("the box that is left of you, get it", "grasp left cube"),
        ("spin right now", "turn right"),
        ("swing right away from the wall", "turn right"),
        ("no need to go back, turn left", "turn left"),
        ("left, no, not back, right", "turn right"),
        ("turn 60 degrees leftwards, 2 meters on", "turn left 60 deg ; move forward 2 m"),
        ("half turn", "turn right 180 deg"),
        ("before you roll on 2 m take a picture", "photo ; move forward 2 m"),
        ("roll on 2 m and take it on the left", "move forward 2 m ; grasp left"),
        ("lay it down ahead and to the left", "release front_left"),
        ("half a circle, no, a full one", "arc right 360 deg"),
        ("roll back three fifths of a meter, turn left", "move backward 0.6 m ; turn left"),
        ("roll on 2 m, if the gentleman allows", "move forward 2 m"),
        ("say if the ball is there, then roll left", "report objects ball ; turn left"),
        ("turn the robot leftwards", "turn left"),
        ("roll the last 50 cm, then turn that far right", "move forward 50 cm ; turn right"),
        ("roll on 2 m at the same speed, then turn right", "move forward 2 m ; turn right"),
        ("swing to a course of twenty", "face heading 20"),
        ("how many balls do you count", "report objects ball"),
        ("bend left for 30 cm on a radius of 20 inches", "arc left radius 20 in 30 cm"),
        ("roll on seven inches, a photo each inch", "7x( move forward 1 in ; photo )"),
        ("figure eights three times", "3x( arc left 360 deg ; arc right 360 deg )"),
    ],
)  # fmt: skip
def test_words_that_look_like_it_are_no_obstacle(sentence: str, answer: str) -> None:
    assert checked(sentence, meaning(answer)) == meaning(answer)


@pytest.mark.parametrize("wrong", ["report objects ; grasp", "go_through ; report objects"])
def test_beside_a_question_a_step_that_nobody_said_is_left_out(wrong: str) -> None:
    """Such a step beside one that moves the robot empties the request."""
    assert checked("describe the lounge", meaning(wrong)) == meaning("report objects")
    moving = meaning(f"{wrong} ; turn left")
    assert isinstance(checked("describe the lounge and roll left", moving), str)


def test_an_amount_alone_leans_on_the_last_request_only() -> None:
    assert objection("about nine feet", meaning("move forward 9 ft"), leans=True) is None
    assert "what is not said" in str(objection("about nine feet", meaning("move forward 9 ft")))


@pytest.mark.slow
def test_hardly_a_hand_written_answer_is_refused_for_its_words() -> None:
    refused, asked = [], 0
    for example in read_handwritten():
        steps = read(example.answer)
        if isinstance(steps, Refusal) or resolve(steps) != steps:
            continue
        asked += 1
        if doubt := unsaid_word(plain(example.instruction), steps):
            refused.append((example.instruction, doubt))
    assert len(refused) < asked / 1000, refused
