"""A stack on this machine as one thing.

Started by the supervisor, or by ros2 launch where that is installed, and ended as a whole.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from tank_stack.arguments import Value
from tank_stack.processes import GRACE_S, ChildProcess, supervise
from tank_stack.stack import BRINGUP, Stack
from tank_stack.supervisor import Supervisor

LAUNCH = "launch"  # the name of the one process that ros2 launch is
LAUNCH_GRACE_S = 15.0  # [s] it gives its own processes time, too


def ros2_launch_installed() -> bool:
    """Whether the ros2 command with launch is here and knows tank_bringup.

    Sub-seconds matter, so it is not asked itself.
    """
    prefixes = filter(None, os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep))
    index = Path("share/ament_index/resource_index/packages") / BRINGUP
    known = any((Path(prefix) / index).is_file() for prefix in prefixes)
    return (
        known
        and shutil.which("ros2") is not None
        and importlib.util.find_spec("ros2launch") is not None
    )


def launch_command(stack: Stack, given: Mapping[str, Value]) -> list[str]:
    """The command that starts the same stack by ros2 launch."""
    words = {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in given.items()
    }
    return [
        "ros2",
        "launch",
        BRINGUP,
        f"{stack.name}.launch.py",
        *(f"{name}:={word}" for name, word in words.items() if word != ""),
    ]


class StackRunner:
    """Runs a stack on this machine, and ends it as a whole.

    ``ended`` is set when the stack has ended by itself, which ``failure`` then explains, or shall
    end::

        runner = StackRunner(load_stack("sim"), {"world": "cells"}, on_line=print, tell=print)
        runner.start()
        ...
        runner.end()
    """

    def __init__(
        self,
        stack: Stack,
        given: Mapping[str, Value],
        on_line: Callable[[str, str], None],
        tell: Callable[[str], None],
        with_launch: bool = False,
        env: Mapping[str, str] | None = None,
        space: str = "",
    ) -> None:
        """Prepare a stack with the settings ``given``, in namespace ``space``.

        ``on_line`` gets the process's name and each line that it prints; ``tell`` what happens to
        the processes. ``with_launch``: ros2 launch starts them, not the supervisor.
        """
        self.ended = threading.Event()
        self._on_line, self._env, self._with_launch = on_line, env, with_launch
        settings = stack.settings(given)
        self._commands = {
            process.name: process.command(settings, space) for process in stack.started(settings)
        }
        if with_launch:
            self._commands = {LAUNCH: launch_command(stack, given)}
        # launch starts its processes again by itself
        restarts = {"max_restarts": 0} if with_launch else {}
        self._supervisor = Supervisor(list(self._commands), self._start, tell, **restarts)
        grace = LAUNCH_GRACE_S if with_launch else GRACE_S
        # Children are tied to the thread that starts them, so it is this one's own, which stays
        # until all have ended.
        self._thread = threading.Thread(
            target=supervise, args=(self._supervisor, self.ended, grace), name="supervisor"
        )

    def start(self) -> None:
        self._thread.start()

    def _start(self, name: str) -> ChildProcess:
        end_signal = signal.SIGINT if self._with_launch else signal.SIGTERM
        return ChildProcess(
            self._commands[name], lambda line: self._on_line(name, line), self._env, end_signal
        )

    @property
    def failure(self) -> str:
        """The reason why the stack ended by itself; empty when it did not."""
        return self._supervisor.failure

    @property
    def pids(self) -> dict[str, int]:
        """The processes that run now, by name."""
        children = self._supervisor.running.items()
        return {name: child.pid for name, child in children if isinstance(child, ChildProcess)}

    def end(self) -> None:
        """End every process; returns when all have ended. Idempotent."""
        self.ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def wait(self, condition: Callable[[], bool], timeout: float) -> bool:
        """Wait until something is true.

        False when the stack ended or ``timeout`` [s] went by before.
        """
        give_up = time.monotonic() + timeout
        while not self.ended.is_set() and time.monotonic() < give_up:
            if condition():
                return True
            time.sleep(0.02)
        return False
