"""Memory of the real robot's processes: the robot's and its guardian's.

On this PC, with a model of its chips and a film for a camera.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2

from tank_bench.common.camera_images import passing_by
from tank_bench.common.report import Figure, Measured, memory_mb
from tank_client.client_node import Listener, StackClient
from tank_client.narrator import ENDED, Understanding
from tank_core.exceptions import TankError
from tank_core.io.console import say
from tank_core.ros.runtime.discovery import speed_up_discovery
from tank_core.testing.own_domain import own_domain
from tank_executor.plan import PlanStatus
from tank_hw_driver.chip_model.testing import chip_model
from tank_stack.arguments import Value
from tank_stack.stack import RASPTANK, load_stack
from tank_stack.stack_runner import StackRunner

BOARD, ROBOT = "robot_hat_v3", "rasptank"
SENTENCES = ("drive forward one meter", "pick up the red cube", "turn left and wait two seconds")
START_S, SENTENCE_S, REST_S = 60.0, 60.0, 5.0
IMAGES, RATE = 60, 5.0  # of the film [Hz]
WANTED_MB, WANTED_GUARDIAN_MB = 300.0, 20.0
PROCESSES = {"robot": WANTED_MB, "guardian": WANTED_GUARDIAN_MB}


def configure(parser: argparse.ArgumentParser) -> None:
    """Nothing can be chosen."""


def measure(_: argparse.Namespace) -> Measured:
    """Start everything, say the sentences, watch the memory; about a minute."""
    with (
        tempfile.TemporaryDirectory(prefix="tank-memory-") as name,
        chip_model(BOARD) as chips,
        _stack(Path(name), chips.path) as (runner, client, ended),
    ):
        peaks = dict.fromkeys(PROCESSES, 0.0)

        def watch() -> None:
            for process in PROCESSES:
                share = sum(map(proportional_mb, family(runner.pids[process])))
                peaks[process] = max(peaks[process], share)

        start = {process: memory_mb("VmRSS", runner.pids[process]) for process in PROCESSES}
        began, used = time.monotonic(), processor_s(runner.pids["robot"])
        for sentence in SENTENCES:
            _say(client, sentence, ended, watch)
        cores = (processor_s(runner.pids["robot"]) - used) / (time.monotonic() - began)
        _wait(REST_S, watch)
        highest = {process: memory_mb("VmHWM", runner.pids[process]) for process in PROCESSES}
        threads = len(list(Path(f"/proc/{runner.pids['robot']}/task").iterdir()))
    figures = []
    for process, wanted in PROCESSES.items():
        figures.append(Figure(f"{process}, resident when ready", start[process], "MB"))
        figures.append(Figure(f"{process}, resident, peak", highest[process], "MB", at_most=wanted))
        figures.append(Figure(f"{process}, proportional share (PSS), peak", peaks[process], "MB"))
    figures.append(Figure("threads of the robot's process", threads))
    figures.append(Figure("cores that it keeps busy", cores))
    return Measured(figures)


def family(pid: int) -> list[int]:
    """A process and its children: the guardian is two."""
    words = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [pid, *map(int, words)]


def proportional_mb(pid: int) -> float:
    """A process's memory [MB]; a page that is shared counts in parts."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024 / 1e6


def processor_s(pid: int) -> float:
    """Processor time [s] that a process has used, in all of its threads."""
    words = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def film(path: Path) -> Path:
    """Render what the robot's camera would see while it turns.

    In the playground.
    """
    say(f"rendering {IMAGES} images ...")
    writer: cv2.VideoWriter | None = None
    for moment in passing_by(ROBOT, IMAGES, RATE):
        height, width = moment.rgb.shape[:2]
        writer = writer or cv2.VideoWriter(
            str(path), cv2.VideoWriter.fourcc(*"MJPG"), RATE, (width, height)
        )
        writer.write(cv2.cvtColor(moment.rgb, cv2.COLOR_RGB2BGR))
    assert writer is not None  # IMAGES is not 0
    writer.release()
    return path


@contextmanager
def _stack(folder: Path, chips: str) -> Iterator[tuple[StackRunner, StackClient, list[PlanStatus]]]:
    os.environ |= {
        "ROS_DOMAIN_ID": str(own_domain()),
        "TANK_GUARDIAN_SOCKET": str(folder / "guardian"),
    }
    speed_up_discovery()
    stack, lines, ended = load_stack(RASPTANK), list[str](), list[PlanStatus]()
    settings: dict[str, Value] = {
        "wires": f"model:{chips}", "board": BOARD, "calibration": "none", "robot": ROBOT,
        "camera_source": f"file:{film(folder / 'film.avi')}",
        "model": os.environ.get("TANK_MODEL", ""),
    }  # fmt: skip
    runner = StackRunner(
        stack, settings, lambda process, line: lines.append(f"{process}: {line}"), lines.append
    )
    runner.start()
    nodes = stack.nodes_started(stack.settings(settings))

    def heard(status: PlanStatus) -> None:
        if status.state in ENDED:
            ended.append(status)

    def understood(understanding: Understanding) -> None:
        say(
            f"{understanding.instruction}: "
            f"{'; '.join(map(str, understanding.commands)) or understanding.reason}"
        )

    try:
        with StackClient(Listener(on_understanding=understood, on_status=heard)) as client:
            if not runner.wait(lambda: client.readiness(nodes).ready, START_S):
                raise TankError(
                    f"the robot did not become ready within {START_S:g} s: {' / '.join(lines[-8:])}"
                )
            _wait(REST_S)
            yield runner, client, ended
    finally:
        runner.end()


def _say(
    client: StackClient, sentence: str, ended: list[PlanStatus], watch: Callable[[], None]
) -> None:
    """Say a sentence and wait for its end.

    Whichever that is: only the memory matters.
    """
    ended.clear()
    client.say(sentence)
    give_up = time.monotonic() + SENTENCE_S
    while not ended:
        if time.monotonic() > give_up:
            raise TankError(f"nothing came of {sentence!r} within {SENTENCE_S:g} s")
        _wait(0.2, watch)
    say(f"  {ended[-1].state.name.lower()}: {ended[-1].message}")


def _wait(duration: float, watch: Callable[[], object] = list) -> None:
    end = time.monotonic() + duration
    while time.monotonic() < end:
        time.sleep(0.2)
        watch()
