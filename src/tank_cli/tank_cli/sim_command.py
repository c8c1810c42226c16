"""``./tank sim``: the simulated robot with everything that drives it; in a terminal, a prompt to speak to it."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from typing import TYPE_CHECKING

from tank_cli.console import BOLD, DIM, GREEN, YELLOW, fail, paint, say
from tank_core.exceptions import TankError

if TYPE_CHECKING:
    from tank_cli.readiness import Readiness
    from tank_cli.ros_client import StackClient
    from tank_cli.stack_runner import StackRunner
    from tank_core.stack import Value

REMIND_S = 10.0  # [s] between two lines that say what the start is waiting for
FAILED, CALLED_WRONGLY = 1, 2  # exit codes


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--robot", default="tank", metavar="R", help="a robot's name, or a path to its YAML file (default: tank)")
    parser.add_argument("--world", default="playground", metavar="W", help="a world's name; ./tank worlds lists them (default: playground)")
    parser.add_argument("--realism", choices=("ideal", "real"), default="ideal", help="real: noise, slip and latency (default: ideal)")
    parser.add_argument("--viewer", choices=("web", "window", "none"), default="web", help="where to show it (default: web)")
    parser.add_argument("--headless", action="store_true", help="show it nowhere: the same as --viewer none")
    parser.add_argument("--model", default="", metavar="P", help="path of a GGUF model (default: the one that comes with Tank)")
    parser.add_argument(
        "--real-time-factor",
        type=float,
        default=1.0,
        metavar="X",
        help="how fast time goes: 1 real time, 2 twice as fast, 0 as fast as it can",
    )


def run(args: argparse.Namespace) -> int:
    settings = _settings(args)
    from tank_cli.places import claimed_domain

    with claimed_domain():
        return _run(args, settings)


def _run(args: argparse.Namespace, settings: dict[str, Value]) -> int:
    from tank_cli.discovery import quicken
    from tank_cli.places import new_log
    from tank_cli.process_log import ProcessLog
    from tank_cli.stack_runner import StackRunner, ros2_launch_installed
    from tank_core.stack import load_stack

    quicken()
    stack = load_stack()
    began = time.monotonic()
    talking = sys.stdin.isatty() and sys.stderr.isatty()
    log = ProcessLog(new_log(), quiet=talking)
    runner = StackRunner(stack, settings, log.take, lambda text: say(text, YELLOW), with_launch=ros2_launch_installed())
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: runner.ended.set())
    say(f"starting {args.robot} in the world {args.world} (log: {log.path})", DIM)
    runner.start()
    try:
        return _serve(runner, stack.node_names, talking, began)
    finally:
        log.hush()  # what processes say while they end is no news
        runner.end()
        log.close()


def _settings(args: argparse.Namespace) -> dict[str, Value]:
    """The stack's settings; whatever is known to be wrong is refused before anything is started."""
    from tank_core.robot import load_robot
    from tank_sim.worlds import build_world

    build_world(args.world, load_robot(args.robot))
    if not 0.0 <= args.real_time_factor <= 1000.0:
        raise TankError(f"--real-time-factor is {args.real_time_factor:g}; say a number from 0 (as fast as it can) to 1000")
    viewer = "none" if args.headless else args.viewer
    return {
        "robot": args.robot, "world": args.world, "realism": args.realism, "viewer": viewer,
        "real_time_factor": args.real_time_factor, "model": args.model,
    }  # fmt: skip


def _serve(runner: StackRunner, nodes: tuple[str, ...], talking: bool, began: float) -> int:
    from tank_cli.conversation import Conversation
    from tank_cli.ros_client import StackClient

    conversation = Conversation()
    with StackClient(conversation.listener) as client:
        ready = _await_ready(runner, client, nodes)
        if ready.doubled:
            fail(f"another stack runs already ({', '.join(ready.doubled)}); talk to that one with ./tank say, or set another ROS_DOMAIN_ID")
            return CALLED_WRONGLY
        if not runner.ended.is_set():
            _tell_ready(ready, time.monotonic() - began, talking)
            conversation.begin(client)
            conversation.converse(runner.ended) if talking else runner.ended.wait()
    if runner.failure:
        fail(runner.failure)
        return FAILED
    return 0


def _await_ready(runner: StackRunner, client: StackClient, nodes: tuple[str, ...]) -> Readiness:
    remind = _Reminder()

    def come_to_rest() -> bool:
        now = client.readiness(nodes)
        remind(now)
        return now.ready or bool(now.failed or now.doubled)

    while not runner.ended.is_set() and not runner.wait(come_to_rest, REMIND_S):
        pass
    return client.readiness(nodes)


class _Reminder:
    """Says now and then what the start is waiting for."""

    def __init__(self) -> None:
        self._next = time.monotonic() + REMIND_S

    def __call__(self, now: Readiness) -> None:
        if time.monotonic() >= self._next and now.missing:
            self._next += REMIND_S
            say(f"still waiting for {', '.join(now.missing)}", YELLOW)


def _tell_ready(ready: Readiness, seconds: float, talking: bool) -> None:
    """One clear line, and what is wrong where something is."""
    for fault in ready.failed:
        fail(fault)
    if not ready.model_ok:
        say(f"{paint('no language model', YELLOW)}, so only stop words are understood: {ready.model}")
    how = "type" if talking else "from another terminal"
    sentence = "drive forward one meter, then turn left and pick up the cube"
    next_step = sentence if talking else f'./tank say "{sentence}"'
    word = paint("ready", GREEN) if not ready.failed else paint("started, but not ready", YELLOW)
    say(f"{word} after {seconds:.1f} s; {how}: {paint(next_step, BOLD)}")
