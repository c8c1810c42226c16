"""``./tank doctor``: look at this PC or robot, and tell what to mend and how.

Each finding has its cure. It changes nothing, and moves nothing without ``--loop``.
"""

from __future__ import annotations

import argparse
import json
import sys
from itertools import chain

from tank_cli.doctor import loop, machine, network, robot, services, software
from tank_cli.doctor.findings import Diagnosis, Findings, Severity, examine, fail
from tank_cli.doctor.system import ThisMachine, is_pi
from tank_core.exceptions import TankError
from tank_core.io.arguments import number
from tank_core.io.console import DIM, GREEN, RED, YELLOW, ExitCode, paint, say
from tank_core.io.one_line import described

CHECKS = (*software.CHECKS, *machine.CHECKS, *robot.CHECKS, *services.CHECKS, *network.CHECKS)
COLORS = {Severity.OK: GREEN, Severity.WARN: YELLOW, Severity.FAIL: RED, Severity.SKIP: DIM}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "Exit code 0 when nothing FAILs, 1 otherwise. Nothing moves without --loop, nor "
        "then before a yes: typed, or --yes."
    )
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument(
        "--robot",
        action="store_true",
        help="look at all that a robot needs (default on a Raspberry Pi)",
    )
    kind.add_argument(
        "--pc", action="store_true", help="look at what a PC needs (default elsewhere)"
    )
    parser.add_argument(
        "--loop",
        action="store_true",
        help="turn the tracks for half a minute, which must be off the ground, and measure whether "
        "this machine keeps the robot's control loop",
    )
    parser.add_argument(
        "--yes", action="store_true", help="of --loop: the tracks are off the ground, do not ask"
    )
    parser.add_argument(
        "--mock", action="store_true", help="--loop without a robot, on the model of its chips"
    )
    parser.add_argument(
        "--seconds",
        type=number(6.0, 3600.0),
        default=30.0,
        metavar="T",
        help="of --loop (default: 30)",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.add_argument(
        "--wires",
        default="pi",
        metavar="W",
        help="where the I2C bus is: pi, or model:PATH of a chip model (default: pi)",
    )


def run(args: argparse.Namespace) -> int:
    system = ThisMachine(args.wires)
    robot = args.robot or (is_pi(system) and not args.pc)
    findings = []
    asked = args.loop or args.mock
    for finding in chain(examine(system, CHECKS, robot), _loop(args) if robot or asked else ()):
        findings.append(finding)
        if not args.json:
            print(told(finding), flush=True)
    failed = sum(finding.level is Severity.FAIL for finding in findings)
    warned = sum(finding.level is Severity.WARN for finding in findings)
    if args.json:
        rows = [finding.as_dict() for finding in findings]
        print(
            json.dumps(
                {"ok": not failed, "machine": "robot" if robot else "pc", "findings": rows},
                indent=1,
            )
        )
    else:
        print(f"{'a robot' if robot else 'a PC'}: {failed} to mend, {warned} to look at")
    return ExitCode.FAILED if failed else ExitCode.DONE


def _loop(args: argparse.Namespace) -> Findings:
    """Whether this machine keeps the control loop, where that was asked for."""
    if not (args.loop or args.mock):
        yield loop.not_measured()
        return
    if not (args.mock or args.yes or _agreed()):
        yield loop.not_measured()
        return
    try:
        from tank_cli.commands.robot.robot import settings_for
        from tank_cli.ros.loop_measure import measure

        yield from loop.judge(measure(args.seconds, settings_for(args.mock), say))
    except (TankError, ImportError) as error:
        yield fail(loop.NAME, f"cannot be measured: {described(error)}", "read the rest first")


def _agreed() -> bool:
    """Whether somebody at this terminal lets the tracks turn."""
    if not sys.stdin.isatty():
        say("nobody is here to be asked whether the tracks may turn; --yes says so")
        return False
    say("the tracks will turn: is the robot on a block, its tracks off the ground? [y/N] ")
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def told(finding: Diagnosis) -> str:
    """The finding as one line."""
    level = paint(f"{finding.level:<4}", COLORS[finding.level], sys.stdout)
    return f"{level} {finding.name}: {finding.text}" + (
        f". Cure: {finding.cure}" if finding.cure else ""
    )
