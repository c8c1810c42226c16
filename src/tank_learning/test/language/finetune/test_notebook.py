"""The notebook for a free GPU.

Its form, and that every command in it is one that our parsers take.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[5]
NOTEBOOK = ROOT / "notebooks" / "finetune.ipynb"
# What a rented notebook does not have.
MISSING = (
    "rclpy",
    "ament_index_python",
    "launch",
    "launch_ros",
    "tank_msgs",
    "std_msgs",
    "mujoco",
    "cv2",
    "gpiozero",
    "prompt_toolkit",
)
PACKAGES = (
    "tank_core",
    "tank_llama",
    "tank_language",
    "tank_executor",
    "tank_learning",
    "tank_bench",
    "tank_cli",
)


def code_lines() -> list[str]:
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    return [
        line.rstrip("\n")
        for cell in cells
        if cell["cell_type"] == "code"
        for line in cell["source"]
    ]


def commands() -> list[list[str]]:
    lines = [
        line.removeprefix("!python -m tank_cli ")
        for line in code_lines()
        if line.startswith("!python")
    ]
    return [shlex.split(line) for line in lines]


def test_it_is_a_notebook():
    data = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert (data["nbformat"], data["nbformat_minor"]) == (4, 4)
    for cell in data["cells"]:
        assert cell["cell_type"] in ("markdown", "code")
        assert isinstance(cell["metadata"], dict)
        assert all(isinstance(line, str) for line in cell["source"])
        assert cell["cell_type"] == "markdown" or (cell["outputs"], cell["execution_count"]) == (
            [],
            None,
        )


def test_its_python_is_python():
    for line in code_lines():
        if not line.startswith(("!", "%")):
            compile(line, "notebook", "exec")


def test_its_packages_are_those_of_the_requirements():
    pinned = "\n".join(
        path.read_text() for path in (ROOT / "requirements").glob("*.txt")
    ).splitlines()
    installed = next(line for line in code_lines() if line.startswith("!pip install")).split()[3:]
    assert installed
    assert set(installed) <= set(pinned)


def outcome(program: str) -> subprocess.CompletedProcess[str]:
    """A process that has of Tank what the notebook has, and nothing of ROS."""
    paths = (
        next(line for line in code_lines() if line.startswith("%env PYTHONPATH="))
        .partition("=")[2]
        .split(":")
    )
    assert sorted(paths) == sorted(f"src/{name}" for name in PACKAGES)
    environment = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("AMENT", "ROS", "COLCON"))
    }
    environment |= {
        "PYTHONPATH": ":".join(str(ROOT / path) for path in paths),
        "TANK_ROOT": str(ROOT),
    }
    program = f"import sys; sys.modules.update(dict.fromkeys({MISSING!r}))\n{program}"
    return subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_its_commands_are_ours(command):
    """The parser takes each, with every option known.

    ``--help`` at its end keeps it from being carried out.
    """
    done = outcome(f"from tank_cli.__main__ import main; main({[*command, '--help']!r})")
    assert done.returncode == 0, done.stderr
    assert all(option in done.stdout for option in command if option.startswith("--"))
    assert re.match(r"usage: \S*tank " + command[0], done.stdout)
    unknown = outcome(
        f"from tank_cli.__main__ import main; sys.exit(main({[*command, '--no-such-option']!r}))"
    )
    assert unknown.returncode == 2
    # so the rest was recognized
    assert "unrecognized arguments: --no-such-option;" in unknown.stderr


@pytest.mark.slow
def test_the_pipeline_needs_no_ros():
    pytest.importorskip(
        "transformers", reason="training tools are not installed: ./tank setup --train"
    )
    modules = [
        f"finetune.{name}"
        for name in ("command", "tuning", "data", "options", "export_hf", "base_model")
    ]
    imports = "\n".join(
        f"import tank_learning.language.{name}"
        for name in (*modules, "corpus.dataset", "evaluation.scoring")
    )
    done = outcome(
        imports + "\nimport tank_cli.commands.model.train\nimport tank_cli.commands.model.eval"
        "\nfrom transformers import Gemma3ForCausalLM"
    )
    assert done.returncode == 0, done.stderr
