"""Tasks from beginning to end: by the executor, and by the skill that ships."""

from dataclasses import replace

import numpy as np
import pytest

from tank_core.exceptions import TankError
from tank_core.skill import Chunk, Observation
from tank_learning.skills.transformer.closed_loop import by_executor, by_skill
from tank_learning.skills.transformer.recording import END_STEPS, record
from tank_learning.skills.transformer.room import PickPlaceRoom, draw
from tank_skills import load_skill
from tank_skills.sequence import ACTIONS, INPUTS, JOINTS


@pytest.fixture(scope="module")
def room():
    with PickPlaceRoom(shadows=False) as room:
        yield room


class Stands:
    """A skill that does nothing and says that all is done."""

    def __init__(self, card, home) -> None:
        self.card, self._home = card, home

    def reset(self) -> None:
        pass

    def act(self, seen: Observation) -> Chunk:
        twists, end = np.zeros((1, 2)), np.ones(1)
        return Chunk(seen.state.time, 0.1, twists, np.array(self._home)[None], end)


@pytest.mark.slow
def test_the_executor_carries_a_task_out_and_a_demonstration_shows_it(room) -> None:
    task = draw(0, "test", room.cells)
    end = by_executor(room, task)
    assert end.success and end.claimed and end.lifted
    shown = record(room, task)
    assert shown is not None
    assert shown.seen.shape == (len(shown.done), INPUTS) and shown.done.shape[1] == ACTIONS
    assert len(shown.done) == pytest.approx(end.seconds * 10, abs=10)
    limits = np.array([room.robot.joint_limits(name) for name in room.robot.joint_names])
    joints = shown.done[:, :JOINTS]
    assert (joints >= limits[:, 0]).all() and (joints <= limits[:, 1]).all()
    assert shown.done[:, -1].sum() == END_STEPS and shown.done[-END_STEPS:, -1].all()
    felt = shown.seen[:, JOINTS + 1]
    assert felt[0] == 0.0 and felt[-1] == 1.0 and (np.diff(felt) >= 0).all()


def test_what_is_only_said_is_not_claimed(room) -> None:
    """The skill says done, and the robot looks: the thing is where it was."""
    skill = load_skill("pick_and_place-tank", room.robot)
    home = [*room.robot.arm.home, room.backend.read().joints[room.robot.gripper.joint].position]
    end = by_skill(room, Stands(skill.card, home), draw(0, "test", room.cells))
    assert not end.claimed and not end.success and not end.lifted and end.seconds < 1.0


def test_a_skill_that_never_ends_fails_when_its_patience_does(room) -> None:
    skill = load_skill("pick_and_place-tank", room.robot)
    stands = Stands(replace(skill.card, patience=0.5), [*room.robot.arm.home, 0.04])
    stands.act = lambda seen: replace(Stands.act(stands, seen), end=np.zeros(1))
    end = by_skill(room, stands, draw(0, "test", room.cells))
    assert not end.claimed and end.seconds == pytest.approx(0.5, abs=0.11)


@pytest.mark.slow
def test_the_skill_that_ships_carries_tasks_out(room) -> None:
    skill = load_skill("pick_and_place-tank", room.robot)
    ends = [by_skill(room, skill, draw(seed, "test", room.cells)) for seed in range(5)]
    assert sum(end.success for end in ends) >= 3
    assert not any(end.claimed and not end.success for end in ends)


def test_a_robot_that_feels_nothing_is_refused() -> None:
    with pytest.raises(TankError, match="does not feel"):
        PickPlaceRoom("rasptank")
