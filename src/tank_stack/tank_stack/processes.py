"""Real processes for the Supervisor.

Tied to this one's life, their output read line by line.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tank_stack.supervisor import Supervisor

PARENT_DEATH = Path(__file__).with_name("parent_death.py")
POLL_S = 0.1
GRACE_S = 4.0  # [s] a process has to end in good order; Tank's own cut themselves off after 1.7 s


class ChildProcess:
    """A command in a process group of its own.

    So Ctrl-C in the terminal reaches only us, and the robot is stopped in good order.
    """

    def __init__(
        self,
        command: Sequence[str],
        on_line: Callable[[str], None],
        env: Mapping[str, str] | None = None,
        end_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        """Start it; call this from a thread that lives as long as the child.

        ``on_line`` gets what it prints, from a thread of its own.
        """
        self._end_signal, self._on_line = end_signal, on_line
        tied = [
            sys.executable,
            "-S",
            "-E",
            str(PARENT_DEATH),
            str(os.getpid()),
            str(int(end_signal)),
        ]
        environment = {
            **(os.environ if env is None else env),
            "PYTHONUNBUFFERED": "1",
            "PYTHONIOENCODING": "utf-8:backslashreplace",
        }
        self._process = subprocess.Popen(
            [*tied, *command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0, env=environment, encoding="utf-8", errors="replace",
        )  # fmt: skip
        self._reader = threading.Thread(
            target=self._read, name=f"output of {self.pid}", daemon=True
        )
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def _read(self) -> None:
        assert self._process.stdout is not None  # asked for above
        for line in self._process.stdout:
            self._on_line(line.rstrip("\n"))

    def poll(self) -> int | None:
        return self._process.poll()

    def end(self) -> None:
        if self.poll() is None:
            self._process.send_signal(self._end_signal)

    def kill(self) -> None:
        if self.poll() is None:
            os.killpg(self.pid, signal.SIGKILL)
            self._process.wait()


def supervise(supervisor: Supervisor, ended: threading.Event, grace: float = GRACE_S) -> None:
    """Start, look after and end the processes, until ``ended`` is set.

    All from this thread. It sets ``ended``, too, when too many die.
    """
    try:
        supervisor.start()
        while not ended.wait(POLL_S) and not supervisor.failure:
            supervisor.step(time.monotonic())
    finally:
        ended.set()
        supervisor.end()
    give_up = time.monotonic() + grace
    while supervisor.running and time.monotonic() < give_up:
        time.sleep(POLL_S / 4)
    supervisor.kill()
