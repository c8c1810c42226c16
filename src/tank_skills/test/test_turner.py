"""The motion of a turner: whole turns, new images, and an end when it holds."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tank_core.commands import Speed
from tank_core.exceptions import ModelError, TankError
from tank_core.robot import load_robot
from tank_core.skill import Chunk, Observation, SkillTarget
from tank_core.state import CameraFrame, RobotState
from tank_skills.skill_file import SkillFile
from tank_skills.turner import NETWORK, SETTLE_S, Turner, Turning, turner_card
from tank_skills.turning import (
    CHOICES,
    HOLD,
    LONGEST,
    PERIOD,
    SEARCH_DEG,
    SIZE,
    TURNS_DEG,
    UNSEEN,
    degrees,
    network_input,
    turn_profile,
)

COLORS = ("red", "green")
ROBOT = load_robot("rasptank")
CARD = turner_card("face-test", ROBOT, COLORS)
RIGHT = TURNS_DEG.index(-8.0)


def seen(now: float, taken: float | None, color: str | None = "green") -> Observation:
    """An observation of ``now``, with an image of ``taken``."""
    image = np.full((48, 64, 3), 90, np.uint8)
    frame = None if taken is None else CameraFrame(taken, image)
    return Observation(RobotState(now), frame, SkillTarget(color=color))


def twists(chunk: Chunk) -> np.ndarray:
    assert chunk.twists is not None
    return chunk.twists


def ends(chunk: Chunk) -> list[float]:
    assert chunk.end is not None
    return chunk.end.tolist()


@pytest.mark.parametrize("choice", range(CHOICES))
def test_a_turn_is_as_large_as_it_says_and_within_what_the_robot_may(choice: int) -> None:
    angle = math.radians(degrees(choice))
    speeds = turn_profile(angle)
    assert speeds.sum() * PERIOD == pytest.approx(angle)
    assert np.abs(speeds).max() <= ROBOT.speeds[Speed.NORMAL].angular
    steps = np.abs(np.diff(speeds, prepend=0.0, append=0.0))
    assert steps.max() / PERIOD <= ROBOT.drive.angular_acceleration * 1.1
    assert len(speeds) < LONGEST + (choice == UNSEEN)


def test_the_search_is_the_largest_turn_and_less_wide_than_the_image() -> None:
    width = 2 * math.degrees(
        math.atan(math.tan(math.radians(ROBOT.camera.fovy) / 2) * SIZE[0] / SIZE[1])
    )
    assert max(TURNS_DEG) < SEARCH_DEG < width


def test_it_waits_for_an_image_of_a_robot_that_stands_turns_looks_again_and_ends() -> None:
    asked = []
    answers = iter((RIGHT, HOLD))
    skill = Turning(CARD, lambda image, color: asked.append(color) or next(answers))
    for observation in (seen(1.0, None), seen(1.02, 0.95)):  # taken before it was asked
        waiting = skill.act(observation)
        assert not twists(waiting).any() and not any(ends(waiting))
    turn = skill.act(seen(1.1, 1.05))
    assert twists(turn)[:, 1].sum() * PERIOD == pytest.approx(math.radians(-8.0))
    assert not twists(turn)[-1].any() and not any(ends(turn)) and turn.time == 1.1
    over = turn.time + turn.length * turn.period
    assert skill.act(seen(over - 0.01, over - 0.05)) is turn  # to its end, whatever comes
    early = skill.act(seen(over + 0.05, over + SETTLE_S - 0.06))
    assert not twists(early).any() and not any(ends(early))
    end = skill.act(seen(over + 0.3, over + SETTLE_S + 0.01))
    assert ends(end) == [1.0] and not twists(end).any()
    assert asked == [COLORS.index("green")] * 2


def test_another_try_waits_anew() -> None:
    skill = Turning(CARD, lambda *_: HOLD)
    assert not any(ends(skill.act(seen(5.0, 4.9))))
    assert any(ends(skill.act(seen(5.1, 5.05))))
    skill.reset()
    assert not any(ends(skill.act(seen(9.0, 8.95))))


@pytest.mark.parametrize("color", [None, "pink"])
def test_a_color_that_it_does_not_know_is_refused_with_those_that_it_does(color: str) -> None:
    with pytest.raises(TankError, match="say one of red, green"):
        Turning(CARD, lambda *_: HOLD).act(seen(1.0, 1.0, color))


def test_the_input_is_the_same_in_dim_light_and_names_the_color() -> None:
    picture = np.random.default_rng(0).integers(40, 250, (48, 64, 3), np.uint8)
    lit, dim = (network_input(image, 1, 2) for image in (picture, picture // 3))
    assert lit.shape == (5, 48, 64) and lit.dtype == np.float32
    assert np.abs(lit - dim).max() < 0.02
    assert not lit[3].any() and lit[4].all()


def a_file(out: int) -> SkillFile:
    """A network that always gives its bias.

    It is greatest for the turn to the right.
    """
    flat = (3 + len(COLORS)) * SIZE[0] * SIZE[1]
    spec = [{"layer": "flatten"}, {"layer": "linear", "in": flat, "out": out}]
    arrays = {
        f"{NETWORK}/1.weight": np.zeros((out, flat), np.float32),
        f"{NETWORK}/1.bias": (np.arange(out) == RIGHT).astype(np.float32),
    }
    return SkillFile(CARD, {NETWORK: spec}, arrays)


def test_the_network_of_the_file_decides() -> None:
    skill = Turner(a_file(CHOICES), ROBOT)
    skill.act(seen(1.0, None))
    speeds = twists(skill.act(seen(1.2, 1.1)))[:, 1]
    assert speeds.sum() * PERIOD == pytest.approx(math.radians(-8.0))


def test_a_file_with_other_choices_is_refused() -> None:
    with pytest.raises(ModelError, match=f"does not give {CHOICES} choices"):
        Turner(a_file(CHOICES + 1), ROBOT)
