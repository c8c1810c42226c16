"""A robot gets what it runs, and neither benchmarks nor training."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
NOT_ON_A_ROBOT = {"tank_bench", "tank_learning"}
WITHOUT = f"""
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {sorted(NOT_ON_A_ROBOT)}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Absent())
from tank_cli.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


def needed_by(packages: set[str]) -> set[str]:
    """The packages of ours that colcon's ``--packages-up-to`` builds.

    By their package.xml.
    """
    manifests = {path.parent.name: ET.parse(path) for path in ROOT.glob("src/*/package.xml")}
    manifests["tank_bringup"] = ET.parse(ROOT / "launch/package.xml")
    found: set[str] = set()
    while packages:
        found |= packages
        packages = {
            str(element.text)
            for name in packages
            for element in manifests[name].getroot()
            if element.tag.endswith("depend") and element.text in manifests
        } - found
    return found


def test_what_is_built_for_the_robot_has_no_benchmarks_and_no_training() -> None:
    words = re.search(
        r"--packages-up-to ((?:\w+ )+)--", (ROOT / "docker/rasptank.Dockerfile").read_text()
    )
    assert words is not None
    built = needed_by(set(words[1].split()))
    assert {"tank_cli", "tank_client", "tank_hw_driver", "tank_stack", "tank_msgs"} <= built
    assert not NOT_ON_A_ROBOT & built


def run_without(*words: str) -> subprocess.CompletedProcess[str]:
    """``./tank`` with these words where those packages are not installed."""
    command = [sys.executable, "-c", WITHOUT, *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60.0, check=False)


@pytest.mark.parametrize("command", ["robot", "doctor", "calibrate", "say", "parse", "run", "sim"])
def test_the_robot_s_commands_work_without_them(command: str) -> None:
    ran = run_without(command, "--help")
    assert ran.returncode == 0 and f"./tank {command}" in ran.stdout, ran.stderr


def test_a_sentence_s_meaning_is_printed_without_them() -> None:
    ran = run_without("parse", "stop")
    assert ran.returncode == 0 and '"stop"' in ran.stdout, ran.stderr


@pytest.mark.parametrize(
    ("words", "package"),
    [
        ("bench", "tank_bench"),
        ("train", "tank_learning"),
        ("learn reach", "tank_learning"),
        ("eval", "tank_learning"),
        ("data count", "tank_learning"),
    ],
)
def test_what_needs_them_says_so_in_one_line(words: str, package: str) -> None:
    ran = run_without(*words.split())
    assert ran.returncode == 2 and ran.stderr.count("\n") == 1, ran.stderr
    assert package in ran.stderr and "on a PC" in ran.stderr
