"""The cockpit in a real browser: stops, memory, processor time, frames.

A stop is timed from the browser's own press to the robot's word, both by this machine's clock.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from std_msgs.msg import Bool

from tank_bench.common.cockpit_figures import Samples, figures, processor_seconds
from tank_bench.common.report import Measured, memory_mb
from tank_client.client_node import StackClient
from tank_client.readiness import VIEWER_PARTS
from tank_cockpit.page_files import load_page
from tank_cockpit.testing.browser import CHROMIUM, Browser, Page
from tank_core.exceptions import TankError
from tank_core.io.arguments import whole
from tank_core.ros import interfaces as names
from tank_core.ros.runtime.discovery import speed_up_discovery
from tank_core.testing.own_domain import own_domain
from tank_stack.arguments import Value
from tank_stack.stack import load_stack
from tank_stack.stack_runner import StackRunner

PORT = 18080
START_S, PATIENCE_S = 120.0, 60.0
AGAIN_S = 0.3  # [s] between two releases
WINDOW_S = 5.0  # [s] over which processor time and frames are taken
LIVE = "document.getElementById('link-word').textContent === 'live' && tank.pose && !!tank.scene"
IS = "document.documentElement.dataset.stop === '{}'"
FREE, STOPPED = IS.format("free"), IS.format("stopped")
BUSY = "while True: pass"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the option that says how often it is stopped."""
    parser.add_argument(
        "--stops",
        type=whole(1, 1000),
        default=20,
        metavar="N",
        help="stops that are timed, idle and as many under load (default: 20)",
    )


def measure(args: argparse.Namespace) -> Measured:
    """Start a simulation with its cockpit, and browsers; measure; end all."""
    if CHROMIUM is None:
        raise TankError("there is no Chromium to measure with; apt-get install chromium")
    os.environ["ROS_DOMAIN_ID"] = str(own_domain())
    speed_up_discovery()
    memory: dict[int, float] = {}
    processor: dict[int, float] = {}

    def look(number: int) -> None:
        memory[number], processor[number] = memory_mb("VmRSS", pid), _share(pid)

    with _stack() as (runner, client), TemporaryDirectory() as folder:
        pid, press = runner.pids["cockpit"], _Presses(client)
        address = client.heard.diagnostics[VIEWER_PARTS[1]][1].rpartition(" ")[2]
        look(0)
        with Browser(Path(folder)) as browser:
            page = browser.open(address, (390, 844), phone=True)
            page.wait(LIVE)
            idle = [press.time(page) for _ in range(args.stops)]
            with _load():
                loaded = [press.time(page) for _ in range(args.stops)]
            client.say("stop")
            look(1)
            second = browser.open(address)
            second.wait(LIVE)
            look(2)
            second.close()
            page.front()
            frames = _frames(page)
    weight = sum(len(file.packed) for file in load_page(PORT + 1).values()) / 1e3
    return Measured(figures(Samples(idle, loaded, weight, frames, memory, processor)))


class _Presses:
    """Times stops: from the page's press to the robot's word."""

    def __init__(self, client: StackClient) -> None:
        self._came = threading.Condition()
        self._stopped_at = 0.0  # [s] since 1970, of the newest word that it is stopped
        client.listen(Bool, names.ROBOT_STOPPED, self._on_stopped, names.LATCHED)

    def _on_stopped(self, message: Bool) -> None:
        if message.data:
            with self._came:
                self._stopped_at = time.time()
                self._came.notify_all()

    def time(self, page: Page) -> float:
        """The time [ms] of one stop; the robot is let go again afterwards."""
        page.value(
            "addEventListener('pointerdown', e => { window.pressed = performance.timeOrigin"
            " + e.timeStamp; }, { capture: true, once: true })"
        )
        self._stopped_at = 0.0
        page.click("#stop")
        with self._came:
            if not self._came.wait_for(lambda: self._stopped_at > 0.0, PATIENCE_S):
                raise TankError(f"the robot has not stopped within {PATIENCE_S:g} s of a press")
        page.wait(STOPPED)
        passed = self._stopped_at * 1e3 - float(page.value("window.pressed"))
        self._release(page)
        return passed

    @staticmethod
    def _release(page: Page) -> None:
        """Let the robot go; again if a stop asked for twice came after that."""
        end = time.monotonic() + PATIENCE_S
        while not page.value(FREE):
            if time.monotonic() > end:
                raise TankError(f"the robot is still stopped {PATIENCE_S:g} s after its release")
            page.value("tank.send({ t: 'release' })")
            time.sleep(AGAIN_S)


@contextmanager
def _stack() -> Iterator[tuple[StackRunner, StackClient]]:
    """A simulation with a cockpit, whose robot is ready."""
    stack, lines = load_stack(), list[str]()
    given: dict[str, Value] = {"world": "empty", "viewer": "web", "page_port": PORT}
    runner = StackRunner(stack, given, lambda _, line: lines.append(line), lines.append)
    runner.start()
    try:
        with StackClient() as client:
            nodes = stack.nodes_started(stack.settings(given))
            if not runner.wait(lambda: client.readiness(nodes).ready, START_S):
                raise TankError(f"the stack is not ready: {' / '.join(lines[-5:])}")
            yield runner, client
    finally:
        runner.end()


@contextmanager
def _load() -> Iterator[None]:
    """A process on each core that does nothing but be busy."""
    busy = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(os.cpu_count() or 1)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


def _share(pid: int) -> float:
    """The share of a core that a process takes, over WINDOW_S."""
    stat = Path(f"/proc/{pid}/stat")
    before, began = processor_seconds(stat.read_text()), time.monotonic()
    time.sleep(WINDOW_S)
    return (processor_seconds(stat.read_text()) - before) / (time.monotonic() - began)


def _frames(page: Page) -> float:
    """The frames [1/s] that a page draws while the robot turns."""
    count = "tank.scene.renderer.info.render.frame"
    page.say("turn left 360 degrees slowly")
    turned = "tank.pose.p[2]"
    before = float(page.wait(f"Number.isFinite({turned}) && String({turned})", "a pose"))
    page.wait(f"Math.abs({turned} - {before}) > 0.05", "the robot to turn")
    first, began = float(page.value(count)), time.monotonic()
    time.sleep(WINDOW_S)
    return (float(page.value(count)) - first) / (time.monotonic() - began)
