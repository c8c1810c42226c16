"""The tasks can be done, and what is no success is judged to be none."""

import math

import numpy as np
import pytest

from tank_core.geometry import wrap
from tank_gym.face import FaceEnv
from tank_gym.gate import BEYOND_M, GateEnv
from tank_gym.pick_place import SIZE_M, PickPlaceEnv
from tank_gym.reach import ReachEnv
from tank_gym.scenes import ReachTargets
from tank_ik import Solver, Target
from tank_skills.reacher import TOLERANCE_M
from tank_skills.turning import HOLD, TURNS_DEG


@pytest.fixture
def opened():
    """A function that keeps an environment, and closes it at the end."""
    kept = []

    def keep(env):
        kept.append(env)
        return env

    yield keep
    for env in kept:
        env.close()


def test_targets_are_within_reach_and_repeat(each_robot):
    targets, solver = ReachTargets(each_robot), Solver(each_robot)
    places = [targets.target(number) for number in range(30)]
    assert places == [ReachTargets(each_robot).target(number) for number in range(30)]
    assert len(set(places)) == 30
    assert all(solver.solve(Target(place)).reached for place in places)


def reach(env, scene, goal):
    """Lead the joints to a posture; every step's result."""
    env.reset(options={"scene": scene})
    out = []
    for _ in range(100):
        left = goal - env.state.positions(env.space.names)
        out.append(env.step((left / (env.space.speeds * 0.04)).clip(-1, 1).astype(np.float32)))
        if out[-1][2]:
            break
    return out


@pytest.mark.parametrize("name", ["tank", "rasptank"])
def test_a_hand_that_comes_to_rest_at_its_target_has_reached_it(opened, name):
    env = opened(ReachEnv(name))
    env.reset(options={"scene": 4})
    goal = Solver(env.robot).solve(Target(env.target), env.state.positions(env.space.names)).q
    *before, (seen, reward, rested, _, info) = reach(env, 4, goal)
    assert rested and info["is_success"] and info["distance"] <= TOLERANCE_M
    assert len(before) > 8 and not any(step[4]["is_success"] for step in before)
    assert reward > before[0][1]
    assert math.dist(seen["achieved_goal"], env.backend.truth_tool()) < 0.005


def test_a_hand_that_only_passes_has_not(opened):
    env = opened(ReachEnv("rasptank"))
    env.reset(options={"scene": 4})
    home = env.state.positions(env.space.names)
    goal = Solver(env.robot).solve(Target(env.target), home).q
    beyond = np.clip(home + 1.6 * (goal - home), env.space.lower, env.space.upper)
    steps = reach(env, 4, beyond)
    assert min(step[4]["distance"] for step in steps) < TOLERANCE_M
    assert not any(step[4]["is_success"] for step in steps)


def test_hindsight_is_told_the_same_reward_as_the_step_gave(opened):
    env = opened(ReachEnv("rasptank"))
    env.reset(seed=2)
    steps = [env.step(np.array(action, np.float32)) for action in ((1, 0, 0), (0.5, -1, 1))]
    seen = [step[0] for step in steps]
    achieved = np.stack([one["achieved_goal"] for one in seen])
    desired = np.stack([one["desired_goal"] for one in seen])
    infos = [step[4] for step in steps]
    assert env.compute_reward(achieved, desired, infos) == pytest.approx([one[1] for one in steps])
    assert (env.compute_reward(achieved, achieved, infos) > [one[1] for one in steps]).all()
    assert (env.compute_reward(achieved, achieved, infos) <= 0).all()


def test_turns_towards_a_thing_bring_it_to_the_middle(opened):
    env = opened(FaceEnv("rasptank"))
    _, info = env.reset(seed=3)
    begun = abs(env.bearing())
    assert math.radians(2.0) < begun
    for _ in range(8):
        off = math.degrees(env.bearing())
        choice = int(np.argmin([abs(off - turn) for turn in TURNS_DEG]))
        image, reward, done, _, info = env.step(choice)
        if done:
            break
    assert done and info["is_success"] and reward > 0
    assert image.shape == (48, 64, 3)
    env.reset(seed=3)
    _, reward, done, _, info = env.step(HOLD)
    assert done and not info["is_success"] and reward < 0


def pursue(env, aside=0.0):
    """Drive through the gate by the truth, ``aside`` [m] of its middle."""
    for _ in range(200):
        pose = env.scene.local(env.backend.truth())
        x, y = (-0.5, aside) if pose.x < -0.6 else (pose.x + 0.4, aside)
        off = wrap(math.atan2(y - pose.y, x - pose.x) - pose.yaw)
        most = env.robot.drive
        action = np.array([0.3 * math.cos(off) / most.max_linear, 2.0 * off / most.max_angular])
        result = env.step(action.astype(np.float32))
        if result[2]:
            break
    return result


@pytest.mark.slow
def test_the_way_through_the_gate_is_a_success_and_into_its_post_is_none(opened):
    env = opened(GateEnv("tank"))
    env.reset(options={"scene": 11})
    *_, info = pursue(env)
    assert info["is_success"] and env.scene.local(env.backend.truth()).x >= BEYOND_M
    env.reset(options={"scene": 11})
    _, reward, ended, _, info = pursue(env, aside=env.scene.gate.width / 2)
    assert ended and env.backend.touched() and not info["is_success"] and reward < -1


@pytest.mark.parametrize("name", ["tank", "rasptank"])
def test_a_thing_is_there_only_when_it_lies_there(opened, name):
    env = opened(PickPlaceEnv(name))
    done = np.zeros(env.action_space.shape, np.float32)
    env.reset(seed=1)
    still = (env.state.positions(env.robot.joint_names) - env._lower) / (env._upper - env._lower)
    done[:-3], done[-1] = 2 * still - 1, 1.0
    _, reward, ended, _, info = env.step(done)
    assert ended and not info["is_success"] and reward < 0
    env.reset(seed=1)
    env.backend.place("red_cube", (*env._goal, SIZE_M / 2))
    _, reward, ended, _, info = env.step(done)
    assert ended and info["is_success"] and reward > 0
    assert info["privileged"]
