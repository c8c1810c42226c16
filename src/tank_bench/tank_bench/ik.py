"""Inverse kinematics for the five cells.

Exact, and by damped least squares, from the arm's rest pose.

An arm without a yaw is measured where a cell is after the robot has turned to it; one of two
pitches has no direction to ask for.
"""

from __future__ import annotations

import argparse
import math
import statistics
import time
from collections.abc import Callable
from functools import partial

from tank_bench.common.options import add_robot
from tank_bench.common.report import Figure, Measured
from tank_core.robot import load_robot
from tank_ik import Chain, IkResult, Solver, Target, dls

ROUNDS = 200
HEIGHT_M = 0.03  # of the fingertips over the floor
WANTED_US = 200.0


def configure(parser: argparse.ArgumentParser) -> None:
    """The robot."""
    add_robot(parser)


def measure(args: argparse.Namespace) -> Measured:
    """Median time for each cell, and the worst cell of each method."""
    robot = load_robot(args.robot)
    solver, chain = Solver(robot), Chain.from_robot(robot)
    exact = solver.exact
    methods: dict[str, Callable[[Target], IkResult]] = {
        "damped least squares": lambda target: dls.solve(chain, target, chain.home)
    }
    if exact is not None:
        methods = {"exact": lambda target: exact.solve(target, chain.home), **methods}
    figures = []
    for name, solve in methods.items():
        times = {}
        for cell, (x, y) in robot.cells.items():
            place = (x, y) if exact is None or exact.turns else (math.hypot(x, y), 0.0)
            target = Target(
                (*place, HEIGHT_M), (0.0, 0.0, -1.0) if exact is None or exact.points else None
            )
            if not solve(target).reached:
                raise AssertionError(f"{name} does not reach {cell}")
            times[cell] = _median_us(partial(solve, target))
            figures.append(Figure(f"{name}, {cell}", times[cell], "us"))
        figures.append(Figure(f"{name}, worst cell", max(times.values()), "us", at_most=WANTED_US))
    return Measured(figures)


def _median_us(run: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        run()
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1e6
