"""``./tank bench``: measure speed and memory on this machine; a table, and JSON on demand."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

from tank_cli.console import say
from tank_core.exceptions import TankError

BENCHES = ("sim", "ik", "language", "stack")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", choices=BENCHES, help="what to measure")
    parser.add_argument("--json", metavar="FILE", help="write the figures there, too")
    parser.add_argument("--model", default="", metavar="P", help="path of a GGUF model, for language and stack (default: Tank's own)")


def run(args: argparse.Namespace) -> int:
    from tank_cli.bench_report import table, write_json

    if args.model:
        os.environ["TANK_MODEL"] = args.model  # every part of the stack looks there
    script = _load(args.name)
    say(f"measuring {args.name}; other work on this machine spoils the figures (load now {os.getloadavg()[0]:.1f}) ...")
    figures = script.measure()
    print(table(str(script.__doc__).splitlines()[0], figures))
    if args.json:
        try:
            write_json(Path(args.json), args.name, figures)
        except OSError as error:
            raise TankError(f"--json {args.json} cannot be written: {error.strerror}") from None
    return 0


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
