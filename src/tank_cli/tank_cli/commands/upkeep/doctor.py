"""``./tank doctor``: look at this PC or robot, and tell what to mend and how.

Each finding has its cure. It changes nothing.
"""

from __future__ import annotations

import argparse
import json

from tank_cli.doctor import machine, network, robot, services, software
from tank_cli.doctor.findings import Diagnosis, Severity, examine
from tank_cli.doctor.system import ThisMachine, is_pi
from tank_core.io.console import DIM, GREEN, RED, YELLOW, ExitCode, paint

CHECKS = (*software.CHECKS, *machine.CHECKS, *robot.CHECKS, *services.CHECKS, *network.CHECKS)
COLORS = {Severity.OK: GREEN, Severity.WARN: YELLOW, Severity.FAIL: RED, Severity.SKIP: DIM}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "Exit code 0 when nothing FAILs, 1 otherwise. It changes nothing."
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument(
        "--robot",
        action="store_true",
        help="look at all that a robot needs (default on a Raspberry Pi)",
    )
    kind.add_argument(
        "--pc", action="store_true", help="look at what a PC needs (default elsewhere)"
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
    for finding in examine(system, CHECKS, robot):
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


def told(finding: Diagnosis) -> str:
    """The finding as one line."""
    import sys

    level = paint(f"{finding.level:<4}", COLORS[finding.level], sys.stdout)
    return f"{level} {finding.name}: {finding.text}" + (
        f". Cure: {finding.cure}" if finding.cure else ""
    )
