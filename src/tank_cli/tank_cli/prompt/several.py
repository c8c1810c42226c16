"""Several simulated robots at once, each in a world and a namespace of its own.

Each has its own processes, clock, page and STOP; none hears another.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Collection, Mapping
from contextlib import ExitStack

from tank_cli.prompt.cockpit_page import with_key
from tank_client.client_node import Listener, StackClient
from tank_client.narrator import Narrator
from tank_client.readiness import VIEWER_PARTS
from tank_core.io.console import BOLD, DIM, GREEN, YELLOW, ExitCode, fail, paint, say
from tank_core.io.user_paths import claimed_domain, new_log
from tank_core.ros.runtime.discovery import speed_up_discovery
from tank_executor.plan import PlanStatus
from tank_stack.arguments import Value
from tank_stack.process_log import FORMAT_VARIABLE, ProcessLog
from tank_stack.stack import Stack
from tank_stack.stack_runner import StackRunner

POLL_S = 0.1  # [s]
PORTS_EACH = 2  # the page's and its stops'


def robot_names(number: int) -> list[str]:
    """The namespaces of so many robots: tank1, tank2, ..."""
    return [f"tank{index + 1}" for index in range(number)]


def settings_of(given: Mapping[str, Value], index: int) -> dict[str, Value]:
    """The settings of one of them: as given, on ports of its own."""
    port = given["page_port"]
    assert isinstance(port, int)
    return {**given, "page_port": min(port + PORTS_EACH * index, 65534)}


def addressed(line: str, names: Collection[str]) -> tuple[str, str] | None:
    """The robot that a line names first, and the rest; None if it names none."""
    first, _, rest = line.strip().partition(" ")
    name, sentence = first.rstrip(":,").lower(), rest.strip()
    return (name, sentence) if name in names and sentence else None


def run_several(stack: Stack, given: Mapping[str, Value], number: int, example: str) -> int:
    """Start so many stacks, say how to reach each, and end all together.

    Returns the exit code.
    """
    speed_up_discovery()
    os.environ.pop(FORMAT_VARIABLE, None)
    log = ProcessLog(new_log(), quiet=True)
    runners: dict[str, StackRunner] = {}
    for index, name in enumerate(robot_names(number)):
        runners[name] = StackRunner(
            stack,
            settings_of(given, index),
            lambda process, line, name=name: log.take(  # type: ignore[misc]
                f"{name} {process}", line
            ),
            lambda text, name=name: say(f"{name}: {text}", YELLOW),  # type: ignore[misc]
            space=name,
        )

    def end_all(*_: object) -> None:
        for runner in runners.values():
            runner.ended.set()

    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, end_all)
    with claimed_domain():
        say(f"starting {' and '.join(runners)} (log: {log.path})", DIM)
        for runner in runners.values():
            runner.start()
        try:
            with ExitStack() as clients:
                spoken: dict[str, StackClient] = {}
                for name, runner in runners.items():
                    client = clients.enter_context(StackClient(_teller(name), name))
                    nodes = stack.nodes_started(stack.settings(given))
                    _tell_ready(name, runner, client, nodes, example)
                    spoken[name] = client
                say("Ctrl-C ends them all; STOP on a page stops the one that it shows", DIM)
                threading.Thread(target=_take_lines, args=(spoken,), daemon=True).start()
                while not any(runner.ended.is_set() for runner in runners.values()):
                    time.sleep(POLL_S)
        finally:
            log.stop_showing()
            end_all()
            for runner in runners.values():
                runner.end()
            log.close()
    failures = {name: runner.failure for name, runner in runners.items() if runner.failure}
    for name, failure in failures.items():
        fail(f"{name}: {failure}")
    return ExitCode.FAILED if failures else ExitCode.DONE


def _tell_ready(
    name: str, runner: StackRunner, client: StackClient, nodes: tuple[str, ...], example: str
) -> None:
    """Wait until one is ready or cannot be; tell where to see and speak to it."""

    def settled() -> bool:
        now = client.readiness(nodes)
        return now.ready or bool(now.failed or now.doubled)

    while not runner.ended.is_set() and not settled():
        time.sleep(POLL_S)
    now = client.readiness(nodes)
    for fault in (*now.failed, *(f"{each} is there twice" for each in now.doubled)):
        fail(f"{name}: {fault}")
    if now.ready:
        how = (
            f"{name} {example}" if sys.stdin.isatty() else f'./tank say --robot {name} "{example}"'
        )
        say(f"{paint(name, GREEN)} is ready: {paint(how, BOLD)}")
    for part in VIEWER_PARTS:
        fine, message = client.heard.diagnostics.get(part, (True, ""))
        if message:
            say(f"  {with_key(message)}", BOLD if fine else YELLOW)


def _teller(name: str) -> Listener:
    """Shows what a robot understands and does, with its name before each line."""
    narrator = Narrator()

    def progressed(status: PlanStatus) -> None:
        for line in narrator.lines(status):
            say(f"{name}   {line}")

    return Listener(
        on_understanding=lambda meant: say(f"{name} “{meant.instruction}”: {meant.line()}"),
        on_status=progressed,
    )


def _take_lines(spoken: Mapping[str, StackClient]) -> None:
    """Say each line that is typed to the robot that it names."""
    for line in sys.stdin:
        found = addressed(line, spoken)
        if found is not None:
            spoken[found[0]].say(found[1])
        elif line.strip():
            fail(f"say first which robot, such as: {next(iter(spoken))} turn left")
