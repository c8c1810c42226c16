"""The classifier learns what its teacher says.

It becomes a skill that the robot loads.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import numpy as np
import pytest
import torch

from tank_core.robot import Robot
from tank_core.skill import Observation, SkillTarget
from tank_core.state import CameraFrame, RobotState
from tank_learning.skills.face import command
from tank_learning.skills.face.distilling import Distiller, agreement, inputs_of, spec
from tank_learning.skills.face.ranking import Labels
from tank_learning.skills.face.scenes import COLOR_NAMES, COLORS
from tank_learning.skills.face.sighting import ColorSight
from tank_learning.skills.face.training import export, face_card, skill_path
from tank_learning.skills.face.trials import trials
from tank_learning.skills.face.turning_data import TurnTransitions
from tank_learning.skills.torch_network import TorchNetwork
from tank_learning.trainer.curve import read_curve
from tank_skills import load_skill
from tank_skills.turning import HOLD, PERIOD, degrees

UPDATES = 60


def labeled(turns: TurnTransitions, sight: ColorSight) -> tuple[np.ndarray, Labels]:
    """Pictures, and what the color rule would do.

    It is a teacher that costs nothing.
    """
    rows = [
        (frame, number, sight.choice(picture, color))
        for frame, picture in enumerate(turns.before)
        for number, color in enumerate(COLORS)
    ]
    return turns.before, Labels(*np.array(rows, np.intp).T)


def a_network() -> TorchNetwork:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    return TorchNetwork(spec())


@pytest.mark.slow
def test_it_learns_its_labels_and_the_robot_decides_the_same(
    turns: TurnTransitions, sight: ColorSight, rasptank: Robot, tmp_path: Path
) -> None:
    """By the file: image, color and motion go through what runs on the robot."""
    pictures, labels = labeled(turns, sight)
    network = a_network()
    before = agreement(network, pictures, labels)
    Distiller(network, 0).train(pictures, labels, UPDATES)
    after = agreement(network, pictures, labels)
    assert after > 0.75 and after > before + 0.2
    card = face_card(rasptank, "a test", "by a test", 0)
    export(tmp_path, rasptank, network, (pictures, labels), card)
    skill = load_skill(skill_path(tmp_path, rasptank), rasptank)
    assert skill.card.colors == COLOR_NAMES and skill.card.trained_on == "a test"
    with torch.inference_mode():
        rows = np.arange(len(labels))
        choices = network(torch.from_numpy(inputs_of(pictures, labels, rows))).argmax(1).tolist()
    assert len({*choices}) > 2
    for frame, color, choice in zip(labels.frames, labels.colors, choices, strict=True):
        target = SkillTarget(color=COLOR_NAMES[color])
        skill.reset()
        chunk = skill.act(Observation(RobotState(1.0), CameraFrame(1.0, pictures[frame]), target))
        turned = math.degrees(PERIOD * chunk.twists[:, 1].sum())
        assert turned == pytest.approx(0.0 if choice == HOLD else degrees(choice), abs=1e-6)
        assert chunk.end[0] == (choice == HOLD)


@pytest.mark.slow
def test_the_same_seed_distils_the_same(turns: TurnTransitions, sight: ColorSight) -> None:
    pictures, labels = labeled(turns, sight)
    states = []
    for _ in range(2):
        network = a_network()
        Distiller(network, 1).train(pictures, labels, 2)
        states.append(network.state_dict())
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])


@pytest.mark.slow
def test_the_whole_chain_by_its_command_gives_the_same_file_again(tmp_path: Path) -> None:
    """Tiny: a scene, two updates, a few labels.

    It leaves skill, world model and pictures.
    """
    parser = argparse.ArgumentParser()
    command.configure(parser)
    small = "--transitions 12 --varieties 1 --validation 12 --updates 2 --label-frames 4"
    files = []
    for name in ("one", "two"):
        out = tmp_path / name
        args = parser.parse_args([*small.split(), "--distilling", "2", "--out", str(out)])
        assert command.learn(args) == 0
        files.append((out / "face-rasptank.safetensors").read_bytes())
        assert (out / "curve.png").is_file() and (out / "predicted.png").is_file()
        assert {line["part"] for line in read_curve(out)} == {"world model", "distilling"}
    assert files[0] == files[1]


@pytest.mark.slow
def test_a_trial_counts_what_is_true_and_claimed(rasptank: Robot, sight: ColorSight) -> None:
    done = trials(rasptank, lambda image, color: sight.choice(image, COLORS[color]), 2)
    assert all(trial.success and trial.error_deg <= 1.5 for trial in done)
    assert all(1 <= len(trial.decision_ms) <= 6 for trial in done)
