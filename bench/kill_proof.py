"""Kill -9 and hangs of each process of the real robot in full motion: when its motors are off, by what the wire saw.

tank_cli/kill_proof.py says what is done and what the law is.
"""

from __future__ import annotations

from tank_cli.bench_report import Figure, Measured
from tank_cli.kill_proof import VICTIMS, WITHIN_S, prove, table
from tank_core.io.console import say

DOMAIN = "86"  # away from a stack that may run already


def measure(board: str, kills: int, hangs: int, seed: int) -> Measured:
    """So many kill -9 and SIGSTOP for a second, the victims in turn; about three seconds each."""
    trials = prove(kills, hangs, seed, DOMAIN, say, board=board)
    figures = [
        Figure(f"{victim}, motors off after the kill, longest", max(times), "s", at_most=WITHIN_S)
        for victim in VICTIMS
        if (times := [trial.zero_s for trial in trials if trial.victim == victim and trial.signal_name == "SIGKILL"])
    ]
    broken = sum(not trial.passed for trial in trials)
    return Measured([*figures, Figure(f"trials of {len(trials)} that broke the law", broken, at_most=0)], lines=["", table(trials)])
