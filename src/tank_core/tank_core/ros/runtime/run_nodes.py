"""Runs several nodes in one process: ``tank_nodes MODULE:CLASS ...``.

They are started, watched and ended together.
"""

from __future__ import annotations

import importlib
import os
import select
import signal
import socket
import sys
import threading
import time
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from tank_core.exceptions import TankError
from tank_core.ros.runtime import environment, frugal

try:
    frugal.prepare()  # before numpy
    environment.prepare()  # before rclpy: some of it ends the process when that is imported
except TankError as unfit:
    sys.exit(f"tank_nodes: {unfit}")

from rclpy.lifecycle import LifecycleNode, TransitionCallbackReturn
from rclpy.node import Node
from rclpy.utilities import get_default_context, remove_ros_args, try_shutdown

from tank_core.io.one_line import described
from tank_core.io.steady_streams import steady
from tank_core.ros.runtime.discovery import speed_up_discovery
from tank_core.ros.runtime.executor import GroupExecutor, busy, report
from tank_core.ros.tank_node import TankNode

SWITCH_INTERVAL = 2e-4  # [s]
# [s] after which an ending that hangs is cut off; the robot has been stopped before
END_WITHIN = 1.7
POLL_S = 0.5  # [s] between two looks at nodes that failed; a signal is seen at once
LONGEST_PAUSE_S = 60.0  # between two attempts to start a node that failed
# a node that works for so long has come back; one that falls sooner, as by a brown-out at each
# start, has not
WELL_S = 60.0
ENDING = "ending"  # who stops the robot then
_signals: socket.socket | None = None  # says something for each signal


def main(argv: Sequence[str] | None = None) -> int:
    """Run until SIGINT or SIGTERM; returns 0.

    1 when no node could be started, 2 when called wrongly.
    """
    with steady(needs_stdout=False):
        return _main(list(sys.argv if argv is None else argv))


def _main(arguments: list[str]) -> int:
    try:
        specs = remove_ros_args(arguments)[1:]
    except Exception as error:
        # rcl's own errors have no common parent: words after --ros-args that it cannot read
        return _no_ros(error)
    if not specs or any(spec.startswith("-") for spec in specs):
        print("usage: tank_nodes MODULE:CLASS [MODULE:CLASS ...] [--ros-args ...]", file=sys.stderr)
        return 2
    # A control loop that wakes up waits this long for a busy callback's turn to end; Python's own 5
    # ms are a quarter of its period.
    sys.setswitchinterval(SWITCH_INTERVAL)
    ended = threading.Event()
    _on_signals(ended)
    # a second simulation must see the first one's clock before it gives its own
    speed_up_discovery()
    # rclpy warns so in two lines when a node cannot be made, which we tell with the reason.
    warnings.filterwarnings("ignore", "Failed to fini rosout publisher")
    # Not by rclpy.init, which makes a thread for signals even where it is to handle none. Its own
    # handlers would shut the context down at once, before a robot could be told to stop.
    try:
        get_default_context().init(arguments)
    except Exception as error:  # what rcl finds wrong comes in many kinds
        return _no_ros(error)
    try:
        return run(specs, ended)
    finally:
        try_shutdown()


def _no_ros(error: Exception) -> int:
    _say(f"{environment.not_started(error)}; look at the words after --ros-args, too")
    return 2


def run(specs: Sequence[str], ended: threading.Event) -> int:
    """Start the nodes, wait for ``ended``, and end them.

    The ROS context is there already.
    """
    # What a callback lets through neither ends the process nor goes by in silence, but while
    # everything ends.
    executor = GroupExecutor(on_error=lambda error: None if ended.is_set() else report(error))
    nodes = [node for node in map(make_node, specs) if node is not None]
    for node in nodes:
        executor.add_node(node)
    executor.start()
    started = [node for node in nodes if not ended.is_set() and start(node)]
    if started:
        _say(f"running: {', '.join(node.get_name() for node in started)}")
        reviver = Reviver([node for node in nodes if isinstance(node, TankNode)])
        while not ended.is_set() and executor.goes_on:
            reviver.step(time.monotonic())
            _pause(POLL_S)
    ended.set()
    _end(nodes, executor)
    return 0 if started else 1


def _pause(seconds: float) -> None:
    """Wait [s], or until a signal came, even one that came before."""
    # Not an event's wait: a signal that comes while that holds its lock would wait for itself.
    if _signals is None:
        time.sleep(seconds)
    elif select.select([_signals], [], [], seconds)[0]:
        _signals.recv(64)


def make_node(spec: str) -> Node | None:
    """The node of a MODULE:CLASS.

    None, and a line on stderr, when it cannot be made.
    """
    try:
        module, _, name = spec.partition(":")
        kind: Callable[[], Node] | None = (
            getattr(importlib.import_module(module), name, None) if name else None
        )
        if kind is None:
            raise TankError(
                "there is no such class; write MODULE:CLASS, such as tank_sim.sim_node:SimNode"
            )
        return kind()
    except Exception as error:  # one node that cannot be made must not keep the others from running
        _say(f"{spec} was not made: {described(error)}")
        return None


def start(node: Node) -> bool:
    """Configure and activate a lifecycle node; a plain one runs already.

    False when it cannot: a TankNode has said why.
    """
    if not isinstance(node, LifecycleNode):
        return True
    for word, trigger in (
        ("configure", node.trigger_configure),
        ("activate", node.trigger_activate),
    ):
        if trigger() != TransitionCallbackReturn.SUCCESS:
            if not isinstance(node, TankNode):
                _say(f"{node.get_name()} did not {word}: see its log")
            return False
    return True


class Reviver:
    """Starts nodes that failed again, those that ask for it.

    Nobody sits before a robot that lost its bus for a moment.
    """

    def __init__(
        self, nodes: Sequence[TankNode], start: Callable[[TankNode], bool] = start
    ) -> None:
        self._nodes, self._start = [node for node in nodes if node.revive_after is not None], start
        self._due: dict[TankNode, float] = {}
        self._pauses: dict[TankNode, float] = {}
        self._well_since: dict[TankNode, float] = {}

    def step(self, now: float) -> None:
        """At ``now`` [s].

        The first attempt comes after the node's own pause, the next ones after twice as long each,
        up to a minute.

        It begins anew with the node's own pause when the node has worked for ``WELL_S``.

        """
        for node in self._nodes:
            if not (node.failure and node.unconfigured):
                self._due.pop(node, None)
                if now - self._well_since.setdefault(node, now) >= WELL_S:
                    self._pauses.pop(node, None)
                continue
            self._well_since.pop(node, None)
            pause = self._pauses.get(node, node.revive_after or 0.0)
            if now >= self._due.setdefault(node, now + pause):
                del self._due[node]
                _say(f"{node.get_name()} is started again")
                self._pauses[node] = min(LONGEST_PAUSE_S, 2 * pause)
                self._start(node)


def _end(nodes: Sequence[Node], executor: GroupExecutor) -> None:
    """Robots stop first, while everything else still works.

    Then the nodes let go, the last first.
    """
    for node in nodes:
        _quietly(node, getattr(node, "stop_robot", None), "the process ends", ENDING)
    for node in reversed(nodes):
        _quietly(node, getattr(node, "trigger_shutdown", None))
    executor.shutdown()
    for node in nodes:
        _quietly(node, node.destroy_node)


def _quietly(node: Node, work: Callable[..., Any] | None, *args: Any) -> None:
    try:
        if work is not None:
            work(*args)
    except Exception as error:  # the way down goes on for the other nodes
        _say(f"{node.get_name()}: {described(error)} while ending")


def _cut_off() -> None:
    threads = [
        thread.name for thread in threading.enumerate() if thread.is_alive() and not thread.daemon
    ]
    _say(
        f"ending took over {END_WITHIN:g} s (busy: {', '.join(threads + busy())}); the robot is "
        "stopped, the process is cut off"
    )
    sys.stdout.flush()
    os._exit(0)


def _on_signals(ended: threading.Event) -> None:
    """The first signal ends in good order, a second one at once."""

    def handle(number: int, _: object) -> None:
        if ended.is_set():
            os._exit(128 + number)
        # Not cancelled: it also covers what the interpreter waits for at its end, such as a model
        # in the middle of a sentence.
        cut = threading.Timer(END_WITHIN, _cut_off)
        cut.daemon = True
        cut.start()
        ended.set()

    global _signals
    _signals, told = socket.socketpair()
    told.setblocking(False)
    signal.set_wakeup_fd(told.detach(), warn_on_full_buffer=False)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handle)


def _say(text: str) -> None:
    print(f"tank_nodes: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
