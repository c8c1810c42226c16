"""``./tank train`` and ``./tank data``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from tank_core.exceptions import TankError
from tank_language.pipeline import data_cli, finetune_options

_RECIPE = ("tokens", "seed", "width", "layers", "heads", "feed_forward", "handwritten_share", "voices_out")
ROOT = Path(os.environ.get("TANK_ROOT", "."))


def main(argv: list[str]) -> int:
    """Run one of the three; the exit status."""
    parser = argparse.ArgumentParser(prog="./tank", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    _train_arguments(commands.add_parser("train", help="train the small model from scratch and write a GGUF file"))
    data_cli.add_arguments(commands.add_parser("data", help="compose, count and ask for training sentences"))
    arguments = parser.parse_args(argv)
    return int({"train": _train, "data": data_cli.run}[arguments.command](arguments))


def _train_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--out", type=Path, default=ROOT / ".tank" / "training", help="folder of checkpoints and curve (default: %(default)s)"
    )
    parser.add_argument("--gguf", type=Path, default=None, help="the file to write (default: OUT/tank-nano.gguf)")
    parser.add_argument("--quantization", default="q8_0", choices=("f16", "q8_0", "q4_0"))
    parser.add_argument("--tokens", type=int, help="tokens to train on (default: the recipe's)")
    parser.add_argument("--seed", type=int)
    for name in ("width", "layers", "heads", "feed_forward"):
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, metavar="N", help="size of the network (default: the recipe's)")
    parser.add_argument(
        "--handwritten-share", type=float, metavar="SHARE", help="of hand-written sentences; the others are composed (0: none)"
    )
    parser.add_argument(
        "--voice-out", action="append", dest="voices_out", metavar="NAME", help="writer held out as a whole, to validate on"
    )
    parser.add_argument("--threads", type=int, default=1, help="CPU threads (default: %(default)s; more is faster on an idle machine)")
    finetune_options.add(parser)


def _train(arguments: argparse.Namespace) -> int:
    if arguments.base:
        from tank_language.pipeline import finetune

        return finetune.run(arguments)
    from tank_language.pipeline import dataset, export, training

    said = {key: value for key in _RECIPE if (value := getattr(arguments, key)) is not None}
    recipe = training.Recipe(**said)
    machine = training.Machine.detect(arguments.device, arguments.threads, recipe.tokens)
    extra = dataset.read_records(arguments.data) if arguments.data else []
    folder = training.train(recipe, arguments.out, machine, extra, resume=arguments.resume)
    network, tokenizer, _ = training.load(folder)
    path = export.export(network, tokenizer, arguments.gguf or folder / "tank-nano.gguf", arguments.quantization)
    print(f"{path} ({path.stat().st_size / 1e6:.1f} MB), {folder / 'curve.png'}. Next: ./tank eval --model {path}")
    return 0


def run(argv: list[str]) -> int:
    """``main`` with expected failures as one line."""
    try:
        return main(argv)
    except TankError as error:
        print(f"tank: {error}", file=sys.stderr)
        return 2
