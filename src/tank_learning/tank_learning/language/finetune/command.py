"""``./tank train --base``: from options to a fine-tuned GGUF file."""

from __future__ import annotations

import argparse
import math
import tempfile
from pathlib import Path

import torch

from tank_core.exceptions import TankError
from tank_language.prompt import BARE, TASK, checked_asks
from tank_learning.language.finetune import data
from tank_learning.language.finetune.base_model import find_base
from tank_learning.language.finetune.data import Encoder, Sentences
from tank_learning.language.finetune.export_hf import export
from tank_learning.language.finetune.tuning import TuningRecipe, tune
from tank_learning.trainer.device import choose


def run(arguments: argparse.Namespace) -> int:
    """``./tank train --base``."""
    _check_options(arguments)
    torch.set_num_threads(arguments.threads)
    device = choose(arguments.device)
    base = find_base(arguments.base)
    sentences = data.read_jsonl(arguments.data) if arguments.data else data.our_sentences()
    out = arguments.out / base.name
    gguf = arguments.gguf or out / f"tank-{base.name}.gguf"
    _check_writable(out, gguf)
    encoder = Encoder(base, out, _asking(arguments))
    recipe = _recipe(arguments, sentences, encoder)
    weights = tune(base, sentences, encoder, recipe, out, device, arguments.resume)
    encoder.close()
    path = export(base, weights, gguf, arguments.quantization, recipe.asking)
    print(f"{path} ({path.stat().st_size / 1e6:.1f} MB). Next: ./tank eval --model {path}")
    return 0


def _check_options(arguments: argparse.Namespace) -> None:
    """Raises TankError for options that exclude each other."""
    if arguments.epochs is not None and not arguments.data:
        raise TankError("--epochs needs --data: our own sentences never end; say --tokens instead")
    if arguments.epochs is not None and arguments.tokens is not None:
        raise TankError("--epochs and --tokens both say how long to train; leave one of them out")
    if arguments.data and arguments.handwritten_share is not None:
        raise TankError(
            "--handwritten-share does nothing with --data, which takes the place of our own "
            "sentences; leave one of them out"
        )


def _check_writable(out: Path, gguf: Path) -> None:
    """Found out before hours of training, not after. Raises TankError."""
    for option, folder in (("--out", out), ("--gguf", gguf.parent)):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            raise TankError(
                f"{folder} cannot be written to: {error.strerror}; give another {option}"
            ) from None
    if gguf.is_dir():
        raise TankError(f"{gguf} is a folder; give the name of a file with --gguf")


def _asking(arguments: argparse.Namespace) -> str:
    """The user's turn: from a file, or the bare sentence.

    A model that is not trained here needs the task explained.
    """
    if arguments.prompt is None:
        return TASK if arguments.tokens == 0 else BARE
    try:
        return checked_asks(
            arguments.prompt.read_text(encoding="utf-8").rstrip("\n"), str(arguments.prompt)
        )
    except (OSError, UnicodeDecodeError) as error:
        raise TankError(
            f"prompt file {arguments.prompt} cannot be read ({error}); give a text with "
            f"{{sentence}} in it"
        ) from None


def _recipe(arguments: argparse.Namespace, sentences: Sentences, encoder: Encoder) -> TuningRecipe:
    names = ("tokens", "seed", "rate", "step_tokens", "batch_tokens", "handwritten_share")
    said = {name: value for name in names if (value := getattr(arguments, name, None)) is not None}
    if arguments.epochs is not None:
        once = sum(len(encoder.row(example)[0]) for example in sentences.kept)
        said["tokens"] = math.ceil(once * arguments.epochs)
    return TuningRecipe(**said, asking=_asking(arguments))
