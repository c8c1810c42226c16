"""``./tank train`` and ``./tank data``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tank_cli.commands import data
from tank_core.exceptions import TankError
from tank_core.io.arguments import Parser, at_least_one, not_negative, seed, share, whole
from tank_core.io.checkout import checkout
from tank_core.io.console import ExitCode
from tank_learning.language.finetune import options

_OWN = ("width", "layers", "heads", "feed_forward", "voices_out")  # of the model from scratch alone
_TUNING = ("epochs", "rate", "step_tokens", "batch_tokens", "prompt")  # for --base alone
_RECIPE = ("tokens", "seed", "handwritten_share", *_OWN)


def main(argv: list[str]) -> int:
    """Run one of the two; the exit status."""
    parser = Parser(prog="./tank", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    _train_arguments(
        commands.add_parser(
            "train", help="train the small model from scratch and write a GGUF file"
        )
    )
    data.add_arguments(
        commands.add_parser("data", help="compose, count and ask for training sentences")
    )
    arguments = parser.parse_args(argv)
    return int({"train": _train, "data": data.run}[arguments.command](arguments))


def _train_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--out",
        type=Path,
        help="folder of checkpoints and curve (default: .tank/training of the checkout)",
    )
    parser.add_argument(
        "--gguf", type=Path, default=None, help="the file to write (default: OUT/tank-nano.gguf)"
    )
    parser.add_argument("--quantization", default="q8_0", choices=("f16", "q8_0", "q4_0"))
    parser.add_argument(
        "--tokens", type=not_negative, help="tokens to train on (default: the recipe's)"
    )
    parser.add_argument("--seed", type=seed)
    for name in ("width", "layers", "heads", "feed_forward"):
        parser.add_argument(
            f"--{name.replace('_', '-')}",
            type=at_least_one,
            metavar="N",
            help="size of the network (default: the recipe's)",
        )
    parser.add_argument(
        "--handwritten-share",
        type=share,
        metavar="SHARE",
        help="of hand-written sentences; the others are composed (0: none)",
    )
    parser.add_argument(
        "--voices-out",
        nargs="+",
        metavar="NAME",
        help="writers held out altogether, to validate on",
    )
    parser.add_argument(
        "--threads",
        type=whole(1, 1024),
        default=1,
        help="CPU threads (default: %(default)s; more is faster on an idle machine)",
    )
    options.add(parser)


def _target(arguments: argparse.Namespace) -> Path:
    """Where the model will be written.

    Found out before hours of training, not after. Raises TankError.
    """
    path: Path = arguments.gguf or arguments.out / "tank-nano.gguf"
    try:
        arguments.out.mkdir(parents=True, exist_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TankError(
            f"{error.filename} cannot be made: {error.strerror}; give another --out or --gguf"
        ) from None
    if path.is_dir():
        raise TankError(f"--gguf {path} is a folder; give the file's name")
    return path


def _train(arguments: argparse.Namespace) -> int:
    arguments.out = arguments.out or checkout() / ".tank" / "training"
    if arguments.base == "":
        raise TankError("--base is empty; give a folder or a name such as google/gemma-3-270m-it")
    if arguments.base is not None:
        useless = [
            f"--{name.replace('_', '-')}" for name in _OWN if getattr(arguments, name) is not None
        ]
        if useless:
            raise TankError(
                f"{', '.join(useless)} cannot be chosen with --base: the base model has them; "
                "leave them out"
            )
        options.require_training_tools()
        from tank_learning.language.finetune import tuning

        return tuning.run(arguments)
    useless = [
        f"--{name.replace('_', '-')}" for name in _TUNING if getattr(arguments, name) is not None
    ]
    if useless:
        raise TankError(
            f"{', '.join(useless)} need --base: they are for fine-tuning a published model"
        )
    try:
        from tank_learning.language.corpus import dataset
        from tank_learning.language.model import export, training
    except ModuleNotFoundError as error:
        raise TankError(f"{error.name} is not installed; run ./tank setup --train") from None
    if arguments.tokens == 0:
        raise TankError("--tokens 0 trains nothing; it only converts with --base")
    target = _target(arguments)
    said = {key: value for key in _RECIPE if (value := getattr(arguments, key)) is not None}
    recipe = training.Recipe(**said)
    machine = training.Machine.detect(arguments.device, arguments.threads, recipe.tokens)
    extra = dataset.read_records(arguments.data) if arguments.data else []
    folder = training.train(recipe, arguments.out, machine, extra, resume=arguments.resume)
    network, tokenizer, _ = training.load(folder)
    path = export.export(network, tokenizer, target, arguments.quantization)
    print(
        f"{path} ({path.stat().st_size / 1e6:.1f} MB), {folder / 'curve.png'}. Next: ./tank eval "
        f"--model {path}"
    )
    return 0


def run(argv: list[str]) -> int:
    """``main`` with expected failures as one line."""
    try:
        return main(argv)
    except TankError as error:
        print(f"tank: {error}", file=sys.stderr)
        return ExitCode.USAGE
