"""The robot's parts on an emulated Cortex-A53 against this PC.

Equal answers, and memory within 416 MB (arm64, qemu-aarch64). Needs qemu-aarch64 (Debian:
qemu-user) and the userland that scripts/arm64_userland.sh lays out. The method and figures:
docs/arm64.md.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from tank_bench.common.camera_images import passing_by
from tank_bench.common.report import Figure, Measured
from tank_core.exceptions import TankError
from tank_core.io.checkout import checkout, home
from tank_core.io.console import say
from tank_hw_driver.chip_model.testing import chip_model
from tank_hw_driver.hardware import board_names
from tank_llama.model_file import find_model

PARTS = Path(__file__).with_name("parts.py")
# what 64-bit Raspberry Pi OS leaves of the Zero 2 W's 512 MB
LIMIT_MB = 416.0
ROBOTS = ("rasptank", "rasptank_pro")
IMAGES, RATE = 12, 2.0  # [Hz]
FEW = 10  # sentences where only memory is asked for
CLOSE = 1e-6  # in meters and radians: what another processor's rounding may make of a place
SURE = 0.01  # by how much a model's confidence may differ

Found = dict[str, Any]


def userland() -> Path:
    """The folder of arm64 programs that scripts/arm64_userland.sh makes.

    And of their libraries.
    """
    return home() / "arm64"


def emulated(plugin: str = "") -> list[str]:
    """The command that runs arm64 Python on an emulated Cortex-A53.

    Raises TankError that says what is missing.
    """
    if shutil.which("qemu-aarch64") is None:
        raise TankError("qemu-aarch64 is missing. Cure: sudo apt-get install -y qemu-user")
    python = next(userland().glob("usr/bin/python3.1?"), None)
    if python is None:
        raise TankError(
            f"there is no arm64 userland in {userland()}. Cure: sudo scripts/arm64_userland.sh"
        )
    plugins = ["-plugin", plugin] if plugin else []
    library = ["-L", str(userland())]
    # -S: without this PC's site-packages
    return ["qemu-aarch64", "-cpu", "cortex-a53", *plugins, *library, str(python), "-S"]


def run_parts(command: Sequence[str], job: Mapping[str, Any], limit_mb: float = 0.0) -> Found:
    """Run parts.py, and return what it found.

    ``limit_mb``: address space the process gets; 0: any. Raises TankError when it fails.
    """
    paths = [str(setup.parent) for setup in sorted((checkout() / "src").glob("*/setup.py"))]
    environment = os.environ | {
        "PYTHONPATH": ":".join((str(userland() / "opt/tank"), *paths)),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    environment |= {
        "OPENBLAS_NUM_THREADS": "1",
        "OPENCV_FOR_THREADS_NUM": "1",
        "MALLOC_ARENA_MAX": "2",
    }
    if command[0] == "qemu-aarch64":
        environment.pop("LD_LIBRARY_PATH", None)  # it leads to this PC's libraries
    else:
        environment["PYTHONPATH"] = os.environ.get("PYTHONPATH", "")
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(job, file)
        file.flush()
        limit = partial(_limit, round(limit_mb * 1e6)) if limit_mb else None
        done = subprocess.run(
            [*command, str(PARTS), file.name],
            env=environment,
            stdout=subprocess.PIPE,
            check=False,
            preexec_fn=limit,
        )
    if done.returncode != 0:
        raise TankError(
            f"{' '.join(job['parts'])} failed in {command[0]} with exit status {done.returncode}; "
            "see above"
        )
    found: Found = json.loads(done.stdout)
    return found


def _limit(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (size, size))


def make_job(folder: Path) -> dict[str, Any]:
    """Everything that the parts are asked, the same for both machines."""
    lines = (checkout() / "eval" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    moments = []
    say(f"rendering {IMAGES} images for the perception ...")
    for number, moment in enumerate(passing_by(ROBOTS[0], IMAGES, RATE)):
        import numpy as np

        image = folder / f"{number}.npy"
        np.save(image, moment.rgb)
        base = (moment.base.x, moment.base.y, moment.base.yaw)
        moments.append(
            {"time": moment.time, "image": str(image), "base": base, "joints": dict(moment.joints)}
        )
    sentences = [json.loads(line)["instruction"] for line in lines]
    return {
        "model": str(find_model("")),
        "sentences": sentences,
        "robots": ROBOTS,
        "moments": moments,
    }


def with_chips(run: Callable[[Mapping[str, str]], Found]) -> Found:
    """Run beside a fresh chip model of each board.

    Each in a process of its own on this PC.
    """
    with ExitStack() as stack:
        return run({board: stack.enter_context(chip_model(board)).path for board in board_names()})


NAMES = ("language", "driver", "ik", "perception")


def configure(parser: argparse.ArgumentParser) -> None:
    """Nothing can be chosen."""


def measure(_: argparse.Namespace) -> Measured:
    """Runs everything here and under emulation and compares.

    5 minutes on 2 cores.
    """
    command = emulated()
    with tempfile.TemporaryDirectory(prefix="tank-arm64-") as name:
        job = make_job(Path(name))

        def run(words: Sequence[str], limit: float = 0.0, **more: Any) -> Found:
            return with_chips(
                lambda chips: run_parts(words, job | {"parts": NAMES, "chips": chips} | more, limit)
            )

        overhead = run(command, parts=())["overhead_mb"]
        say(
            f"this PC; then all in one emulated process with {LIMIT_MB:g} MB, and {overhead:.0f} "
            "MB that the emulator takes for itself ..."
        )
        here, there = run([sys.executable]), run(command, LIMIT_MB + overhead)
        alone = {
            part: run(command, parts=[part], sentences=job["sentences"][:FEW]) for part in NAMES
        }
    figures = list(compare(here, there))
    figures.append(Figure("all in one process, resident", _resident(there), "MB", at_most=LIMIT_MB))
    figures.append(
        Figure("all in one process, address space", there["space_mb"], "MB", at_most=LIMIT_MB)
    )
    figures.append(Figure("all in one process, resident on this PC", _resident(here), "MB"))
    figures.append(
        Figure(
            "all in one process, peak with the emulator's own",
            there["peak_mb"],
            "MB",
            at_most=LIMIT_MB,
        )
    )
    figures += [
        Figure(f"{part} alone, resident", _resident(found), "MB") for part, found in alone.items()
    ]
    figures += [
        Figure(f"{part}, time in emulation", found["seconds"], "s")
        for part, found in there["parts"].items()
    ]
    return Measured(figures)


def _resident(found: Found) -> float:
    return max(float(part["resident_mb"]) for part in found["parts"].values())


def compare(here: Found, there: Found) -> Iterator[Figure]:
    """Compare answers: figures of how many are equal; others are told."""
    for name, mine in here["parts"].items():
        pairs = list(zip(mine["answers"], there["parts"][name]["answers"], strict=True))
        alike = [same(name, one, other) for one, other in pairs]
        for (one, other), equal in zip(pairs, alike, strict=True):
            if not equal:
                say(f"{name} differs: {one} here, {other} there"[:400])
        yield Figure(f"{name}, equal answers of {len(pairs)}", sum(alike), at_least=len(pairs))
        yield Figure(
            f"{name}, greatest difference of a number",
            max(difference(one, other) for one, other in pairs),
        )


def same(part: str, one: Sequence[Any], other: Sequence[Any]) -> bool:
    """Words, commands and bytes to the letter.

    Measured numbers within rounding.
    """
    if part == "language":
        return one[:4] == other[:4] and abs(one[4] - other[4]) <= SURE
    return difference(one, other) <= CLOSE


def difference(one: Any, other: Any) -> float:
    """The greatest difference between two numbers at the same place.

    Infinity where anything else differs.
    """
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return max(map(difference, one, other), default=0.0)
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other)
    return 0.0 if one == other else math.inf
