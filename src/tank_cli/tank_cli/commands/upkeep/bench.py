"""``./tank bench``: measure speed and memory on this machine.

A table, and JSON on demand. ``tank_bench`` has the benchmarks.
"""

from __future__ import annotations

import argparse
import importlib
import os

from tank_bench import BENCHES
from tank_core.io.arguments import ModuleParser, output_file
from tank_core.io.console import say


def configure(parser: argparse.ArgumentParser) -> None:
    benches = parser.add_subparsers(
        dest="name",
        metavar="NAME",
        required=True,
        title="what to measure",
        parser_class=ModuleParser,
    )
    for name, (module, about) in BENCHES.items():
        bench = benches.add_parser(
            name, help=about, description=about[:1].upper() + about[1:], module=module
        )
        bench.add_argument(
            "--json", type=output_file, metavar="FILE", help="write the figures there, too"
        )


def run(args: argparse.Namespace) -> int:
    from tank_bench.common.report import table, write_json

    module = importlib.import_module(BENCHES[args.name][0])
    if getattr(args, "robot", ""):
        from tank_core.robot import load_robot

        load_robot(args.robot)  # what is wrong with it is told before anything is measured
    say(
        f"measuring {args.name}; other work on this machine spoils the figures (load now "
        f"{os.getloadavg()[0]:.1f}) ..."
    )
    measured = module.measure(args)
    title = str(module.__doc__).splitlines()[0]
    print("\n".join((table(title, measured.figures), *measured.lines)))
    if args.json:
        write_json(args.json, args.name, measured.figures, measured.details)
    return 0
