"""``./tank train``: train the small model, or fine-tune a published one."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from tank_cli.gemma import consent
from tank_core.exceptions import TankError
from tank_core.io.arguments import at_least_one, not_negative, seed, share, whole
from tank_core.io.checkout import checkout, home
from tank_core.io.console import ProgressLine, say
from tank_learning.language.finetune import options
from tank_llama.model_file import DEFAULT_NAME, GEMMA_NAME

GEMMA_BASE = "gemma"  # Gemma-3-270M, from the package registry
_SHAPE = ("width", "layers", "heads", "feed_forward")
_OWN = (*_SHAPE, "voices_out", "start")  # of the model from scratch alone
_TUNING = ("epochs", "rate", "step_tokens", "batch_tokens", "prompt")  # for --base alone
_RECIPE = ("tokens", "seed", "handwritten_share", *_OWN)
# for --base gemma, which keeps the shape of its base and has a recipe of its own
_NOT_BESIDE = (*_SHAPE, "start", "epochs", "step_tokens", "batch_tokens", "prompt")
_BESIDE = ("tokens", "seed", "handwritten_share", "voices_out", "rate")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--out",
        type=Path,
        help="folder of checkpoints and curve (default: .tank/training of the checkout)",
    )
    parser.add_argument(
        "--gguf",
        type=Path,
        default=None,
        help="the file to write (default: OUT/tank-nano.gguf, OUT/tank-gemma.gguf)",
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
        "--start",
        metavar="DIR",
        help="folder of a finished run: go on from its weights and tokenizer, at lower rates, with "
        "the sentences of now",
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
    parser.add_argument(
        "--calibrate",
        type=Path,
        metavar="FILE.gguf",
        help="train nothing; choose from which confidence on this model's answers are trusted, on "
        "sentences that it has not seen: those held out, and those of --voices-out",
    )
    options.add(parser)
    consent.add(parser)


def _target(args: argparse.Namespace, name: str) -> Path:
    """The file to write, tried now and not after hours of training.

    Raises TankError.
    """
    path: Path = args.gguf or args.out / name
    try:
        args.out.mkdir(parents=True, exist_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TankError(
            f"{error.filename} cannot be made: {error.strerror}; give another --out or --gguf"
        ) from None
    if path.is_dir():
        raise TankError(f"--gguf {path} is a folder; give the file's name")
    return path


def run(args: argparse.Namespace) -> int:
    if args.calibrate is not None:
        return _calibrate(args.calibrate, args.voices_out or (), args.threads)
    args.out = args.out or checkout() / ".tank" / "training"
    if args.base == "":
        raise TankError("--base is empty; give a folder or a name such as google/gemma-3-270m-it")
    if args.base is None:
        return _from_scratch(args)
    if args.base == GEMMA_BASE or args.base.endswith(".gguf"):
        return _beside(args)
    if useless := _said(args, _OWN):
        raise TankError(
            f"{useless} cannot be chosen with --base: the base model has them; leave them out"
        )
    options.require_training_tools()
    from tank_learning.language.finetune import command

    return command.run(args)


def _beside(args: argparse.Namespace) -> int:
    """Train low-rank matrices beside Gemma-3-270M; answers are shorthand."""
    if useless := _said(args, _NOT_BESIDE):
        raise TankError(f"{useless} cannot be chosen with --base {args.base}; leave them out")
    try:
        import torch

        from tank_learning.language.corpus import dataset
        from tank_learning.language.lora import training
        from tank_learning.trainer.device import choose
        from tank_llama.delta.base import GgufBase
        from tank_llama.delta.build import build
        from tank_llama.delta.fetch import fetch
        from tank_llama.delta.file import Delta
    except ModuleNotFoundError as error:
        raise TankError(f"{error.name} is not installed; run ./tank setup --train") from None
    if args.quantization != "q8_0":
        raise TankError(f"--quantization {args.quantization}: tank-gemma is q8_0; leave it out")
    if args.tokens == 0:
        raise TankError("--tokens 0 trains nothing; ./tank setup --gemma builds what is trained")
    args.out = args.out / "tank-gemma"
    target = _target(args, GEMMA_NAME)
    if args.base == GEMMA_BASE:
        consent.require(home() / "models", args.accepted)
        args.base = fetch(args.out, say)
    base = GgufBase(Path(args.base).expanduser())
    said = {key: value for key in _BESIDE if (value := getattr(args, key)) is not None}
    extra = dataset.read_records(args.data) if args.data else []
    torch.set_num_threads(args.threads)
    recipe, device = training.LoraRecipe(**said), choose(args.device)
    delta = training.learn(base, recipe, args.out, device, extra, resume=args.resume)
    path = build(base, Delta.read(delta), target)
    print(f"{delta}, {path}. Next: ./tank eval --model {path}")
    return 0


def _said(args: argparse.Namespace, names: tuple[str, ...]) -> str:
    """Those of some options that were given."""
    given = [name for name in names if getattr(args, name) is not None]
    return ", ".join(f"--{name.replace('_', '-')}" for name in given)


def _calibrate(path: Path, voices_out: Sequence[str], threads: int) -> int:
    """Choose and keep a file's threshold, on what training held out."""
    if find_spec("gguf") is None:
        raise TankError("gguf is not installed; run ./tank setup --train")
    from tank_learning.language.corpus import dataset
    from tank_learning.language.evaluation import trust

    _, held = dataset.split(dataset.read_handwritten(), voices_out)
    line = ProgressLine("calibrated on", len(held))
    print(f"{path}: {trust.calibrate(path, held, threads, line.update)}")
    return 0


def _from_scratch(args: argparse.Namespace) -> int:
    if useless := _said(args, _TUNING):
        raise TankError(f"{useless} need --base: they are for fine-tuning a published model")
    try:
        from tank_learning.language.corpus import dataset
        from tank_learning.language.model import export, training
        from tank_learning.trainer.device import Machine
    except ModuleNotFoundError as error:
        raise TankError(f"{error.name} is not installed; run ./tank setup --train") from None
    if args.tokens == 0:
        raise TankError("--tokens 0 trains nothing; it only converts with --base")
    target = _target(args, DEFAULT_NAME)
    said = {key: value for key in _RECIPE if (value := getattr(args, key)) is not None}
    recipe = training.Recipe(**said)
    machine = Machine.detect(args.device, args.threads, recipe.tokens)
    extra = dataset.read_records(args.data) if args.data else []
    folder = training.train(recipe, args.out, machine, extra, resume=args.resume)
    network, tokenizer, _ = training.load(folder)
    path = export.export(network, tokenizer, target, args.quantization)
    _calibrate(path, recipe.voices_out, args.threads)
    print(
        f"{path} ({path.stat().st_size / 1e6:.1f} MB), {folder / 'curve.png'}. Next: ./tank eval "
        f"--model {path}"
    )
    return 0
