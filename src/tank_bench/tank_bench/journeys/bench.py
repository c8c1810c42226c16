"""Gates, places, moves until, arcs, relations, answers and pictures.

In simulated worlds, judged by the simulator's truth. Each trial is an episode of its own; the seed
places the objects, draws the robot's imperfections and what is asked for.
"""

from __future__ import annotations

import argparse

from tank_bench.common.options import add_jobs, add_realism, add_robot, add_seeds, chosen, seeds
from tank_bench.common.pool import run_trials
from tank_bench.common.report import Measured
from tank_bench.journeys.figures import as_details, failure_lines, figures
from tank_bench.journeys.tasks import TASKS
from tank_bench.journeys.trial import JourneyResult, JourneyTrial, carry_out


def configure(parser: argparse.ArgumentParser) -> None:
    """Tasks, seeds, and how it is done."""
    add_seeds(parser)
    names = ", ".join(TASKS)
    parser.add_argument(
        "--tasks", default=",".join(TASKS), metavar="T,T", help=f"of {names} (default: all)"
    )
    add_robot(parser)
    add_realism(parser)
    add_jobs(parser)


def measure(args: argparse.Namespace) -> Measured:
    """All trials. Raises TankError for a name that is not known."""
    from tank_sim.realism.levels import realism

    realism(args.realism)
    trials = [
        JourneyTrial(task, world, seed, args.robot, args.realism)
        for task in chosen("--tasks", args.tasks, TASKS)
        for world in TASKS[task].worlds
        for seed in seeds(args)
    ]
    results = run_trials(work, trials, args.jobs, good=lambda one: one.good)
    return Measured(figures(results), as_details(results), [*failure_lines(results)])


def work(trial: JourneyTrial) -> JourneyResult:
    """Carry a trial out in a process of the pool."""
    return carry_out(trial, TASKS[trial.task])
