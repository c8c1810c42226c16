"""The image and the containers (docker/).

The laws that can be checked without Docker, by hadolint, and by Docker's compose where it is.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from fnmatch import fnmatch
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
DOCKER = ROOT / "docker"
COMPILERS = re.compile(
    r"\b(build-essential|gcc|g\+\+|cmake|ninja|make|colcon|git|pip3?|"
    r"python3-(pip|venv|dev|colcon\S*))\b"
)


@pytest.fixture
def services() -> dict[str, dict[str, Any]]:
    return dict(yaml.safe_load((DOCKER / "compose.yaml").read_text())["services"])


def test_a_container_may_do_no_more_than_it_must(services: dict[str, dict[str, Any]]) -> None:
    for service in services.values():
        assert (
            service["cap_drop"] == ["ALL"]
            and service["read_only"]
            and service["security_opt"] == ["no-new-privileges:true"]
        )
        assert not {"privileged", "cap_add", "pid", "ipc"} & set(service) and service[
            "user"
        ].startswith("${TANK_UID")
        assert service["restart"] == "always" and service["logging"]["options"]["max-size"]
        assert {"/dev/i2c-1", "/dev/gpiomem", "/dev/gpiochip0"} == set(service["devices"])


def test_the_guardian_is_up_before_the_robot(services: dict[str, dict[str, Any]]) -> None:
    guardian, robot = services["guardian"], services["robot"]
    assert robot["depends_on"] == {"guardian": {"condition": "service_healthy"}}
    assert (guardian["mem_limit"], robot["mem_limit"]) == ("32m", "300m") and guardian[
        "oom_score_adj"
    ] == -1000
    assert (guardian["network_mode"], robot["network_mode"]) == ("none", "host")
    assert guardian["volumes"][0] == robot["volumes"][0] == "run:/run/tank"
    assert " /run/tank/guardian$$" in guardian["healthcheck"]["test"]  # $$ is Compose's $


def instructions() -> list[tuple[str, str]]:
    """(word, the rest) of each instruction, continued lines joined."""
    text = "\n".join(
        line
        for line in (DOCKER / "rasptank.Dockerfile").read_text().splitlines()
        if not line.lstrip().startswith("#")
    )
    lines = text.replace("\\\n", " ").splitlines()
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines) if word]


def stages() -> list[list[tuple[str, str]]]:
    every = instructions()
    starts = [index for index, (word, _) in enumerate(every) if word == "FROM"]
    return [every[first:last] for first, last in pairwise([*starts, len(every)])]


def test_the_last_stage_has_no_compiler_and_no_root() -> None:
    last = stages()[-1]
    assert (
        last[0] == ("FROM", "${RUN_BASE}")
        and ("ARG", "RUN_BASE=ros:jazzy-ros-core-noble") in instructions()
    )
    runs = [rest for word, rest in last if word == "RUN"]
    assert not any(COMPILERS.search(run) for run in runs)
    assert [rest for word, rest in last if word == "USER"] == ["10001"]
    assert ("ENTRYPOINT", '["/opt/tank/pi/run"]') in last and stat.S_IXUSR & (
        ROOT / "pi/run"
    ).stat().st_mode


def test_packages_are_installed_without_leftovers() -> None:
    for _, rest in (
        entry for entry in instructions() if entry[0] == "RUN" and "apt-get install" in entry[1]
    ):
        assert "--no-install-recommends" in rest and "rm -rf /var/lib/apt/lists/*" in rest


def kept(path: str) -> bool:
    """Return what the ignore file leaves in the build.

    The last pattern that fits decides.
    """
    answer = True
    for line in (DOCKER / "rasptank.Dockerfile.dockerignore").read_text().splitlines():
        pattern = line.removeprefix("!").removeprefix("**/")
        whole = [path, *map(str, Path(path).parents)] + (
            list(Path(path).parts) if "**/" in line else []
        )
        if line and not line.startswith("#") and any(fnmatch(name, pattern) for name in whole):
            answer = line.startswith("!")
    return answer


def test_what_is_copied_is_there_and_not_ignored() -> None:
    copied = [
        rest.split()[:-1]
        for word, rest in instructions()
        if word == "COPY" and "--from=" not in rest
    ]
    sources = [source for line in copied for source in line if "*" not in source]
    assert {"src", "launch", "models", "pi"} <= set(sources)
    for source in sources:
        assert (ROOT / source).exists() and kept(source), source
    assert kept(".tank/wheels/llama_cpp_python-0.3.36-py3-none-linux_aarch64.whl") and kept(
        "models/tank-nano.gguf"
    )
    assert not any(
        map(
            kept,
            [
                ".git",
                ".tank/jazzy/bin/python",
                "src/tank_core/test/robot/test_description.py",
                "shared",
                "eval",
                "docs",
            ],
        )
    )


def hadolint() -> str | None:
    """The linter: where the set-up puts it, or on the PATH."""
    beside = Path(sys.executable).with_name("hadolint")
    return str(beside) if beside.exists() else shutil.which("hadolint")


@pytest.mark.skipif(hadolint() is None, reason="hadolint is not installed")
def test_hadolint_has_nothing_to_say_of_the_image() -> None:
    linter = hadolint()
    assert linter is not None
    done = subprocess.run(
        [
            linter,
            "--no-color",
            "--config",
            DOCKER / "hadolint.yaml",
            DOCKER / "rasptank.Dockerfile",
        ],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def has_compose() -> bool:
    if shutil.which("docker") is None:
        return False
    return subprocess.run(["docker", "compose", "version"], capture_output=True).returncode == 0


@pytest.mark.skipif(not has_compose(), reason="docker compose is not installed")
def test_compose_takes_the_containers(tmp_path: Path) -> None:
    (tmp_path / "robot.env").write_text((ROOT / "pi/etc/tank/robot.env").read_text())
    text = (DOCKER / "compose.yaml").read_text().replace("/etc/tank/robot.env", "robot.env")
    (tmp_path / "compose.yaml").write_text(text)
    ids = dict.fromkeys(("TANK_UID", "TANK_GID", "I2C_GID", "GPIO_GID", "VIDEO_GID"), "1000")
    done = subprocess.run(
        ["docker", "compose", "--file", tmp_path / "compose.yaml", "config", "--quiet"],
        env={**os.environ, **ids},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
