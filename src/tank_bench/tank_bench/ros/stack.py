"""The whole stack, headless, over ROS.

Start, latencies, the odometry's rate, memory. Measured by a client in this process, so each latency
holds the way there and back over ROS.
"""

from __future__ import annotations

import argparse
import os
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise

from geometry_msgs.msg import TwistStamped
from nav_msgs.msg import Odometry

from tank_bench.common.options import add_model, use_model
from tank_bench.common.report import Figure, Measured, memory_mb, percentile
from tank_bench.common.sentences import SENTENCES
from tank_client.client_node import Listener, StackClient
from tank_client.narrator import Understanding
from tank_core.exceptions import TankError
from tank_core.ros import interfaces as names
from tank_core.ros.runtime.discovery import speed_up_discovery
from tank_core.testing.own_domain import own_domain
from tank_stack.arguments import Value
from tank_stack.stack import load_stack
from tank_stack.stack_runner import StackRunner

START_S = 60.0  # [s] that the start may take
ROUNDS, PAUSE_S = 4, 0.1
STOPS = 10
ODOMETRY_S = 10.0


class AnswerListener:
    """Waits for answers: when each came, on this process's clock [s]."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._understood: dict[str, tuple[float, Understanding]] = {}
        self.velocity = 0.0  # commanded [m/s]
        self.odometry: list[tuple[float, float]] = []  # arrival, stamp [s]

    def on_understanding(self, understanding: Understanding) -> None:
        with self._changed:
            self._understood[understanding.instruction] = time.perf_counter(), understanding
            self._changed.notify_all()

    def on_velocity(self, message: TwistStamped) -> None:
        with self._changed:
            self.velocity = message.twist.linear.x
            self._changed.notify_all()

    def on_odometry(self, message: Odometry) -> None:
        self.odometry.append(
            (time.perf_counter(), message.header.stamp.sec + message.header.stamp.nanosec * 1e-9)
        )

    def forget(self, sentence: str) -> None:
        with self._changed:
            self._understood.pop(sentence, None)

    def answer(self, sentence: str) -> tuple[float, Understanding]:
        """When the answer to a sentence came, and what it was."""
        with self._changed:
            self._await(lambda: sentence in self._understood, f"answer to {sentence!r}")
            return self._understood[sentence]

    def moving(self, moving: bool) -> float:
        """When the commanded velocity became zero, or more than a crawl."""
        with self._changed:
            self._await(
                lambda: (self.velocity > 0.1) if moving else (self.velocity == 0.0),
                "change of cmd_vel",
            )
            return time.perf_counter()

    def _await(self, condition: Callable[[], bool], what: str) -> None:
        if not self._changed.wait_for(condition, timeout=20.0):
            raise TankError(f"no {what} within 20 s; run ./tank sim and look at its log")


def configure(parser: argparse.ArgumentParser) -> None:
    """The model."""
    add_model(parser)


def measure(args: argparse.Namespace) -> Measured:
    """Start the stack, measure, end it."""
    use_model(args)
    with _stack() as (runner, client, listener, start):
        latencies, inside = _latencies(client, listener)
        stops = _stops(client, listener)
        odometry = _odometry(listener)
        brain, simulator = (
            memory_mb("VmHWM", runner.pids[name]) for name in ("brain", "simulator")
        )
    figures = [
        Figure("start to ready", start, "s"),
        Figure("instruction to commands, p50", percentile(latencies, 0.5), "ms", at_most=60.0),
        Figure("instruction to commands, p95", percentile(latencies, 0.95), "ms", at_most=150.0),
        Figure("of it inside language_node, p50", percentile(inside, 0.5), "ms"),
        Figure("stop to zero cmd_vel, median", statistics.median(stops), "ms"),
        Figure("stop to zero cmd_vel, longest", max(stops), "ms", at_most=100.0),
        *odometry,
        Figure("peak memory, language, executor and perception", brain, "MB", at_most=250.0),
        Figure("peak memory, simulator", simulator, "MB"),
    ]
    return Measured(figures)


@contextmanager
def _stack() -> Iterator[tuple[StackRunner, StackClient, AnswerListener, float]]:
    os.environ["ROS_DOMAIN_ID"] = str(own_domain())
    speed_up_discovery()
    began, stack, listener = time.perf_counter(), load_stack(), AnswerListener()
    lines: list[str] = []
    settings: dict[str, Value] = {
        "robot": "tank",
        "world": "empty",
        "viewer": "none",
        "real_time_factor": 1.0,
        "model": os.environ.get("TANK_MODEL", ""),
    }
    runner = StackRunner(stack, settings, lambda _, line: lines.append(line), lines.append)
    runner.start()
    nodes = stack.nodes_started(stack.settings(settings))
    try:
        with StackClient(Listener(on_understanding=listener.on_understanding)) as client:
            if not runner.wait(lambda: client.readiness(nodes).ready, START_S):
                raise TankError(
                    f"the stack did not become ready within {START_S:g} s: {' / '.join(lines[-5:])}"
                )
            start = time.perf_counter() - began
            state = client.readiness(nodes)
            if not state.model_ok:
                raise TankError(f"the stack has no model to measure: {state.model}")
            client.listen(TwistStamped, names.CMD_VEL, listener.on_velocity, names.NEWEST)
            client.listen(Odometry, names.ODOM, listener.on_odometry, names.STREAM)
            time.sleep(1.0)
            yield runner, client, listener, start
    finally:
        runner.end()


def _latencies(client: StackClient, listener: AnswerListener) -> tuple[list[float], list[float]]:
    """Times [ms] from a sentence to its commands, and the node's share.

    The robot is stopped after each.
    """
    whole, inside = [], []
    for sentence in SENTENCES * ROUNDS:
        listener.forget(sentence)
        began = time.perf_counter()
        client.say(sentence)
        came, understanding = listener.answer(sentence)
        whole.append((came - began) * 1e3)
        inside.append(understanding.latency * 1e3)
        client.say("stop")
        time.sleep(PAUSE_S)
    return whole, inside


def _stops(client: StackClient, listener: AnswerListener) -> list[float]:
    """Times [ms] from "stop" until the commanded velocity is zero.

    The robot is in motion before.
    """
    times = []
    for _ in range(STOPS):
        client.say("drive forward five meters")
        listener.moving(True)
        time.sleep(PAUSE_S)
        began = time.perf_counter()
        client.say("stop")
        times.append((listener.moving(False) - began) * 1e3)
        time.sleep(PAUSE_S)
    return times


def _odometry(listener: AnswerListener) -> list[Figure]:
    """Rate and jitter over some seconds of a robot at rest."""
    listener.odometry.clear()
    time.sleep(ODOMETRY_S)
    arrivals, stamps = zip(*listener.odometry, strict=True)
    gaps = [(later - earlier) * 1e3 for earlier, later in pairwise(arrivals)]
    stamp_gaps = [(later - earlier) * 1e3 for earlier, later in pairwise(stamps)]
    return [
        Figure(
            "odom rate", (len(arrivals) - 1) / (arrivals[-1] - arrivals[0]), "Hz", at_least=49.0
        ),
        Figure("odom arrival jitter, standard deviation", statistics.pstdev(gaps), "ms"),
        Figure("odom arrival gap, p95", percentile(gaps, 0.95), "ms"),
        Figure("odom stamp jitter, standard deviation", statistics.pstdev(stamp_gaps), "ms"),
    ]
