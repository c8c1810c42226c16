"""Stop words are never missed, and what only holds one reaches the model."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_core.english.stop_words import is_stop

STOPS = [text for text in """
stop turning left|stop going forward!|please stop backing up
stop|stop.|STOP!!!|Stop!|stop stop stop|stop, stop|stopstopstop|stoooop|stopp|please stop
stop please|stop now|stop right now|stop at once|stop the robot|stop the tank|stop it|stop moving
stop turning now|stop everything|stop immediately|stop right there|stop where you are|just stop
robot, stop|hey robot stop|hey tank, please stop now|ok stop|okay, stop now|no no no stop
oh no stop!|no, stop!|I said stop|could you please stop|can you stop?|would you stop moving, please
you must stop|stop, thanks|all stop|full stop|sotp|stop \u2026 stop|  stop\t\n
\uff33\uff34\uff2f\uff30|halt|halt!|HALT NOW|freeze|freeze!|freeze, robot|whoa|woah|whoa whoa
whoa there|whoaaa|abort|abort!|abort abort abort|abort mission|cancel|cancel that
cancel the last command|emergency stop|emergency stop!!!|EMERGENCY|emergency! stop!
this is an emergency stop|e-stop|estop|don't move|dont move|don\u2019t move!|do not move
please don't move|don't you move|don't move an inch|stay|stay put|stay there|stay still
stay where you are|hold still|please hold still|hold it|stand still|that's enough|thats enough
that is enough|ok that's enough, thank you|enough|stop and don't move|stop and stay|and then stop
""".replace("\n", "|").split("|") if text.strip()]  # fmt: skip

NOT_STOPS = """
hello|turn left|go forward|stop for 5 seconds|stop for a moment|stop in 3 seconds|stop 5
stay for 5 seconds|halt for two seconds|freeze for a second|don't stop|dont stop|do not stop
never stop|please don't stop|no don't stop|don't halt|don't freeze|don't abort|don't stay
don't hold still|stop and turn left|stop, turn left|stop then go|stop. go forward.|go then stop
go forward and stop|turn left and then stop|drive 2 meters, then stop
stop turning left and go right|stop at the wall|stop when you see the red cube|stop near the ball
go to the bus stop|stop talking|stop the music|stop it from falling|non-stop|nonstop|stopwatch
unstoppable|what does stop mean|where is the bus stop|how do I stop you|when will you stop
stop by the kitchen|stop following me|hold on|wait|pause|wait for a second|hold the cube
hold the ball still|stay close to me|stay left|stay on course|cancel my subscription
abort, turn left|don't move forward|don't move left, turn right|do not move the cube|don't turn
freeze the food|whoa, turn left|enough talking, go forward|that's enough turning, go straight|go
please|robot|now|no|hey|ok thanks|easy|over|and then
""".replace("\n", "|").split("|")


@pytest.mark.parametrize("text", STOPS)
def test_a_stop_is_never_missed(text):
    assert is_stop(text)


@pytest.mark.parametrize("text", NOT_STOPS)
def test_what_is_more_than_a_stop_is_left_to_the_model(text):
    assert not is_stop(text)


@given(
    st.sampled_from(STOPS),
    st.sampled_from(["!", "?!", "...", " please", ", now", " !!!", " thanks"]),
    st.booleans(),
)
def test_punctuation_courtesy_and_case_change_nothing(text, end, shout):
    assert is_stop((text.upper() if shout else text.title()) + end)


@given(
    st.sampled_from(STOPS),
    st.sampled_from(["turn left", "for 5 seconds", "forward 2 meters", "music", "7"]),
)
def test_another_word_gives_it_to_the_model(text, more):
    assert not is_stop(f"{text} {more}")
    assert not is_stop(f"{more} {text}")


@given(st.text())
def test_any_text_gets_an_answer(text):
    assert is_stop(text) in (True, False)


def test_a_megabyte_is_not_looked_at():
    assert not is_stop("stop " * 200_000)


def test_a_stop_that_is_repeated_past_the_length_of_an_instruction_is_a_stop():
    assert is_stop("stop " * 100)


HANDWRITTEN = Path(__file__).resolve().parents[3] / "tank_learning" / "data" / "handwritten"


@pytest.mark.slow
def test_no_handwritten_sentence_that_means_something_else_is_taken_for_a_stop():
    lines = [line for file in HANDWRITTEN.glob("*.txt") for line in file.read_text().splitlines()]
    pairs = [line.rsplit("=>", 1) for line in lines if "=>" in line and line[0] != "#"]
    stops = [(said, meant) for said, meant in pairs if is_stop(said)]
    assert len(stops) > 20
    assert [pair for pair in stops if pair[1].strip() != "stop"] == []
