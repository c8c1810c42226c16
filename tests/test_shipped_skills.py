"""The skills that come with Tank: whole, small, fit for their robots."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tank_core.robot import load_robot
from tank_core.skill_choice import LEARNED, SHIPPED
from tank_llama.model_file import published_sums, sha256
from tank_skills import load_skill
from tank_skills.choosing import load_skills
from tank_skills.skill_file import read_skill

ROOT = Path(__file__).parents[1]
MODELS = ROOT / "models"
SKILLS = sorted((MODELS / "skills").glob("*"))
MOST_BYTES = 1_000_000
MOST_MB = 8.0  # of memory that a skill may add on the robot
CARDS = [read_skill(path).card for path in SKILLS]


def test_each_is_published_to_the_last_bit() -> None:
    files = [*SKILLS, *sorted((MODELS / "worlds").glob("*"))]
    listed = {name: total for name, total in published_sums(MODELS).items() if "/" in name}
    assert listed == {f"{path.parent.name}/{path.name}": sha256(path) for path in files}


@pytest.mark.parametrize("path", SKILLS, ids=lambda path: path.stem)
def test_each_is_small_fits_its_robot_and_says_what_it_can(path: Path) -> None:
    assert path.stat().st_size <= MOST_BYTES
    card = read_skill(path).card
    assert card.name == path.stem and card.trained_on
    assert "./tank bench skills" in card.measured, "who reads it is to measure it again"
    assert load_skill(path.stem, load_robot(card.robot)).card == card


def test_the_word_learned_finds_those_that_can_be_chosen() -> None:
    chosen = [card for card in CARDS if card.action in SHIPPED]
    for card in chosen:
        skill = load_skills({card.action: LEARNED}, load_robot(card.robot))[card.action]
        assert skill.card == card
    assert {card.action for card in chosen} == set(SHIPPED)


@pytest.mark.parametrize("path", SKILLS, ids=lambda path: path.stem)
def test_the_robot_has_memory_for_it(path: Path) -> None:
    command = [sys.executable, str(Path(__file__).with_name("skill_memory.py"))]
    robot = read_skill(path).card.robot
    done = subprocess.run(
        [*command, str(path), robot], capture_output=True, text=True, check=True, timeout=120
    )
    assert float(done.stdout) <= MOST_MB
