"""Options of ``./tank train`` for fine-tuning, and those of both its trainings.

``--help`` needs no PyTorch.
"""

from __future__ import annotations

import argparse
from importlib.util import find_spec
from pathlib import Path

from tank_core.exceptions import TankError
from tank_core.io.arguments import above_zero, at_least_one

# google: of protobuf
_TOOLS = ("torch", "transformers", "tokenizers", "sentencepiece", "google", "gguf", "matplotlib")


def add(parser: argparse.ArgumentParser) -> None:
    """Add them to the parser of ``./tank train``."""
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    parser.add_argument(
        "--resume", action="store_true", help="go on from the checkpoint in OUT, if there is one"
    )
    parser.add_argument(
        "--data",
        type=Path,
        metavar="FILE.jsonl",
        help="sentences as ./tank data writes them: beside our own, with --base instead of them",
    )
    group = parser.add_argument_group("fine-tuning of a published model")
    group.add_argument(
        "--base",
        metavar="MODEL",
        help="gemma, or its GGUF file: matrices beside Gemma-3-270M that learn shorthand; a folder "
        "of a Gemma-3 text model, or its name, google/gemma-3-270m-it: all of it learns JSON",
    )
    group.add_argument(
        "--epochs", type=above_zero, help="passes through --data, instead of --tokens"
    )
    group.add_argument("--rate", type=above_zero, help="learning rate (default: the recipe's)")
    group.add_argument(
        "--step-tokens", type=at_least_one, help="tokens of an optimizer step (default: 8192)"
    )
    group.add_argument(
        "--batch-tokens",
        type=at_least_one,
        help="tokens of it that are in memory at once (default: 2048)",
    )
    group.add_argument(
        "--prompt",
        type=Path,
        metavar="FILE",
        help="user's turn with {sentence} in it (default: the bare sentence)",
    )


def require_training_tools() -> None:
    """Raises TankError that names the packages that fine-tuning lacks.

    Call it before importing ``finetune``.
    """
    missing = [
        "protobuf" if name == "google" else name for name in _TOOLS if find_spec(name) is None
    ]
    if missing:
        raise TankError(f"not installed: {', '.join(missing)}; run ./tank setup --train")
