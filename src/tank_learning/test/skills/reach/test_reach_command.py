"""``./tank learn reach`` from options to a skill's file."""

import argparse

import numpy as np
import pytest

from tank_core.robot import load_robot
from tank_learning.skills.reach import command, training
from tank_learning.skills.reach import reachability as measuring
from tank_skills import load_skill
from tank_skills.skill_file import read_skill


@pytest.fixture
def quick(monkeypatch):
    """Everything small, so that a run takes seconds."""
    for module, name, value in (
        (measuring, "WALKS", 1), (measuring, "POSTURES", 2000), (training, "FIRST", 120),
        (training, "FEW", 2), (training, "MANY", 2),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, value)


def run(folder, *more):
    parser = argparse.ArgumentParser()
    command.configure(parser)
    options = ("--updates", "8", "--episodes", "2", "--out", str(folder), *more)
    return command.learn(parser.parse_args(options))


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_it_writes_a_skill_with_curve_and_card_and_repeats_itself(tmp_path, capsys):
    robot = load_robot("rasptank")
    for folder in ("one", "two"):
        assert run(tmp_path / folder, "--robot", "rasptank") == 0
    said = capsys.readouterr().out
    assert "random postures within" in said and "of 2 unseen targets" in said
    one, two = (tmp_path / name / "reach-rasptank.safetensors" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    file = read_skill(one)
    assert file.card.joints == robot.arm.joint_names and file.card.seed == 0
    load_skill(str(one), robot)
    assert (tmp_path / "one" / "reach-rasptank.png").is_file()
    assert (tmp_path / "one" / "onnx" / "reach-rasptank-actor.onnx").is_file()
    run(tmp_path / "three", "--robot", "rasptank", "--seed", "1", "--imagined", "0.5")
    other = read_skill(tmp_path / "three" / "reach-rasptank.safetensors")
    assert not np.array_equal(other.arrays["actor/0.weight"], file.arrays["actor/0.weight"])


@pytest.mark.usefixtures("quick")
def test_the_world_model_alone(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(command, "MODEL_UPDATES", 20)
    assert run(tmp_path, "--robot", "rasptank", "--world-model", "250") == 0
    assert "| 100 |" in capsys.readouterr().out
    assert not list(tmp_path.glob("*.safetensors"))
