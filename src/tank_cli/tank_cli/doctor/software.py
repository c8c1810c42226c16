"""Checks of what is installed.

Python, packages, ROS, the model, OpenGL, compilers.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tank_cli.doctor.findings import Check, Findings, fail, ok, warn
from tank_cli.doctor.machine import memory_mb
from tank_cli.doctor.system import System
from tank_core.io.checkout import HOME_VARIABLE
from tank_llama.model_file import GEMMA_NAME

SETUP = "./tank setup"
BUILD_GEMMA = f"{SETUP} --gemma"
GEMMA_NEEDS_MB = 1500  # in all: a Zero 2 W (512) would take seconds for a sentence, a Pi 4 does not
OLDEST, NEWEST = (3, 11), (3, 13)  # scripts/setup.sh
EVERYWHERE = {
    "numpy": "",
    "yaml": "PyYAML",
    "jsonschema": "",
    "cv2": "opencv-python-headless",
    "llama_cpp": "llama-cpp-python",
}
ON_A_PC = {"mujoco": "", "prompt_toolkit": ""}
PATIENCE_S = 150.0  # for a picture by each way
ON_A_ROBOT = {"smbus2": "", "gpiozero": "", "prompt_toolkit": ""}


def python(system: System) -> Findings:
    major, minor = system.python
    if not OLDEST <= system.python <= NEWEST:
        yield fail(
            "python",
            f"Python {major}.{minor}; Tank needs 3.11 to 3.13",
            "sudo apt-get install -y python3 python3-venv, or set TANK_PYTHON",
        )
    else:
        yield ok("python", f"Python {major}.{minor} on {system.machine}")


def _packages(system: System, wanted: dict[str, str]) -> Findings:
    there, missing = [], []
    for module, package in wanted.items():
        version = system.version(module, package)
        if version is None:
            missing.append(package or module)
        else:
            there.append(f"{package or module} {version}")
    if missing:
        yield fail(
            "packages",
            f"missing: {', '.join(missing)}",
            f"{SETUP} (in a container: build the image anew)",
        )
    if there:
        yield ok("packages", ", ".join(there))


def packages(system: System) -> Findings:
    yield from _packages(system, EVERYWHERE)


def pc_packages(system: System) -> Findings:
    yield from _packages(system, ON_A_PC)


def robot_packages(system: System) -> Findings:
    yield from _packages(system, ON_A_ROBOT)


def ros(system: System) -> Findings:
    if system.version("rclpy", "ros-rclpy") is None:
        yield fail(
            "ros",
            "no rclpy: ROS 2 is neither sourced nor set up",
            f"{SETUP}, or: source /opt/ros/jazzy/setup.bash",
        )
        return
    kind = "its wheels" if system.env.get("TANK_WHEELS") else "sourced"
    yield ok("ros", f"ROS 2 {system.env.get('ROS_DISTRO') or 'without a name'}, {kind}")
    if system.version("tank_msgs") is None:
        yield fail(
            "ros messages",
            "tank_msgs is not built",
            f"{SETUP}, or: colcon build, and source install/setup.bash",
        )


def opengl(system: System) -> Findings:
    """By a picture: a library's file says nothing about its driver."""
    from tank_sim.sensors import render_backend  # a robot need not have it

    painted = system.run(sys.executable, "-m", "tank_sim.sensors.opengl", timeout=PATIENCE_S)
    if painted is None:
        yield warn(
            "opengl", "no answer of the simulated camera", f"{SETUP}; then ./tank doctor again"
        )
    elif painted.status == 0:
        way = painted.text.strip()
        yield ok("opengl", f"renders without a screen, by {render_backend.NAMES.get(way, way)}")
    elif render_backend.NO_MUJOCO in painted.text:
        yield warn("opengl", "not tried: mujoco is not installed", SETUP)
    else:
        problem, _, cure = painted.text.strip().partition(". Cure: ")
        yield warn("opengl", f"{problem}: the simulated camera is off", cure or render_backend.CURE)


def compilers(system: System) -> Findings:
    missing = [
        package
        for package, command in (("build-essential", "c++"), ("cmake", "cmake"))
        if system.run(command, "--version") is None
    ]
    if missing:
        yield warn(
            "compilers",
            f"missing: {', '.join(missing)}; needed to set Tank up",
            f"sudo apt-get install -y {' '.join(missing)}",
        )
    else:
        yield ok("compilers", "c++ and cmake")


def model(system: System) -> Findings:
    folder = system.root / "models"
    if system.read(str(folder / "SHA256SUMS")) is None:
        yield warn(
            "model", f"no {folder}/SHA256SUMS, so nothing to compare with", "git checkout models"
        )
    yield from _whole(system, folder, "git checkout models")
    yield from _whole(system, _home(system) / "models", BUILD_GEMMA)


def _whole(system: System, folder: Path, cure: str) -> Findings:
    """Whether the files that a folder's list names are there, to the last bit."""
    sums = system.read(str(folder / "SHA256SUMS")) or ""
    for wanted, _, name in (line.partition("  ") for line in sums.splitlines() if line):
        found = system.sha256(str(folder / name))
        if found is None:
            yield fail("model", f"{folder / name} is missing", cure)
        elif found != wanted:
            yield fail(
                "model",
                f"{folder / name} is damaged: sha256 {found[:12]}..., wanted {wanted[:12]}...",
                cure,
            )
        else:
            yield ok("model", f"{name} is whole")


def choice_of_model(system: System) -> Findings:
    """Which of the two models this machine can run beside a robot."""
    total = memory_mb(system).get("MemTotal", 0)
    if total < GEMMA_NEEDS_MB:
        yield ok("choice of model", f"tank-nano: with {total} MB, tank-gemma is too large and slow")
    elif system.glob(str(_home(system) / "models" / GEMMA_NAME)):
        yield ok("choice of model", "tank-nano; --model tank-gemma, or both, fit here, too")
    else:
        yield ok("choice of model", f"tank-nano; tank-gemma would fit here, too: {BUILD_GEMMA}")


def _home(system: System) -> Path:
    return Path(system.env.get(HOME_VARIABLE) or system.root / ".tank")


CHECKS = (
    Check("python", python),
    Check("packages", packages),
    Check("packages of a PC", pc_packages, robot=False),
    Check("packages of a robot", robot_packages, pc=False),
    Check("ros", ros),
    Check("opengl", opengl, robot=False),
    Check("compilers", compilers, robot=False),
    Check("model", model),
    Check("choice of model", choice_of_model),
)
