"""Reaching is learned: its memory, its updates, and its world model."""

import numpy as np
import pytest
import torch

from tank_core.exceptions import TankError
from tank_core.robot import load_robot
from tank_learning.skills.reach import reachability as measuring
from tank_learning.skills.reach.dyna import Dyna
from tank_learning.skills.reach.replay import AHEAD, Replay, Transitions
from tank_learning.skills.reach.sac import Sac
from tank_learning.skills.reach.training import ReachRecipe
from tank_learning.skills.reach.trying import Score, flat, seats
from tank_learning.skills.reach.world_model import ArmModel, collect, judge
from tank_skills.reacher import ReachSpace


@pytest.fixture(autouse=True)
def one_thread():
    """As in training: on more, so small networks only wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def episode(steps, first=0.0, joints=3):
    """Steps whose tool moves along x by a centimeter each."""
    at = first + np.arange(steps + 1, dtype=np.float32) / 100
    place = np.stack([at, np.zeros_like(at), np.zeros_like(at)], axis=1)
    zeros = np.zeros((steps, joints), np.float32)
    both = np.zeros((steps, 2 * joints), np.float32)
    target = np.full((steps, 3), 9.0, np.float32)
    return Transitions(both, place[:-1], zeros, zeros, both, place[1:], target)


def test_hindsight_takes_places_that_the_tool_came_to_later_in_the_same_try():
    replay, dice = Replay(1000, 3), np.random.default_rng(0)
    replay.add(episode(60))
    replay.add(episode(60, first=5.0))
    drawn = replay.sample(dice, 500, hindsight=1.0)
    ahead = (drawn.target - drawn.tool)[:, 0] * 100
    assert ahead.min() >= 0.99 and ahead.max() <= AHEAD + 1.01
    assert ((drawn.target[:, 0] < 1) == (drawn.tool[:, 0] < 1)).all()
    assert (replay.sample(dice, 100).target == 9.0).all()
    half = (replay.sample(dice, 1000, hindsight=0.5).target[:, 0] != 9.0).mean()
    assert half == pytest.approx(0.5, abs=0.06)


def test_what_does_not_fit_is_forgotten_oldest_first():
    replay, dice = Replay(100, 3), np.random.default_rng(0)
    for number in range(4):
        replay.add(episode(40, first=float(number)))
    drawn = replay.sample(dice, 400, hindsight=1.0)
    assert replay.size == 100 and drawn.tool[:, 0].min() >= 1.19
    assert ((drawn.target - drawn.tool)[:, 0] > 0).all()


def tried(robot, steps):
    """The memory of arms that moved at random."""
    replay, dice = Replay(10_000, len(ReachSpace(robot))), np.random.default_rng(1)
    for arm in seats(robot, 1, 0):
        while replay.size < steps:
            done = arm.step(dice.uniform(-1, 1, len(arm.env.space)).astype(np.float32))
            if done is not None:
                replay.add(done)
                arm.begin()
        arm.env.close()
    return replay


@pytest.mark.slow
def test_updates_bring_the_critics_nearer_and_repeat_themselves():
    robot = load_robot("rasptank")
    replay = tried(robot, 200)

    def losses():
        torch.manual_seed(3)
        space = ReachSpace(robot)
        sac, dice = Sac(space.inputs, len(space)), np.random.default_rng(2)
        return [sac.update(replay.sample(dice, 64, 0.5)) for _ in range(150)]

    first = losses()
    assert np.mean(first[-20:]) < 0.3 * np.mean(first[:20])
    assert losses() == first


@pytest.mark.slow
def test_a_world_model_predicts_motions_that_it_never_saw():
    robot = load_robot("rasptank")
    torch.manual_seed(0)
    motions, unseen = collect(robot, 1000, 0), collect(robot, 250, 1)
    model = ArmModel(robot)
    before = judge(model, unseen).mean(0)
    steps = [
        part.reshape(-1, part.shape[-1])
        for part in (motions.joints[:, :-1], motions.aim[:, 1:], motions.joints[:, 1:])
    ]
    model.train(*steps, np.random.default_rng(0), 400)
    after = judge(model, unseen).mean(0)
    assert after[0] < 0.003 and after[19] < 0.02
    assert (after[[0, 19]] < 0.5 * before[[0, 19]]).all()


@pytest.mark.slow
def test_imagined_steps_begin_where_tried_ones_end_and_follow_the_law():
    robot = load_robot("rasptank")
    replay = tried(robot, 600)
    torch.manual_seed(0)
    space, dice = ReachSpace(robot), np.random.default_rng(4)
    sac, dyna = Sac(space.inputs, len(space)), Dyna(robot, dice)
    imagined = dyna.batch(sac, replay, 64, 0.5)
    assert imagined.action.shape == (64, len(space))
    assert (np.abs(imagined.next_tool - imagined.tool).max(axis=1) < 0.08).all()
    assert (imagined.aim >= space.lower - 1e-6).all() and (imagined.aim <= space.upper + 1e-6).all()


@pytest.mark.slow
def test_reachability_warns_of_the_arm_that_chance_does_not_bring_to_targets(monkeypatch):
    monkeypatch.setattr(measuring, "WALKS", 2)
    shares = {name: measuring.reachability(load_robot(name)) for name in ("tank", "rasptank")}
    assert shares["tank"].rare and not shares["rasptank"].rare
    for found in shares.values():
        assert found.targets[0.01] <= found.targets[0.02] <= found.targets[0.05]
        assert "2 cm" in found.table() and "random walks" in found.table()


def test_the_better_score_is_that_on_more_targets_then_of_more_successes():
    few, many = Score(25, 25, 1.0, 0.1, 0.01), Score(95, 100, 1.0, 0.1, 0.01)
    assert many.better_than(few) and not few.better_than(many)
    assert Score(96, 100, 2.0, 0.1, 0.01).better_than(many)
    assert Score(95, 100, 0.9, 0.1, 0.01).better_than(many) and not many.better_than(many)


def test_a_recipe_that_cannot_be_is_refused():
    for numbers in ({"updates": 0}, {"hindsight": 1.5}, {"imagined": -0.1}):
        with pytest.raises(TankError, match="must be"):
            ReachRecipe(**numbers)


def test_a_network_is_told_what_the_environment_shows():
    (arm,) = seats(load_robot("rasptank"), 1, 0)
    assert arm.input.shape == (arm.env.space.inputs,)
    assert (arm.input == flat(arm.seen)).all()
    arm.env.close()
