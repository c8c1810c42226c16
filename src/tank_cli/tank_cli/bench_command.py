"""``./tank bench``: measure speed and memory on this machine; a table, and JSON on demand."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from tank_cli.console import say
from tank_core.exceptions import TankError

if TYPE_CHECKING:
    from tank_cli.bench_report import Measured

BENCHES = {
    "sim": "the simulation and the executor against a bare physics loop",
    "ik": "inverse kinematics",
    "language": "sentences to commands",
    "stack": "the whole stack over ROS",
    "manipulation": "finding, grasping and placing objects by sight, judged by the simulator",
}
WITH_MODEL = ("language", "stack")


def configure(parser: argparse.ArgumentParser) -> None:
    benches = parser.add_subparsers(dest="name", metavar="NAME", required=True, title="what to measure")
    for name, about in BENCHES.items():
        bench = benches.add_parser(name, help=about, description=about[:1].upper() + about[1:])
        bench.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
        if name in WITH_MODEL:
            bench.add_argument("--model", default="", metavar="P", help="path of a GGUF model (default: Tank's own)")
        if name == "manipulation":
            from tank_cli import manipulation_options

            manipulation_options.configure(bench)


def run(args: argparse.Namespace) -> int:
    from tank_cli.bench_report import table, write_json

    if args.json:
        _try_to_write(args.json)  # before an hour of measuring, not after it
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
    script = _load(args.name)
    say(f"measuring {args.name}; other work on this machine spoils the figures (load now {os.getloadavg()[0]:.1f}) ...")
    title = str(script.__doc__).splitlines()[0]
    if args.name == "manipulation":
        from tank_cli.manipulation_options import options

        return title, script.measure(options(args))
    return title, Measured(script.measure())


def _try_to_write(path: Path) -> None:
    try:
        path.open("a").close()
    except OSError as error:
        raise TankError(f"--json {path} cannot be written: {error.strerror}") from None


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
