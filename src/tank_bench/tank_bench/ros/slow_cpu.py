"""The robot's stack on a processor as slow as a Pi's.

Its process and its guardian have a share of one core, the chip model has its own. Measured is how
the control loop keeps its rate, when a stop is in the motors, and who uses the processor.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from diagnostic_msgs.msg import DiagnosticArray

from tank_bench.common.processor import ThreadTime, shares, thread_time
from tank_bench.common.report import Figure, Measured, memory_mb
from tank_bench.ros.bare_node import bare_cores
from tank_bench.ros.robot_memory import family, film
from tank_bench.ros.throttle import WAYS, Throttle, throttled
from tank_client.client_node import StackClient
from tank_core.exceptions import TankError
from tank_core.io.arguments import number
from tank_core.io.console import say
from tank_core.ros import interfaces as names
from tank_core.ros.runtime.discovery import speed_up_discovery
from tank_core.testing.own_domain import own_domain
from tank_hw_driver.chip_model.client import ModelClient
from tank_stack.arguments import Value
from tank_stack.stack import RASPTANK, Stack, load_stack
from tank_stack.stack_runner import StackRunner

SHARES = (1.0, 0.25, 0.15, 0.1, 0.07)
BOARD, ROBOT, SLOW = "robot_hat_v3", "rasptank", 0.1  # the share that stands for a Pi
START_S, SETTLE_S, PATIENCE_S = 90.0, 3.0, 20.0
START_SETTLE_S = 12.0  # until what rests without a camera does so
DRIVE, TALK_S = "turn left 360 degrees", 1.5
TURNS = 12  # sentences that wait: a turn takes some seconds
CUT = "switching the motors off"  # what the guardian says of each
LOOP, SIGHT = "driver_node: control loop", "perception_node: perception"
REST_CORES, DRIVING_CORES, THREADS, RESIDENT_MB, STOP_MS = 0.04, 0.06, 12, 150.0, 150.0


def configure(parser: argparse.ArgumentParser) -> None:
    """The shares, the rate, how long, and how."""
    parser.add_argument(
        "--share", type=number(0.02, 1.0), action="append", metavar="S",
        help=f"of one core, may be given again (default: {', '.join(f'{s:g}' for s in SHARES)})",
    )  # fmt: skip
    parser.add_argument(
        "--seconds", type=number(1.0, 3600.0), default=10.0, metavar="T",
        help="of each motion (default: 10)",
    )  # fmt: skip
    parser.add_argument(
        "--rate", type=number(10.0, 200.0), default=0.0, metavar="HZ",
        help="of the control loop (default: the robot's own)",
    )  # fmt: skip
    parser.add_argument(
        "--camera", action="store_true", help="with a film as camera, looked at 5 times a second"
    )
    parser.add_argument(
        "--bare", action="store_true",
        help="measure a plain rclpy node with the same topics besides, unlimited",
    )  # fmt: skip
    parser.add_argument(
        "--way", choices=WAYS, default="",
        help="how the share is kept (default: by a cgroup where one can be made, else by signals)",
    )  # fmt: skip


@dataclass
class SelfReport:
    """The robot's own words while something was measured."""

    rates: list[float] = field(default_factory=list)  # of the control loop [Hz]
    missed: list[float] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)  # [ms]
    sights: list[float] = field(default_factory=list)  # pictures looked at [Hz]
    cuts: int = 0


class MeasuredStack:
    """A stack that runs: told, watched, and limited."""

    def __init__(self, runner: StackRunner, client: StackClient, chips: str) -> None:
        self.pid, self.guardian = runner.pids["robot"], runner.pids["guardian"]
        self.client, self.heard = client, SelfReport()
        self._chips = ModelClient(chips, name="bench")
        self._chips.set_distance(None)  # nothing in the way
        client.listen(DiagnosticArray, names.DIAGNOSTICS, self._on_diagnostics, names.RELIABLE)

    def close(self) -> None:
        self._chips.close()

    def threads(self) -> dict[int, ThreadTime]:
        """The processor time of each thread so far."""
        found = {}
        for task in Path(f"/proc/{self.pid}/task").iterdir():
            try:
                texts = [
                    (task / name).read_text(encoding="utf-8") for name in ("comm", "schedstat")
                ]
            except OSError:  # it has ended meanwhile
                continue
            found[int(task.name)] = thread_time(*texts)
        return found

    def start(self) -> float | None:
        """Make it drive; the time [s] until the motors turn, None: they do not."""
        began = time.monotonic()
        for _ in range(TURNS):
            self.client.say(DRIVE)
        moved = self._when(began, on=True)
        return moved and moved - began

    @property
    def moving(self) -> bool:
        """Whether the motors have current."""
        history = self._chips.motor_history(0.0)
        return bool(history and any(history[-1][1].values()))

    def stop(self) -> float | None:
        """Say stop; the time [s] until the motors are off, None: they are not."""
        began = time.monotonic()
        self.client.say("stop")
        stood = self._when(began, on=False)
        return stood and stood - began

    def _when(self, since: float, on: bool) -> float | None:
        while time.monotonic() < since + PATIENCE_S:
            history = self._chips.motor_history(0.0)
            if history and any(history[-1][1].values()) is on:
                return max(since, history[-1][0] if not on else _began(history, since))
            time.sleep(0.02)
        return None

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        for status in message.status:
            values = {pair.key: pair.value for pair in status.values}
            if status.name == LOOP and "turns a second" in values:
                self.heard.rates.append(float(values["turns a second"]))
                self.heard.missed.append(float(values["turns missed"]))
                self.heard.gaps.append(float(values["longest gap [ms]"]))
            if status.name == SIGHT and "detections rate [Hz]" in values:
                self.heard.sights.append(float(values["detections rate [Hz]"]))


def _began(history: list[tuple[float, dict[str, float]]], since: float) -> float:
    return min(at for at, duties in history if at >= since and any(duties.values()))


def measure(args: argparse.Namespace) -> Measured:
    """At each share: at rest, driving, and driving while sentences come."""
    figures, lines = list[Figure](), list[str]()
    with _stack(args.rate, args.camera) as (robot, runner, cuts):
        pids = [robot.pid, *family(robot.guardian)]
        with throttled(pids, args.way, [runner.pids["chips"]]) as throttle:
            say(f"limited by {throttle.way}")
            for share in args.share or SHARES:
                try:
                    figures += _at(robot, throttle, share, args, cuts, lines)
                finally:
                    throttle.set(1.0)
                robot.stop()
                if runner.failure:
                    raise TankError(f"the stack ended at share {share:g}: {runner.failure}")
        if args.bare:  # while the same client listens
            bare = bare_cores(robot_rate(args.rate), args.seconds)
            figures.append(Figure("a plain rclpy node with these topics: cores", bare))
        figures.append(Figure("threads", len(robot.threads()), at_most=THREADS))
        peak = memory_mb("VmHWM", robot.pid)
        figures.append(Figure("robot, resident, peak", peak, "MB", at_most=RESIDENT_MB))
    return Measured(figures, {"way": throttle.way}, [f"limited by {throttle.way}", *lines])


def _at(
    robot: MeasuredStack,
    throttle: Throttle,
    share: float,
    args: argparse.Namespace,
    cuts: list[str],
    lines: list[str],
) -> list[Figure]:
    figures, slow = list[Figure](), share <= SLOW
    throttle.set(share)
    time.sleep(SETTLE_S)

    def watch(motion: str, at_most: float | None, meanwhile: Callable[[], object] | None) -> None:
        robot.heard, before, cut = SelfReport(), robot.threads(), len(cuts)
        began = time.monotonic()
        while (left := began + args.seconds - time.monotonic()) > 0.0:
            if meanwhile is not None:
                meanwhile()
            time.sleep(min(left, TALK_S))
        used = shares(before, robot.threads(), time.monotonic() - began)
        heard, head = robot.heard, f"share {share:g}, {motion}"
        wanted = None if share < 1.0 or args.camera else at_most
        figures.append(Figure(f"{head}: cores", sum(used.values()), at_most=wanted))
        if heard.rates:
            rate = sum(heard.rates) / len(heard.rates)
            kept = 0.9 * robot_rate(args.rate) if slow else None
            figures.append(Figure(f"{head}: loop", rate, "Hz", at_least=kept))
            figures.append(Figure(f"{head}: turns missed", sum(heard.missed)))
            figures.append(Figure(f"{head}: longest gap", max(heard.gaps), "ms"))
        if args.camera and heard.sights:
            sights = sum(heard.sights) / len(heard.sights)
            figures.append(Figure(f"{head}: pictures looked at", sights, "Hz"))
        figures.append(Figure(f"{head}: guardian's cuts", len(cuts) - cut, at_most=0))
        busiest = ", ".join(f"{name} {cores:.4f}" for name, cores in list(used.items())[:12])
        lines.append(f"{head}: {busiest}")

    watch("at rest", REST_CORES if robot_rate(args.rate) <= 20.0 else None, None)
    moved = robot.start()
    if moved is None:
        lines.append(f"share {share:g}: it did not move within {PATIENCE_S:g} s")
        return figures
    figures.append(Figure(f"share {share:g}: sentence to motion", moved * 1e3, "ms"))
    watch("driving", DRIVING_CORES, None)
    watch("translating while driving", None, lambda: robot.client.say(DRIVE))
    if not robot.moving:
        robot.start()
    stood = robot.stop()
    if stood is None:
        raise TankError(f"share {share:g}: the motors had current {PATIENCE_S:g} s after a stop")
    wanted = STOP_MS if slow else None
    figures.append(Figure(f"share {share:g}: stop word to motors off", stood * 1e3, "ms", wanted))
    return figures


def robot_rate(asked: float) -> float:
    """The rate [Hz] of the control loop: as asked, or the robot's own."""
    return asked or float(load_stack(RASPTANK).process("robot").fixed["control_rate"])


def _with_rate(stack: Stack, rate: float) -> Stack:
    fixed = {"control_rate": rate, "publish_rate": rate} if rate else {}
    return replace(
        stack,
        processes=tuple(
            replace(process, fixed={**process.fixed, **fixed}) if process.nodes else process
            for process in stack.processes
        ),
    )


@contextmanager
def _stack(rate: float, camera: bool) -> Iterator[tuple[MeasuredStack, StackRunner, list[str]]]:
    with tempfile.TemporaryDirectory(prefix="tank-slow-") as name:
        folder, lines, cuts = Path(name), list[str](), list[str]()
        os.environ |= {
            "ROS_DOMAIN_ID": str(own_domain()),
            "TANK_GUARDIAN_SOCKET": str(folder / "guardian"),
            "TANK_CHIPS_SOCKET": str(folder / "chips"),
        }
        speed_up_discovery()
        stack = _with_rate(load_stack(RASPTANK), rate)
        settings: dict[str, Value] = {
            "board": BOARD, "mock_hardware": True, "calibration": "none", "robot": ROBOT,
            "camera_source": f"file:{film(folder / 'film.avi')}" if camera else "none",
            "model": os.environ.get("TANK_MODEL", ""),
        }  # fmt: skip
        lock = threading.Lock()

        def hear(process: str, line: str) -> None:
            with lock:
                lines.append(f"{process}: {line}")
                if process == "guardian" and CUT in line:
                    cuts.append(line)

        runner = StackRunner(stack, settings, hear, lines.append)
        runner.start()
        try:
            with StackClient() as client:
                nodes = stack.nodes_started(stack.settings(settings))
                if not runner.wait(lambda: client.readiness(nodes).ready, START_S):
                    last = " / ".join(lines[-8:])
                    raise TankError(f"the robot is not ready within {START_S:g} s: {last}")
                robot = MeasuredStack(runner, client, str(folder / "chips"))
                time.sleep(START_SETTLE_S)
                yield robot, runner, cuts
                robot.close()
        finally:
            runner.end()
