"""tank_nodes: real processes, real signals."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

pytest.importorskip("rclpy", reason="ROS 2 is not installed here")

from tank_core.ros.runtime import run_nodes
from tank_core.testing.lateness import Lateness

HERE = Path(__file__).parent
READY, PATIENCE = "running:", 30.0


class Process:
    """tank_nodes with some arguments; ``lines`` grows with what it says."""

    def __init__(self, *arguments):
        path = os.pathsep.join([str(HERE), *sys.path])
        environment = {
            **os.environ,
            "PYTHONPATH": path,
            "ROS_AUTOMATIC_DISCOVERY_RANGE": "OFF",
            "PYTHONUNBUFFERED": "1",
        }
        command = [
            sys.executable,
            "-c",
            "import sys; from tank_core.ros.runtime.run_nodes import main; sys.exit(main())",
            *arguments,
        ]
        self.process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.lines = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip())

    def wait_for(self, words):
        end = time.monotonic() + PATIENCE
        while not any(words in line for line in self.lines):
            assert time.monotonic() < end and self.process.poll() is None, (
                f"{words!r} did not come; it said {self.lines}"
            )
            time.sleep(0.02)
        return next(line for line in self.lines if words in line)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        code = self.process.wait()
        self._reader.join()
        return code


@pytest.fixture
def launch():
    processes = []

    def start(*arguments):
        processes.append(Process(*arguments))
        return processes[-1]

    yield start
    for process in processes:
        process.close()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_zero_within_two_seconds_the_robot_stopped_first(launch, number):
    process = launch("main_nodes:TracedRobotNode")
    process.wait_for(READY)
    with Lateness() as lateness:
        began = time.monotonic()
        process.process.send_signal(number)
        assert process.process.wait(PATIENCE) == 0
        assert time.monotonic() - began < 2.0 + lateness.allowance()
    process.close()
    assert [line for line in process.lines if line.startswith("backend ")][:1] == ["backend stop"]
    assert "backend close" in process.lines


@pytest.mark.slow
def test_a_node_that_hangs_is_cut_off_after_the_robot_was_stopped(launch):
    process = launch("main_nodes:TracedRobotNode", "main_nodes:HangingNode")
    process.wait_for(READY)
    process.process.send_signal(signal.SIGTERM)
    assert process.process.wait(PATIENCE) == 0
    process.close()
    assert "backend stop" in process.lines and any("cut off" in line for line in process.lines)


def test_nodes_that_cannot_start_are_named_with_the_reason_and_the_others_run(launch):
    process = launch(
        "main_nodes:TracedRobotNode",
        "main_nodes:FailingNode",
        "no_such_module:X",
        "main_nodes:Nothing",
        "main_nodes:Unmakable",
    )
    running = process.wait_for(READY)
    assert "mock_node" in running and "failing_node" not in running
    process.wait_for("failing_node did not configure: model x.gguf is missing")
    process.wait_for("no_such_module:X was not made: ModuleNotFoundError")
    process.wait_for("main_nodes:Nothing was not made: there is no such class")
    process.wait_for("main_nodes:Unmakable was not made: ValueError: no")


@pytest.mark.slow
def test_when_no_node_can_start_it_ends_with_one(launch):
    process = launch("main_nodes:FailingNode")
    assert process.process.wait(PATIENCE) == 1


@pytest.mark.slow
def test_a_callback_that_fails_is_told_and_the_process_goes_on(launch):
    process = launch("main_nodes:ThrowingNode")
    process.wait_for("a callback failed: ZeroDivisionError")
    process.wait_for("still here")


@pytest.mark.parametrize("arguments", [[], ["--help"]])
def test_called_wrongly_it_says_how(arguments, capsys):
    assert run_nodes.main(["tank_nodes", *arguments]) == 2
    assert "usage: tank_nodes MODULE:CLASS" in capsys.readouterr().err


class Fallen:
    """As much of a TankNode as the Reviver looks at."""

    def __init__(self, revive_after, failure="no bus", unconfigured=True):
        self.revive_after, self.failure, self.unconfigured = revive_after, failure, unconfigured

    def get_name(self):
        return "fallen"


def attempts(node, seconds, works=()):
    """The times at which a Reviver tries to start it, asked ten times a second.

    ``works``: how long the node does after each attempt [s].
    """
    tried, ends = [], list(works)
    now = falls = 0.0

    def start(_):
        nonlocal falls
        tried.append(now)
        falls = now + (ends.pop(0) if ends else 0.0)
        return falls > now

    reviver = run_nodes.Reviver([node], start)
    failure = node.failure
    while now < seconds:
        node.failure = failure if now >= falls else ""
        reviver.step(now)
        now = round(now + 0.1, 1)
    return tried


def test_a_node_that_failed_is_started_again_less_and_less_often():
    assert attempts(Fallen(5.0), 200.0) == pytest.approx([5.0, 15.1, 35.2, 75.3, 135.4, 195.5])


def test_a_node_that_falls_again_at_each_start_is_started_less_and_less_often_too():
    assert attempts(Fallen(5.0), 100.0, works=[2.0] * 9) == pytest.approx([5.0, 17.0, 39.0, 81.0])


def test_a_node_that_worked_for_a_minute_is_started_soon_again():
    assert attempts(Fallen(5.0), 90.0, works=[2.0, run_nodes.WELL_S + 1.0]) == pytest.approx(
        [5.0, 17.0, 83.0]
    )


@pytest.mark.parametrize(
    "node", [Fallen(None), Fallen(5.0, failure=""), Fallen(5.0, unconfigured=False)]
)
def test_a_node_that_works_or_belongs_to_somebody_is_left_alone(node):
    assert attempts(node, 30.0) == []
