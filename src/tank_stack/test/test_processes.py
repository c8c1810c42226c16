"""The supervisor over real processes.

Restarted, ended together, never left behind.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tank_core.testing.waiting import comes_true
from tank_stack.processes import ChildProcess, supervise
from tank_stack.supervisor import Supervisor

LONG = ["sleep", "1000"]
PATIENCE_S = 60.0


def alive(pid: int) -> bool:
    """True while the process runs.

    One that nobody has waited for yet (a zombie) does not.
    """
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.fixture
def children() -> Iterator[list[ChildProcess]]:
    made: list[ChildProcess] = []
    yield made
    for child in made:
        child.kill()


def test_output_arrives_line_by_line_both_streams(children: list[ChildProcess]) -> None:
    lines: list[str] = []
    children.append(ChildProcess(["sh", "-c", "echo one; echo two >&2; exit 3"], lines.append))
    assert comes_true(lambda: children[0].poll() is not None)
    assert comes_true(lambda: sorted(lines) == ["one", "two"])
    assert children[0].poll() == 3


def test_end_is_a_request_and_kill_takes_the_grandchildren_along(
    children: list[ChildProcess],
) -> None:
    lines: list[str] = []
    children.append(
        ChildProcess(
            ["sh", "-c", "trap '' TERM; sleep 1000 & echo $!; while :; do sleep 0.05; done"],
            lines.append,
        )
    )
    assert comes_true(lambda: bool(lines))
    children[0].end()
    time.sleep(0.2)
    assert children[0].poll() is None  # it does not listen
    children[0].kill()
    assert children[0].poll() == -signal.SIGKILL
    assert comes_true(lambda: not alive(int(lines[0])))


def test_ending_and_killing_are_idempotent(children: list[ChildProcess]) -> None:
    child = ChildProcess(LONG, print)
    children.append(child)
    for act in (child.end, child.end, child.kill, child.kill, child.end):
        act()
    assert child.poll() is not None


def test_it_does_not_get_the_terminals_ctrl_c(children: list[ChildProcess]) -> None:
    children.append(ChildProcess(LONG, print))
    assert os.getpgid(children[0].pid) != os.getpgid(0)


class Run:
    """A supervisor of real processes on a thread of its own."""

    def __init__(self, children: list[ChildProcess], commands: dict[str, list[str]]) -> None:
        self.children, self.commands = children, commands
        self.said: list[str] = []
        self.ended = threading.Event()
        self.supervisor = Supervisor(list(commands), self.start, self.said.append)
        self.thread = threading.Thread(
            target=supervise, args=(self.supervisor, self.ended), kwargs={"grace": 2.0}
        )
        self.thread.start()

    def start(self, name: str) -> ChildProcess:
        child = ChildProcess(self.commands[name], print)
        self.children.append(child)
        return child

    def end(self) -> None:
        self.ended.set()
        self.thread.join(PATIENCE_S)
        assert not self.thread.is_alive()


def test_a_killed_process_is_started_again(children: list[ChildProcess]) -> None:
    run = Run(children, {"one": LONG, "two": LONG})
    assert comes_true(lambda: len(children) == 2)
    os.kill(children[1].pid, signal.SIGKILL)
    assert comes_true(lambda: len(children) == 3 and children[2].poll() is None)
    assert children[0].poll() is None
    assert "two" in run.said[0] and "SIGKILL" in run.said[0]
    run.end()
    assert all(child.poll() is not None for child in children)


@pytest.mark.slow
def test_one_that_always_dies_ends_the_others_too(children: list[ChildProcess]) -> None:
    run = Run(children, {"good": LONG, "bad": ["sh", "-c", "exit 7"]})
    assert comes_true(run.ended.is_set)
    run.end()
    assert "bad" in run.supervisor.failure and "exit code 7" in run.supervisor.failure
    assert len(children) == 5  # the good one, and the bad one four times
    assert all(child.poll() is not None for child in children)


PARENT = """
import sys, threading
from tank_stack.processes import ChildProcess, supervise
from tank_stack.supervisor import Supervisor

def start(name):
    child = ChildProcess(["sleep", "1000"], print)
    print(child.pid, flush=True)
    return child

supervise(Supervisor(["one", "two"], start, print), threading.Event())
"""


def test_no_process_outlives_a_parent_that_was_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout:
        pids = [int(parent.stdout.readline()) for _ in range(2)]
        # Only once it has become its command is a child tied for good.
        assert comes_true(
            lambda: all(Path(f"/proc/{pid}/comm").read_text() == "sleep\n" for pid in pids)
        )
        parent.kill()
        parent.wait()
        assert comes_true(lambda: not any(map(alive, pids)))
