"""A test that skips itself fails where all is required."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """
import pytest

def test_works(): pass

def test_needs_a_renderer(): pytest.skip("no OpenGL here")

def test_needs_an_installation():
    pytest.importorskip("no_such_module", reason="docker compose is not installed here")

@pytest.mark.xfail
def test_is_known_to_fail(): assert False
"""
MODULE = """
import pytest
pytest.importorskip("no_such_module", reason="ROS 2 is not installed here")
def test_of_ros(): pass
"""


@pytest.mark.slow
@pytest.mark.parametrize(("required", "failed"), [("", 0), ("0", 0), ("1", 2)])
def test_a_skip_is_a_failure_where_all_is_required(
    tmp_path: Path, required: str, failed: int
) -> None:
    (tmp_path / "test_some.py").write_text(TESTS)
    (tmp_path / "test_ros.py").write_text(MODULE)
    options = [
        "-q",
        "--continue-on-collection-errors",
        "-p",
        "tank_core.testing.plugin",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(tmp_path),
        str(tmp_path),
    ]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "-o", "addopts="],
        env={**os.environ, "TANK_REQUIRE_ALL": required}, capture_output=True, text=True,
        check=False, cwd=tmp_path,
    )  # fmt: skip
    assert (ran.returncode != 0) == (failed > 0), ran.stdout
    assert ("no OpenGL here\nIt may not be skipped" in ran.stdout) == (failed > 0)
    assert ("ROS 2 is not installed here" in ran.stdout) == (failed > 0)
    assert "docker compose" not in ran.stdout


LEARNER = """
import builtins
real = builtins.__import__
def without(name, *others):  # as where it is not installed
    if name == "{tool}":
        raise ModuleNotFoundError("No module named '{tool}'", name=name)
    return real(name, *others)
builtins.__import__ = without
try:
    import {tool}
finally:
    builtins.__import__ = real
def test_learns(): pass
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("tool", "required", "worked"),
    [("gymnasium", "", True), ("gymnasium", "1", False), ("numpy", "", False)],
)
def test_tests_of_training_skip_themselves_where_its_tools_are_missing(
    tmp_path: Path, tool: str, required: str, worked: bool
) -> None:
    """Never those that miss what every set-up brings, such as numpy."""
    (tmp_path / "test_learner.py").write_text(LEARNER.format(tool=tool))
    (tmp_path / "test_other.py").write_text("def test_works(): pass")
    options = ["-q", "-ra", "-p", "tank_core.testing.plugin", "-p", "no:cacheprovider"]
    options += ["-o", "addopts=", "--rootdir", str(tmp_path), str(tmp_path)]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *options],
        env={**os.environ, "TANK_REQUIRE_ALL": required}, capture_output=True, text=True,
        check=False, cwd=tmp_path,
    )  # fmt: skip
    assert (ran.returncode == 0) == worked, ran.stdout
    assert ("1 passed, 1 skipped" in ran.stdout) == worked
    assert ("./tank setup" in ran.stdout) == (tool != "numpy")
