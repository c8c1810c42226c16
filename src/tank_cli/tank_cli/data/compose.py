"""``./tank data compose``: write training sentences as JSON lines."""

from __future__ import annotations

import argparse
import sys
from itertools import islice

from tank_core.io.arguments import not_negative, output_file, seed
from tank_learning.language.corpus import dataset


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=output_file, required=True, help="JSON lines to write")
    parser.description = (
        "Write hand-written sentences and composed ones. Hand-written groups that "
        "are held out for validation are left out."
    )
    parser.add_argument(
        "--count",
        type=not_negative,
        default=10_000,
        help="sentences beside the hand-written ones (default: %(default)s)",
    )
    parser.add_argument("--seed", type=seed, default=1)


def run(arguments: argparse.Namespace) -> int:
    # what is held out is there to measure with
    handwritten = dataset.split(dataset.read_handwritten())[0]
    stream = islice(dataset.stream(handwritten, arguments.seed), arguments.count)
    for name, count in sorted(dataset.write_jsonl([*handwritten, *stream], arguments.out).items()):
        print(f"{name:24} {count}", file=sys.stderr)
    return 0
