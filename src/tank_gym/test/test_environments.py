"""The environments keep Gymnasium's rules and the robots' limits."""

import warnings

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import tank_gym  # noqa: F401 - registers them
from tank_core.exceptions import TankError

IDS = ("tank/Reach-v0", "tank/Face-v0", "tank/Gate-v0", "tank/PickPlace-v0")


@pytest.fixture
def make():
    """A function that makes an environment, which is closed again."""
    made = []

    def one(name, **settings):
        made.append(gymnasium.make(name, **settings))
        return made[-1]

    yield one
    for env in made:
        env.close()


def rollout(env, seed, steps=6):
    """All that comes back from an episode with the actions of a seed."""
    env.action_space.seed(seed)
    seen, info = env.reset(seed=seed)
    out = [(seen, info)]
    for _ in range(steps):
        out.append(env.step(env.action_space.sample()))
        if out[-1][2]:
            break
    return out


def same(one, other):
    return all(
        map(
            gymnasium.utils.env_checker.data_equivalence,
            [part for step in one for part in step],
            [part for step in other for part in step],
        )
    )


@pytest.mark.slow
@pytest.mark.parametrize("robot", ["tank", "rasptank"])
@pytest.mark.parametrize("name", IDS)
def test_gymnasiums_checker_finds_nothing_and_a_seed_repeats_every_digit(make, name, robot):
    env = make(name, robot=robot)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(env.unwrapped, skip_render_check=True)
    first = rollout(env, 3)
    assert not same(rollout(env, 4), first)
    assert same(rollout(env, 3), first)
    assert first[0][1]["scene"] != rollout(env, 4)[0][1]["scene"]
    again, info = env.reset(options={"scene": first[0][1]["scene"]})
    assert same([(again, info)], first[:1])


def test_many_at_once_are_as_each_alone(make):
    seeds = [5, 6]
    alone = [make("tank/Reach-v0", robot="rasptank") for _ in seeds]
    for env, seed in zip(alone, seeds, strict=True):
        env.reset(seed=seed)
    many = gymnasium.make_vec(
        "tank/Reach-v0", num_envs=2, vectorization_mode="sync", robot="rasptank"
    )
    many.reset(seed=seeds)
    actions = np.array([[1.0, -0.5, 0.2], [-1.0, 0.3, 0.0]], np.float32)
    for _ in range(3):
        seen, rewards, *_ = many.step(actions)
        for at, env in enumerate(alone):
            own, reward, *_ = env.step(actions[at])
            assert rewards[at] == reward
            assert all((seen[key][at] == own[key]).all() for key in own)
    many.close()


@pytest.mark.parametrize("robot", ["tank", "rasptank"])
def test_whatever_the_actions_are_the_controllers_limits_hold(make, robot):
    env = make("tank/PickPlace-v0", robot=robot).unwrapped
    env.reset(seed=1)
    limits = {name: env.robot.joint_limits(name) for name in env.robot.joint_names}
    last = env.state.positions(env.robot.joint_names)
    most = np.array([env.robot.joint_velocity(name) for name in env.robot.joint_names])
    for sign in (1, 1, -1, -1, 1):
        action = np.full(env.action_space.shape, 1e6 * sign, np.float32)
        action[-1] = -1.0
        env.step(action)
        twist = env.controller.twist
        assert abs(twist.linear) <= env.robot.drive.max_linear
        assert abs(twist.angular) <= env.robot.drive.max_angular
        now = env.state.positions(env.robot.joint_names)
        assert (np.abs(now - last) <= most * 0.1 * 1.3 + 0.01).all()
        for value, (lower, upper) in zip(now, limits.values(), strict=True):
            assert lower - 0.02 <= value <= upper + 0.02
        last = now


@pytest.mark.slow
def test_a_picture_of_what_happens(make):
    env = make("tank/PickPlace-v0", render_mode="rgb_array")
    env.reset(seed=0)
    picture = env.render()
    assert picture.ndim == 3 and picture.dtype == np.uint8 and picture.std() > 5


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"render_mode": "film"}, "rgb_array"),
        ({"robot": "toaster"}, "toaster"),
        ({"realism": "magic"}, "magic"),
    ],
)
def test_what_is_not_known_is_refused_in_a_line(settings, words):
    from tank_gym.reach import ReachEnv

    with pytest.raises(TankError, match=words):
        ReachEnv(**settings)


def test_a_scene_that_is_no_number_is_refused(make):
    env = make("tank/Reach-v0")
    with pytest.raises(TankError, match="scene is 'kitchen'"):
        env.reset(options={"scene": "kitchen"})
