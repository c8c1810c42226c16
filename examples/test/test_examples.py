"""Every example runs, and prints what it says it shows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from stack_operator import HEADLESS, stack_in

from tank_core.testing.own_domain import own_domain

FOLDER = Path(__file__).parents[1]
SHOWN = {
    "01_drive.py": ("turn left 90 degrees succeeded", "holding green_cube"),
    "02_translate.py": ("move backward 0.61 m", "release on the left", "nothing: "),
    "03_see_objects.py": ("green cube: ", "green_cube: 1.04 m away"),
    "04_solve_the_arm.py": ("within reach", "only with the hand pointing"),
    "05_your_own_backend.py": ("1 m/s", "the watchdog stopped it"),
    "06_talk_to_a_stack.py": ("turn left 90 degrees", "succeeded: done"),
    "07_another_world.py": ("playground: it holds green_cube", "empty: it holds None"),
    "08_your_own_robot.py": ("long_arm: done, after 2",),
    "09_your_own_world.py": ("the red ball",),
    "10_train_a_skill.py": ("of 10 targets reached", "after 300 steps"),
    "11_a_skill_of_your_own.py": ("drove through the gate", "by the learned skill straight-tank"),
}
LINES = 40  # at most
ALONE = sorted(set(SHOWN) - {"06_talk_to_a_stack.py"})


# What makes an example that takes minutes take seconds.
ARGUMENTS = {"10_train_a_skill.py": ["300"]}


def run(name: str, folder: Path, **environment: str) -> str:
    if name in ARGUMENTS:
        tool, reason = "stable_baselines3", "training tools are not installed: ./tank setup --train"
        pytest.importorskip(tool, reason=reason)
    done = subprocess.run(
        [sys.executable, str(FOLDER / name), *ARGUMENTS.get(name, [])],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("name", ALONE)
def test_an_example_runs_and_shows_what_it_says(name: str, tmp_path: Path) -> None:
    out = run(name, tmp_path)
    assert [words for words in SHOWN[name] if words not in out] == [], out


@pytest.mark.slow
def test_the_one_that_talks_to_a_stack(tmp_path: Path) -> None:
    name, domain = "06_talk_to_a_stack.py", str(own_domain())
    with stack_in(domain, **HEADLESS):
        around = {"ROS_DOMAIN_ID": domain, "ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST"}
        out = run(name, tmp_path, **around)
    assert [words for words in SHOWN[name] if words not in out] == [], out


def test_each_is_short_told_of_and_tested() -> None:
    programs = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.py")}
    assert set(programs) == set(SHOWN)
    assert {
        name: text.count("\n") for name, text in programs.items() if text.count("\n") > LINES
    } == {}
    told = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [name for name in programs if f"`{name}`" not in told] == []
