"""``--skill``: what it chooses, and what it refuses before anything moves."""

import argparse
import json
from pathlib import Path

import numpy as np
import pytest

from tank_cli.__main__ import main
from tank_cli.commands.robot import robot as robot_command
from tank_cli.commands.robot import sim
from tank_cli.skill_option import add_skills
from tank_core.robot import Robot
from tank_core.skill import Chunk, Observation, Skill, SkillCard
from tank_skills import SkillFile, add_kind, save_skill

CARD = SkillCard("still-tank", "face", "tank", "still", 0.1, 1, patience=1.0)


class Still:
    """Proposes nothing, and says at once that it is done."""

    def __init__(self, file: SkillFile, robot: Robot) -> None:
        self.card = file.card

    def reset(self) -> None:
        pass

    def act(self, seen: Observation) -> Chunk:
        return Chunk(seen.state.time, 0.1, np.zeros((1, 2)), end=np.ones(1))


@pytest.fixture
def still(tmp_path: Path) -> str:
    make: type[Skill] = Still
    add_kind(CARD.kind, make)
    save_skill(tmp_path / "still.safetensors", CARD, {}, {})
    return str(tmp_path / "still.safetensors")


@pytest.fixture
def face(tmp_path: Path) -> str:
    path = tmp_path / "face.json"
    path.write_text(json.dumps({"commands": [{"action": "face", "color": "red"}]}))
    return str(path)


@pytest.mark.slow
def test_run_does_a_step_by_it_and_falls_back_as_said(
    capsys: pytest.CaptureFixture[str], still: str, face: str
) -> None:
    """Its claim is not believed."""
    words = ["--world", "playground", "--json", "--commands", face, "--skill", f"face={still}"]
    assert main(["run", *words, "--skill-fallback"]) == 0
    message = json.loads(capsys.readouterr().out)["outcomes"][0]["message"]
    failed = "the learned skill still-tank failed: it was not done within 1 s"
    assert message.startswith("facing the red cube") and f"by my own way, for {failed}" in message


@pytest.mark.parametrize("command", ["run", "sim"])
@pytest.mark.parametrize(
    ("skill", "said"),
    [
        ("face", "'face' chooses no learned skill; say ACTION=learned"),
        ("face=/nowhere.safetensors", "skill file /nowhere.safetensors does not exist"),
        ("grasp={still}", "skill still-tank carries out face, not grasp; choose face=still-tank"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line_before_anything_starts(
    capsys: pytest.CaptureFixture[str], still: str, face: str, command: str, skill: str, said: str
) -> None:
    words = [command, "--skill", skill.format(still=still)]
    assert main([*words, "--commands", face] if command == "run" else words) == 2
    shown = capsys.readouterr()
    assert said in shown.err and shown.err.count("\n") == 1 and not shown.out


@pytest.mark.parametrize(("module", "more"), [(sim, []), (robot_command, ["--mock"])])
def test_a_stack_gets_the_choice_as_its_arguments(still: str, module, more: list[str]) -> None:
    parser = argparse.ArgumentParser()
    module.configure(parser)
    robot = [] if module is sim else ["--robot", "tank"]
    words = ["--skill", f"face={still}", "--skill-fallback", *more, *robot]
    settings = module._settings(parser.parse_args(words))
    assert settings["skills"] == f"face={still}" and settings["skill_fallback"] is True


def test_several_choices_are_one_text() -> None:
    parser = argparse.ArgumentParser()
    add_skills(parser)
    args = parser.parse_args(["--skill", "face=a", "--skill", "grasp=b"])
    assert ",".join(args.skill) == "face=a,grasp=b" and args.skill_fallback is False
