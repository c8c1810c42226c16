"""A stack of processes from its start to its end, with a prompt in between.

What ./tank sim and ./tank robot share.
"""

from __future__ import annotations

import os
import signal
import sys
import time

from tank_cli.prompt.conversation import PromptSession
from tank_cli.prompt.piped import Piped, is_piped
from tank_cli.prompt.plain_editor import is_dumb
from tank_client.client_node import StackClient
from tank_client.readiness import WITHOUT_SIGHT, Readiness
from tank_core.io.console import BOLD, DIM, GREEN, YELLOW, ExitCode, fail, paint, say
from tank_core.io.user_paths import claimed_domain, new_log
from tank_core.ros import interfaces as names
from tank_core.ros.runtime.discovery import speed_up_discovery
from tank_stack.arguments import Value
from tank_stack.process_log import FORMAT_VARIABLE, ProcessLog
from tank_stack.stack import Stack
from tank_stack.stack_runner import StackRunner, ros2_launch_installed

REMIND_S = 10.0  # [s] between two lines that say what the start is waiting for
POLL_S = 0.05  # [s]


def run_stack(stack: Stack, given: dict[str, Value], what: str, example: str) -> int:
    """Start a stack with these settings, talk, and end it.

    ``what`` is started, ``example`` is something to say to it. Returns the exit code.
    """
    with claimed_domain():
        return _run(stack, given, what, example)


def _run(stack: Stack, given: dict[str, Value], what: str, example: str) -> int:
    speed_up_discovery()
    os.environ.pop(FORMAT_VARIABLE, None)
    began = time.monotonic()
    talking = sys.stdin.isatty() and sys.stderr.isatty()
    log = ProcessLog(new_log(), quiet=talking or is_piped())
    runner = StackRunner(
        stack, given, log.take, lambda text: say(text, YELLOW), with_launch=ros2_launch_installed()
    )
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: runner.ended.set())
    say(f"starting {what} (log: {log.path})", DIM)
    runner.start()
    try:
        nodes = stack.nodes_started(stack.settings(given))
        return _serve(runner, log, nodes, talking, began, example)
    finally:
        log.stop_showing()  # what processes say while they end is no news
        runner.end()
        log.close()


def _serve(
    runner: StackRunner,
    log: ProcessLog,
    nodes: tuple[str, ...],
    talking: bool,
    began: float,
    example: str,
) -> int:
    speaker = Piped() if is_piped() else PromptSession(log, live=talking and not is_dumb())
    code = ExitCode.DONE
    with StackClient(speaker.listener) as client:
        ready = _await_ready(runner, client, nodes)
        if ready.doubled:
            fail(
                f"another stack runs already ({', '.join(ready.doubled)}); talk to that one with "
                "./tank say, or set another ROS_DOMAIN_ID"
            )
            return ExitCode.USAGE
        if clocks := _strange_clocks(client, nodes):
            fail(
                f"{', '.join(clocks)} publishes /clock already, and a ROS domain has one clock; "
                "end it, or set another ROS_DOMAIN_ID"
            )
            return ExitCode.USAGE
        if not runner.ended.is_set():
            _tell_ready(ready, time.monotonic() - began, talking, example)
            if isinstance(speaker, Piped):
                log.stop_showing()
                code = speaker.carry_out(client, runner.ended.is_set)
                if log.hidden:
                    say(f"{log.hidden} lines of warnings are in {log.path}", DIM)
            elif talking:
                speaker.begin(client)
                log.stop_showing()  # a person's line is no place for warnings: they are counted
                speaker.converse(runner.ended)
            else:
                speaker.begin(client)
                _wait(runner)
    if runner.failure:
        fail(runner.failure)
        return ExitCode.FAILED
    return code


def _wait(runner: StackRunner) -> None:
    """Until the stack ends.

    Not ended.wait(): a signal that comes just before it blocks would be seen at the next one only.
    """
    while not runner.ended.is_set():
        time.sleep(POLL_S)


def _await_ready(runner: StackRunner, client: StackClient, nodes: tuple[str, ...]) -> Readiness:
    remind = _Reminder()

    def come_to_rest() -> bool:
        now = client.readiness(nodes)
        remind(now)
        return now.ready or bool(now.failed or now.doubled or _strange_clocks(client, nodes))

    while not runner.ended.is_set() and not runner.wait(come_to_rest, REMIND_S):
        pass
    return client.readiness(nodes)


def _strange_clocks(client: StackClient, nodes: tuple[str, ...]) -> list[str]:
    """Those beside which a simulator does not start.

    A real robot lives by the wall's.
    """
    return client.strange_clocks() if names.SIM_NODE in nodes else []


class _Reminder:
    """Tells now and then what the start is waiting for."""

    def __init__(self) -> None:
        self._next = time.monotonic() + REMIND_S

    def __call__(self, now: Readiness) -> None:
        if time.monotonic() >= self._next and now.missing:
            self._next += REMIND_S
            say(f"still waiting for {', '.join(now.missing)}", YELLOW)


def _tell_ready(ready: Readiness, seconds: float, talking: bool, example: str) -> None:
    """Tell in a clear line that it is ready, and what is wrong, if any."""
    for fault in ready.failed:
        fail(fault)
    if not ready.model_ok:
        say(
            f"{paint('no language model', YELLOW)}, so only stop words are understood: "
            f"{ready.model}"
        )
    if ready.blind:
        say(f"{paint('the camera is off', YELLOW)}, so {WITHOUT_SIGHT}: {ready.blind}")
    how = "type" if talking else "from another terminal"
    next_step = example if talking else f'./tank say "{example}"'
    word = paint("ready", GREEN) if not ready.failed else paint("started, but not ready", YELLOW)
    what_now = "" if is_piped() else f"; {how}: {paint(next_step, BOLD)}"
    say(f"{word} after {seconds:.1f} s{what_now}")
