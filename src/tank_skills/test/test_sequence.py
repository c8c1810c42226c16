"""The action transformer in numpy: what it is told, and what it says."""

import numpy as np
import pytest

from tank_core.exceptions import ModelError, TankError
from tank_core.robot import load_robot
from tank_core.skill import Observation, SkillCard, SkillTarget
from tank_core.state import JointState, RobotState
from tank_skills.sequence import ACTIONS, CONTEXT, INPUTS, Senses, Sequence
from tank_skills.skill_file import SkillFile

ROBOT = load_robot("tank")
PLACE, GOAL = (0.30, 0.01, 0.0), (0.23, 0.20, 0.0)


def seen(position: float = 0.1, effort: float = 0.0, **target) -> Observation:
    joints = {name: JointState(position) for name in ROBOT.joint_names}
    joints[ROBOT.gripper.joint] = JointState(0.02, effort=effort)
    return Observation(RobotState(1.0, joints=joints), None, SkillTarget("red", **target))


def file(bins: int = 0, seed: int = 0) -> SkillFile:
    """A network that looks at one step, with numbers by chance."""
    dice = np.random.default_rng(seed)
    outputs = ACTIONS * (4 if bins else 1)
    specs = {"body": [{"layer": "linear", "in": INPUTS + ACTIONS, "out": outputs}]}
    arrays = {
        "body/0.weight": dice.normal(0, 0.1, (outputs, INPUTS + ACTIONS)),
        "body/0.bias": np.zeros(outputs),
        "mean": np.zeros(INPUTS),
        "spread": np.ones(INPUTS),
        "low": -np.arange(1.0, ACTIONS + 1),
        "high": np.arange(1.0, ACTIONS + 1),
    }
    if bins:
        specs["bins"] = [{"layer": "linear", "in": 4, "out": bins}]
        arrays |= {"bins/0.weight": dice.normal(size=(bins, 4)), "bins/0.bias": np.zeros(bins)}
    card = SkillCard("x", "pick_and_place", "tank", "sequence", 0.1, 1)
    return SkillFile(card, specs, {key: array.astype(np.float32) for key, array in arrays.items()})


def test_it_is_told_joints_touch_and_two_places() -> None:
    told = Senses(ROBOT)(seen(place=PLACE, goal=GOAL))
    assert len(told) == INPUTS
    assert told[:7] == pytest.approx([0.1, 0.1, 0.1, 0.1, 0.02, 0.0, 0.0])
    base = np.array(ROBOT.arm.joints[0].origin[:2])
    for (x, y, bearing, distance), place in zip(
        (told[7:11], told[11:]), (PLACE, GOAL), strict=True
    ):
        assert (x, y) == place[:2]
        there = base + distance * np.array([np.cos(bearing), np.sin(bearing)])
        assert there == pytest.approx(place[:2])


def test_what_was_once_felt_is_remembered_until_the_next_try() -> None:
    senses = Senses(ROBOT)
    told = [
        senses(seen(effort=share * ROBOT.gripper.effort, place=PLACE, goal=GOAL))[5:7].tolist()
        for share in (0.1, -1.0, 0.0)
    ]
    assert told == [pytest.approx([0.1, 0.0]), [-1.0, 1.0], [0.0, 1.0]]
    senses.reset()
    assert senses(seen(place=PLACE, goal=GOAL))[6] == 0.0


@pytest.mark.parametrize(
    ("target", "named"), [({"goal": GOAL}, "thing"), ({"place": PLACE}, "goal")]
)
def test_without_a_place_it_says_which(target: dict, named: str) -> None:
    with pytest.raises(TankError, match=f"no place of the {named}"):
        Sequence(file(), ROBOT).act(seen(**target))


def test_what_it_did_counts_until_it_is_reset() -> None:
    skill, now = Sequence(file(), ROBOT), seen(place=PLACE, goal=GOAL)
    first, second = skill.act(now), skill.act(now)
    assert not np.allclose(first.joints, second.joints)
    skill.reset()
    again = skill.act(now)
    assert np.array_equal(first.joints, again.joints) and again.time == now.state.time


def attending(seed: int = 0) -> SkillFile:
    """A network in which every step looks at all before it."""
    size, plain = INPUTS + ACTIONS + 1, file()
    dice = np.random.default_rng(seed)
    specs = {
        "body": [
            {"layer": "linear", "in": size - 1, "out": size},
            {"layer": "attention", "size": size, "heads": 2},
            {"layer": "linear", "in": size, "out": ACTIONS},
        ]
    }
    shapes = {
        "0.weight": (size, size - 1), "0.bias": (size,),
        "1.qkv.weight": (3 * size, size), "1.qkv.bias": (3 * size,),
        "1.out.weight": (size, size), "1.out.bias": (size,),
        "2.weight": (ACTIONS, size), "2.bias": (ACTIONS,),
    }  # fmt: skip
    arrays = {key: array for key, array in plain.arrays.items() if not key.startswith("body")}
    arrays |= {
        f"body/{key}": dice.normal(0, 0.2, shape).astype(np.float32)
        for key, shape in shapes.items()
    }
    return SkillFile(plain.card, specs, arrays)


@pytest.mark.parametrize(("before", "same"), [(CONTEXT, True), (CONTEXT // 2, False)])
def test_only_the_last_steps_count(before: int, same: bool) -> None:
    """All before the window is forgotten, and nothing that lies in it."""
    said = []
    for first in (0.1, 0.9):
        skill = Sequence(attending(), ROBOT)
        skill.act(seen(first, place=PLACE, goal=GOAL))
        for _ in range(before):
            skill._last = np.zeros(ACTIONS, np.float32)  # the past speaks by the window alone
            chunk = skill.act(seen(place=PLACE, goal=GOAL))
        said.append(chunk.joints)
    assert np.array_equal(*said) == same


@pytest.mark.parametrize("bins", [2, 7])
def test_bins_decode_to_their_middles(bins: int) -> None:
    given = file(bins)
    chunk = Sequence(given, ROBOT).act(seen(place=PLACE, goal=GOAL))
    action = np.array([*chunk.joints[0], *chunk.twists[0]]) / given.arrays["high"][:7]
    middles = (2 * np.arange(bins) + 1) / bins - 1
    assert all(np.abs(middles - one).min() < 1e-6 for one in action)


def test_constants_that_do_not_fit_are_refused() -> None:
    given = file()
    arrays = {**given.arrays, "mean": np.zeros(3, np.float32)}
    with pytest.raises(ModelError, match=r"'mean'.*wanted"):
        Sequence(SkillFile(given.card, given.specs, arrays), ROBOT)
