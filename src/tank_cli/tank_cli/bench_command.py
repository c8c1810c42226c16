"""``./tank bench``: measure speed and memory on this machine; a table, and JSON on demand."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from tank_core.exceptions import TankError
from tank_core.io.arguments import output_file, seed, whole
from tank_core.io.console import say

if TYPE_CHECKING:
    from tank_cli.bench_report import Measured

BENCHES = {
    "sim": "the simulation and the executor against a bare physics loop",
    "ik": "inverse kinematics",
    "language": "sentences to commands",
    "stack": "the whole stack over ROS",
    "manipulation": "finding, grasping and placing objects by sight, judged by the simulator",
    "robot_memory": "memory of the real robot's process and its guardian, with a model of its chips",
    "kill_proof": "kill -9 of each process of the real robot in full motion: when its motors are off",
    "arm64_proof": "the robot's parts on an emulated Cortex-A53: equal answers, and their memory",
    "arm64_speed": "instructions counted there, and an estimate of the times on a Pi Zero 2 W",
}
WITH_MODEL = ("language", "stack")
WITH_ROBOT = ("sim", "ik")


def configure(parser: argparse.ArgumentParser) -> None:
    benches = parser.add_subparsers(dest="name", metavar="NAME", required=True, title="what to measure")
    for name, about in BENCHES.items():
        bench = benches.add_parser(name, help=about, description=about[:1].upper() + about[1:])
        bench.add_argument("--json", type=output_file, metavar="FILE", help="write the figures there, too")
        if name in WITH_MODEL:
            bench.add_argument("--model", default="", metavar="P", help="path of a GGUF model (default: Tank's own)")
        if name in WITH_ROBOT:
            bench.add_argument("--robot", default="tank", metavar="R", help="a robot's name, or a path to its YAML file (default: tank)")
        if name == "manipulation":
            from tank_cli import manipulation_options

            manipulation_options.configure(bench)
        if name == "kill_proof":
            bench.add_argument("--board", default="robot_hat_v3", metavar="B", help="motor_hat, pro, or robot_hat_v3 (default)")
            bench.add_argument(
                "--kills", type=whole(0, 100_000), default=100, metavar="N", help="kill -9, the processes in turn (default: 100)"
            )
            bench.add_argument("--hangs", type=whole(0, 100_000), default=24, metavar="N", help="SIGSTOP for a second (default: 24)")
            bench.add_argument("--seed", type=seed, default=0, metavar="S", help="decides the moments")


def run(args: argparse.Namespace) -> int:
    from tank_cli.bench_report import table, write_json

    title, measured = _measure(args)
    print("\n".join((table(title, measured.figures), *measured.lines)))
    if args.json:
        write_json(args.json, args.name, measured.figures, measured.details)
    return 0


def _measure(args: argparse.Namespace) -> tuple[str, Measured]:
    """The bench's title, and what it found."""
    from tank_cli.bench_report import Measured

    if getattr(args, "model", ""):
        os.environ["TANK_MODEL"] = args.model  # every part of the stack looks there
    if args.name in WITH_ROBOT:
        from tank_core.robot import load_robot

        load_robot(args.robot)  # what is wrong with it is told before anything is measured
    script = _load(args.name)
    say(f"measuring {args.name}; other work on this machine spoils the figures (load now {os.getloadavg()[0]:.1f}) ...")
    title = str(script.__doc__).splitlines()[0]
    if args.name == "manipulation":
        from tank_cli.manipulation_options import options

        return title, script.measure(options(args))
    if args.name == "kill_proof":
        proof: Measured = script.measure(args.board, args.kills, args.hangs, args.seed)
        return title, proof
    return title, Measured(script.measure(args.robot) if args.name in WITH_ROBOT else script.measure())


def _load(name: str) -> ModuleType:
    """The script bench/NAME.py of the checkout."""
    roots = [Path(os.environ["TANK_ROOT"])] if os.environ.get("TANK_ROOT") else []
    for root in (*roots, *Path(__file__).resolve().parents):
        path = root / "bench" / f"{name}.py"
        if path.is_file():
            spec = importlib.util.spec_from_file_location(f"bench_{name}", path)
            assert spec is not None and spec.loader is not None  # a .py file always has one
            module = importlib.util.module_from_spec(spec)
            sys.modules[module.__name__] = module
            spec.loader.exec_module(module)
            return module
    raise TankError(f"bench/{name}.py is not found; benchmarks come with the source checkout: set TANK_ROOT to it")
