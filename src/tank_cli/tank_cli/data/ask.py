"""``./tank data ask``: ask language models for training sentences."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from tank_core.exceptions import TankError
from tank_core.io.arguments import at_least_one, number, output_file, seed, whole
from tank_core.io.checkout import checkout
from tank_core.io.console import ExitCode
from tank_learning.language.asking import collecting, task
from tank_learning.language.corpus import dataset

if TYPE_CHECKING:
    from tank_learning.language.asking.endpoint import ChatEndpoint

TOKENS_A_PAIR = 160  # room in an answer


def configure(parser: argparse.ArgumentParser) -> None:
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


def run(arguments: argparse.Namespace) -> int:
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
    known = frozenset(example.plain for example in handwritten)
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
        collecting.collect(collection, arguments.model, arguments.requests, ask, say)
    except KeyboardInterrupt:
        say(f"stopped. {collecting.summary(collection)} The same command goes on from here")
        return ExitCode.INTERRUPTED
    finally:
        endpoint.close()
    say(collecting.summary(collection))
    return 0


def _endpoint(arguments: argparse.Namespace) -> ChatEndpoint:
    try:
        from tank_learning.language.asking.endpoint import ChatEndpoint
    except ImportError:
        raise TankError("the package httpx2 is not installed; run ./tank setup --train") from None
    return ChatEndpoint(arguments.endpoint, arguments.key_env, arguments.timeout, say=say)


def say(text: str) -> None:
    print(f"tank: {text}", file=sys.stderr, flush=True)
