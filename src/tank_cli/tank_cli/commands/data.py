"""``./tank data``: compose training sentences, count and clean them, ask language models for
more.
"""

from __future__ import annotations

import argparse
import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from tank_core.exceptions import TankError
from tank_core.io.arguments import at_least_one, not_negative, number, output_file, seed, whole
from tank_core.io.checkout import checkout
from tank_core.io.console import ExitCode
from tank_language.prompt import normalize
from tank_learning.language.asking import collecting, task
from tank_learning.language.corpus import dataset, records
from tank_learning.language.corpus.records import Bad, Record

if TYPE_CHECKING:
    from tank_learning.language.asking.endpoint import ChatEndpoint

NAMED = 20  # bad lines that are named one by one
TOKENS_A_PAIR = 160  # room in an answer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The sub-commands of ``./tank data``."""
    commands = parser.add_subparsers(dest="data_command", required=True)
    _compose_arguments(
        commands.add_parser(
            "compose",
            help="write the hand-written training sentences and composed ones as JSON lines",
        )
    )
    _count_arguments(
        commands.add_parser("count", help="check, count and merge files of JSON lines")
    )
    _ask_arguments(
        commands.add_parser(
            "ask", help="ask language models at an OpenAI-compatible endpoint for sentences"
        )
    )


def run(arguments: argparse.Namespace) -> int:
    """Do what was said; the exit status."""
    return {"compose": _compose, "count": _count, "ask": _ask}[arguments.data_command](arguments)


def _say(text: str) -> None:
    print(f"tank: {text}", file=sys.stderr, flush=True)


def _compose_arguments(parser: argparse.ArgumentParser) -> None:
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


def _compose(arguments: argparse.Namespace) -> int:
    # what is held out is there to measure with
    handwritten = dataset.split(dataset.read_handwritten())[0]
    stream = islice(dataset.stream(handwritten, arguments.seed), arguments.count)
    for name, count in sorted(dataset.write_jsonl([*handwritten, *stream], arguments.out).items()):
        print(f"{name:24} {count}", file=sys.stderr)
    return 0


def _count_arguments(parser: argparse.ArgumentParser) -> None:
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


def _count(arguments: argparse.Namespace) -> int:
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


def _ask_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--endpoint", help="address up to /v1, such as https://openrouter.ai/api/v1"
    )
    parser.add_argument(
        "--model", action="append", help="name of a model there; several take turns"
    )
    parser.add_argument("--out", type=output_file, help="JSON lines to write, or to go on with")
    parser.add_argument(
        "--pairs",
        type=whole(1, 1000),
        default=25,
        help="sentences a request (default: %(default)s)",
    )
    parser.add_argument(
        "--requests",
        type=at_least_one,
        default=40,
        help="requests in all, those of earlier runs included (default: %(default)s)",
    )
    parser.add_argument(
        "--seed",
        type=seed,
        default=1,
        help="of prompts: examples, voices, topics (default: %(default)s)",
    )
    parser.add_argument(
        "--voice",
        action="append",
        default=[],
        help='who speaks, such as "a pirate"; several take turns (default: a list of our own)',
    )
    parser.add_argument(
        "--key-env",
        default="OPENROUTER_API_KEY",
        help="environment variable that holds the API key (default: %(default)s)",
    )
    parser.add_argument(
        "--timeout",
        type=number(0.0, 86400.0, above=True),
        default=120.0,
        help="[s] without a sign of life before a request is tried again (default: %(default)s)",
    )
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="print the first prompt and ask nobody: without --endpoint, --model, --out",
    )


def _ask(arguments: argparse.Namespace) -> int:
    missing = [
        f"--{name}" for name in ("endpoint", "model", "out") if getattr(arguments, name) is None
    ]
    if missing and not arguments.dry_run:
        raise TankError(f"{', '.join(missing)} must be given; only --dry-run does without")
    handwritten = dataset.read_handwritten()
    asked = task.Asking(
        dataset.split(handwritten)[0],
        arguments.seed,
        arguments.pairs,
        arguments.voice or task.VOICES,
    )
    if arguments.dry_run:
        print(
            "\n\n".join(
                f"[{message['role']}]\n{message['content']}" for message in asked.messages(0)
            )
        )
        return 0
    known = frozenset(normalize(example.instruction) for example in handwritten)
    collection = collecting.Collection(
        arguments.out, arguments.seed, known, collecting.evaluation_keys(checkout())
    )
    return _collect(arguments, asked, collection)


def _collect(
    arguments: argparse.Namespace, asked: task.Asking, collection: collecting.Collection
) -> int:
    endpoint = _endpoint(arguments)

    def ask(number: int, model: str) -> str:
        return endpoint.ask(
            model, asked.messages(number), arguments.seed + number, TOKENS_A_PAIR * arguments.pairs
        )

    try:
        collecting.collect(collection, arguments.model, arguments.requests, ask, _say)
    except KeyboardInterrupt:
        _say(f"stopped. {collecting.summary(collection)} The same command goes on from here")
        return ExitCode.INTERRUPTED
    finally:
        endpoint.close()
    _say(collecting.summary(collection))
    return 0


def _endpoint(arguments: argparse.Namespace) -> ChatEndpoint:
    try:
        from tank_learning.language.asking.endpoint import ChatEndpoint
    except ImportError:
        raise TankError("the package httpx2 is not installed; run ./tank setup --train") from None
    return ChatEndpoint(arguments.endpoint, arguments.key_env, arguments.timeout, say=_say)
