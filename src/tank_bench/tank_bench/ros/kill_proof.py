"""Kill -9 and hangs of each process of the real robot in full motion.

Measured is when its motors are off, by what the wire saw. kill_trials.py says what is done and what
the law is.
"""

from __future__ import annotations

import argparse

from tank_bench.common.report import Figure, Measured
from tank_bench.ros.kill_trials import WITHIN_S, prove, table
from tank_core.io.arguments import seed, whole
from tank_core.io.console import say
from tank_core.testing.own_domain import own_domain


def configure(parser: argparse.ArgumentParser) -> None:
    """The board, and how often."""
    parser.add_argument(
        "--board",
        default="robot_hat_v3",
        metavar="B",
        help="motor_hat, pro, or robot_hat_v3 (default)",
    )
    parser.add_argument(
        "--together", action="store_true",
        help="all nodes in one process, as on the robot (default: each in its own)",
    )  # fmt: skip
    parser.add_argument(
        "--kills",
        type=whole(0, 100_000),
        default=100,
        metavar="N",
        help="kill -9, the processes in turn (default: 100)",
    )
    parser.add_argument(
        "--hangs",
        type=whole(0, 100_000),
        default=24,
        metavar="N",
        help="SIGSTOP for a second (default: 24)",
    )
    parser.add_argument(
        "--pairs",
        type=whole(0, 100_000),
        default=0,
        metavar="N",
        help="two faults in the same moment: driver and guardian killed, or the executor killed "
        "while the driver stalls (default: 0)",
    )
    parser.add_argument("--seed", type=seed, default=0, metavar="S", help="decides the moments")


def measure(args: argparse.Namespace) -> Measured:
    """So many kill -9 and SIGSTOP for a second, the victims in turn.

    About three seconds each.
    """
    trials = prove(
        args.kills, args.hangs, args.seed, str(own_domain()), say,
        board=args.board, together=args.together, pairs=args.pairs,
    )  # fmt: skip
    figures = [
        Figure(f"{victim}, motors off after the kill, longest", max(times), "s", at_most=WITHIN_S)
        for victim in dict.fromkeys(trial.victim for trial in trials)
        if (
            times := [
                trial.zero_s
                for trial in trials
                if trial.victim == victim and trial.signal_name == "SIGKILL"
            ]
        )
    ]
    broken = sum(not trial.passed for trial in trials)
    return Measured(
        [*figures, Figure(f"trials of {len(trials)} that broke the law", broken, at_most=0)],
        lines=["", table(trials)],
    )
