"""``./tank data count``: check, count and merge files of JSON lines."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tank_core.io.arguments import output_file
from tank_core.io.console import ExitCode
from tank_learning.language.corpus import records
from tank_learning.language.corpus.records import Bad, Record

NAMED = 20  # bad lines that are named one by one


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files",
        type=Path,
        nargs="+",
        metavar="FILE",
        help='JSON lines {"instruction", "output", "source"}',
    )
    parser.add_argument(
        "--out", type=output_file, help="write the good lines of all files, each sentence once"
    )
    parser.add_argument("--strict", action="store_true", help="fail if a line is bad")


def run(arguments: argparse.Namespace) -> int:
    entries = [entry for path in arguments.files for entry in records.read(path)]
    bad = [entry for entry in entries if isinstance(entry, Bad)]
    good = [entry for entry in entries if isinstance(entry, Record)]
    unique = records.unique(good)
    for entry in bad[:NAMED]:
        print(f"{entry.where}: {entry.reason}", file=sys.stderr)
    if len(bad) > NAMED:
        print(f"... and {len(bad) - NAMED} bad lines more", file=sys.stderr)
    if arguments.out:
        records.write(unique, arguments.out)
    table = {
        "sentences": len(unique),
        "duplicates": len(good) - len(unique),
        "bad lines": len(bad),
        **dict(sorted(records.counts(unique).items())),
    }
    for name, count in table.items():
        print(f"{name:24} {count}")
    return ExitCode.FAILED if arguments.strict and bad else ExitCode.DONE
