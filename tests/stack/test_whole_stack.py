"""English in, motion out, over real ROS.

The shipped model, executor and simulation in their processes, judged by the simulator's truth.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator

import pytest
from stack_operator import HEADLESS, Operator, stack_in

from tank_core.testing.lateness import Lateness
from tank_core.testing.own_domain import own_domain
from tank_executor.plan import PlanState

pytestmark = pytest.mark.slow
DOMAIN, OTHER_DOMAIN = str(own_domain()), str(own_domain())
STOPPED_WITHIN_S = 0.1  # what the project promises


@pytest.fixture(scope="module")
def operator() -> Iterator[Operator]:
    with stack_in(DOMAIN, **HEADLESS) as operator:
        operator.until(lambda: operator.truth is not None)
        yield operator


def test_a_sentence_moves_the_robot_where_it_says(operator: Operator) -> None:
    x, y, yaw = operator.pose()
    status = operator.do("drive forward one meter, then turn left")
    assert status.state is PlanState.SUCCEEDED, status
    after = operator.pose()
    assert math.hypot(after[0] - x, after[1] - y) == pytest.approx(1.0, abs=0.02)
    assert (after[2] - yaw) % 360 == pytest.approx(90.0, abs=2.0)


def test_stop_said_to_a_moving_robot_zeroes_the_velocity_within_100_ms(operator: Operator) -> None:
    with Lateness() as lateness:
        delays = []
        for _ in range(5):
            operator.client.say("drive forward 20 meters fast")
            delays.append(operator.stop_from_motion())
        assert sorted(delays)[2] < STOPPED_WITHIN_S + lateness.allowance(), delays


def test_stop_said_while_the_model_works_does_not_wait_for_it(operator: Operator) -> None:
    operator.client.say("drive forward 20 meters fast")
    operator.until(lambda: operator.twist[0] > 0.1)
    operator.understood.clear()
    for number in range(8):  # the model has something to do for some hundred milliseconds
        operator.client.say(
            f"turn left {number + 1} degrees, "
            + "go forward 1 meter, turn right 10 degrees, " * 4
            + "and wait a second"
        )
    with Lateness() as lateness:
        delay = operator.stop_from_motion()
        assert delay < STOPPED_WITHIN_S + lateness.allowance()
    time.sleep(1.0)
    assert operator.twist == (0.0, 0.0), (
        "what was said before the stop must not move the robot after it"
    )
    assert any("dropped by stop" in heard.reason for heard in operator.understood)


@pytest.mark.parametrize(
    "sentence", ["", "   ", "\x00\x01", "x" * 301, "play some music", "ẞ☃️" * 20]
)
def test_what_is_no_instruction_moves_nothing_and_says_why(
    operator: Operator, sentence: str
) -> None:
    operator.understood.clear()
    operator.client.say(sentence)
    operator.until(lambda: operator.understood)
    assert not operator.understood[0].commands
    assert operator.understood[0].reason
    assert operator.twist == (0.0, 0.0)


def test_a_stop_behind_a_burst_of_sentences_does_not_wait_for_them(operator: Operator) -> None:
    with Lateness() as lateness:
        delays = []
        for _ in range(3):
            operator.client.say("drive forward 20 meters fast")
            operator.until(lambda: operator.twist[0] > 0.1)
            for number in range(100):
                operator.client.say(f"drive forward {number + 1} centimeters")
            delays.append(operator.stop_from_motion())
            time.sleep(1.0)
            assert operator.twist == (0.0, 0.0)
        assert sorted(delays)[1] < STOPPED_WITHIN_S + lateness.allowance(), delays


def test_pick_up_the_red_cube_and_put_it_down() -> None:
    """Seen, driven up to, grasped, checked and put down over ROS.

    (Where things truly end: test_seeing_and_doing.py.)
    """
    with stack_in(
        OTHER_DOMAIN, **HEADLESS | {"world": "playground", "realism": "real", "seed": 4}
    ) as operator:
        picked = operator.do("pick up the red cube")
        assert picked.state is PlanState.SUCCEEDED, picked
        assert picked.message == "holding the red cube"
        assert operator.do("pick up the blue ball").message.endswith(
            "already holding the red cube; release it first"
        )
        placed = operator.do("turn left, then put it down on your left")
        assert placed.state is PlanState.SUCCEEDED, placed
        assert placed.outcomes[-1].message == "put the red cube down on the left"
