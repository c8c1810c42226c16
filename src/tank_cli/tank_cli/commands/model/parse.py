"""``./tank parse``: what a sentence means, as JSON on stdout.

With --batch, a file of sentences. One that leans on the last one has its commands beside it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tank_core.exceptions import InvalidCommandError, TankError
from tank_core.io.arguments import output_file, whole
from tank_core.io.console import YELLOW, ProgressLine, fail, say
from tank_core.io.inputs import InputError, parse_json
from tank_llama.model_file import HELP

if TYPE_CHECKING:
    from tank_core.commands.shorthand import Previous
    from tank_language.translator import Translator

ANSWERED, REJECTED, BAD_LINES = 0, 2, 1  # exit codes


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "instruction", nargs="?", metavar="SENTENCE", help="an instruction in English"
    )
    parser.add_argument(
        "--previous",
        metavar="REQUEST",
        help="the last request, on which this one may lean: its commands, as this command prints "
        "them, or its sentence",
    )
    parser.add_argument(
        "--batch",
        metavar="IN.jsonl",
        help='sentences, {"id": ..., "instruction": ...} a line, with "previous": [...], the '
        "commands of the last request, where one leans on it",
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
        help=HELP,
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
    if args.batch is not None and args.previous is not None:
        raise TankError("--previous is for one sentence; a line of --batch has its own previous")
    return _one(args) if args.batch is None else _batch(args)


def _translator(args: argparse.Namespace) -> Translator:
    from tank_language.gguf_model import load_model
    from tank_language.translator import Translator

    return Translator(load_model(args.model, args.threads))


def _one(args: argparse.Namespace) -> int:
    from tank_core.commands import commands_to_json
    from tank_language.translator import Verdict

    translator = _translator(args)
    try:
        previous = _previous(args.previous, translator)
        translation = translator.translate(args.instruction, previous=previous)
    finally:
        translator.model.close()
    print(json.dumps(commands_to_json(translation.commands)))
    if translation.reason:
        fail(translation.reason)
    return REJECTED if translation.verdict is Verdict.REJECTED else ANSWERED


def _previous(said: str | None, translator: Translator) -> Previous:
    """The last request, of commands in JSON or of a sentence."""
    from tank_core.commands import commands_from_json
    from tank_core.commands.shorthand import NO_PREVIOUS

    if said is None:
        return NO_PREVIOUS
    if not said.lstrip().startswith(("[", "{")):
        last = translator.translate(said)
        if last.reason:
            raise TankError(f"--previous {said!r} was not understood: {last.reason}")
        return NO_PREVIOUS.then(last.commands)
    try:
        data = parse_json(said)
        return NO_PREVIOUS.then(
            commands_from_json({"commands": data} if isinstance(data, list) else data)
        )
    except (InputError, InvalidCommandError) as error:
        raise TankError(
            f"--previous is no list of commands: {error}; give what ./tank parse printed of it, or "
            "its sentence"
        ) from None


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
