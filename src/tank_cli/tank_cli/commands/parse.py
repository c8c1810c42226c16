"""``./tank parse``: what a sentence means, as JSON on stdout.

With --batch, a file of sentences.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tank_core.exceptions import TankError
from tank_core.io.arguments import output_file, whole
from tank_core.io.console import YELLOW, ProgressLine, fail, say

if TYPE_CHECKING:
    from tank_language.translator import Translator

ANSWERED, REJECTED, BAD_LINES = 0, 2, 1  # exit codes


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "instruction", nargs="?", metavar="SENTENCE", help="an instruction in English"
    )
    parser.add_argument(
        "--batch", metavar="IN.jsonl", help='sentences, {"id": ..., "instruction": ...} a line'
    )
    parser.add_argument(
        "--out",
        type=output_file,
        metavar="OUT.jsonl",
        help="where the meanings go, in the same order",
    )
    parser.add_argument(
        "--model",
        default="",
        metavar="P",
        help="path of a GGUF model (default: the one that comes with Tank)",
    )
    parser.add_argument(
        "--threads",
        type=whole(1, 64),
        default=0,
        metavar="N",
        help="threads of the model (default: all cores but one, at most 4)",
    )


def run(args: argparse.Namespace) -> int:
    if (args.instruction is None) == (args.batch is None):
        raise TankError(
            'say what to translate: ./tank parse "turn left", or --batch IN.jsonl --out OUT.jsonl'
        )
    if (args.batch is None) != (args.out is None):
        raise TankError("--batch and --out belong together: --batch IN.jsonl --out OUT.jsonl")
    return _one(args) if args.batch is None else _batch(args)


def _translator(args: argparse.Namespace) -> Translator:
    from tank_language.llama.gguf_model import load_model
    from tank_language.translator import Translator

    return Translator(load_model(args.model, args.threads))


def _one(args: argparse.Namespace) -> int:
    from tank_core.commands import commands_to_json
    from tank_language.translator import Verdict

    translator = _translator(args)
    translation = translator.translate(args.instruction)
    translator.model.close()
    print(json.dumps(commands_to_json(translation.commands)))
    if translation.reason:
        fail(translation.reason)
    return REJECTED if translation.verdict is Verdict.REJECTED else ANSWERED


def _batch(args: argparse.Namespace) -> int:
    from tank_cli.batch import read_lines, translate_lines, write_lines

    if args.out.exists() and Path(args.batch).exists() and args.out.samefile(args.batch):
        raise TankError(
            f"--out {args.out} is the file of --batch, whose sentences would be lost; name another "
            "one"
        )
    lines = read_lines(Path(args.batch))
    translator = _translator(args)
    items = translate_lines(lines, translator.translate)
    write_lines(args.out, _counted(items, ProgressLine("translated", len(lines))))
    translator.model.close()
    bad = [line for line in lines if line.fault]
    for line in bad:
        say(f"{args.batch}:{line.number}: {line.fault}; written as REJECTED", YELLOW)
    return BAD_LINES if bad else ANSWERED


def _counted(items: Iterable[dict[str, Any]], progress: ProgressLine) -> Iterator[dict[str, Any]]:
    for done, item in enumerate(items, start=1):
        yield item
        progress.update(done)
