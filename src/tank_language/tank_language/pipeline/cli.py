"""``./tank train``, ``./tank eval`` and ``./tank data``."""

from __future__ import annotations

import argparse
import json
import os
import sys
from itertools import islice
from pathlib import Path

from tank_core.exceptions import TankError

ROOT = Path(os.environ.get("TANK_ROOT", "."))


def main(argv: list[str]) -> int:
    """Run one of the three; the exit status."""
    parser = argparse.ArgumentParser(prog="./tank", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    _train_arguments(commands.add_parser("train", help="train the small model from scratch and write a GGUF file"))
    _eval_arguments(commands.add_parser("eval", help="measure models on sentences with right answers"))
    _data_arguments(commands.add_parser("data", help="write training sentences as JSON lines"))
    arguments = parser.parse_args(argv)
    return int({"train": _train, "eval": _eval, "data": _data}[arguments.command](arguments))


def _train_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--out", type=Path, default=ROOT / ".tank" / "training", help="folder of checkpoints and curve (default: %(default)s)"
    )
    parser.add_argument("--gguf", type=Path, default=None, help="the file to write (default: OUT/tank-nano.gguf)")
    parser.add_argument("--quantization", default="q8_0", choices=("f16", "q8_0", "q4_0"))
    parser.add_argument("--tokens", type=int, default=None, help="tokens to train on (default: the recipe's)")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--threads", type=int, default=1, help="CPU threads (default: %(default)s; more is faster on an idle machine)")


def _train(arguments: argparse.Namespace) -> int:
    from tank_language.pipeline import export, training

    said = {key: value for key in ("tokens", "seed") if (value := getattr(arguments, key)) is not None}
    folder = training.train(training.Recipe(**said), arguments.out, arguments.threads)
    network, tokenizer, _ = training.load(folder)
    path = export.export(network, tokenizer, arguments.gguf or folder / "tank-nano.gguf", arguments.quantization)
    print(f"{path} ({path.stat().st_size / 1e6:.1f} MB). Next: ./tank eval --model {path}")
    return 0


def _eval_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", action="append", default=[], help="GGUF file; may be given several times (default: the one that ships)")
    parser.add_argument("--data", type=Path, default=ROOT / "eval" / "dev.jsonl", help="questions (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write the report as JSON")
    parser.add_argument("--markdown", type=Path, help="write the report as Markdown")


def _eval(arguments: argparse.Namespace) -> int:
    from tank_language.llama_model import load_model
    from tank_language.model_file import find_model
    from tank_language.pipeline import evaluation
    from tank_language.translator import Translator

    questions = evaluation.read_questions(arguments.data)
    results = {}
    for path in [find_model(name) for name in arguments.model or [""]]:
        model = load_model(path, threads=arguments.threads)
        results[str(path)] = evaluation.report(evaluation.ask(Translator(model), questions))
        model.close()
    text = "\n".join(evaluation.as_markdown(name, result) for name, result in results.items())
    print(text)
    for path, content in ((arguments.json, json.dumps(results, indent=1)), (arguments.markdown, text)):
        if path:
            path.write_text(content + "\n", encoding="utf-8")
    return 0


def _data_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True, help="JSON lines to write")
    parser.add_argument("--count", type=int, default=10_000, help="sentences beside the hand-written ones (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)


def _data(arguments: argparse.Namespace) -> int:
    from tank_language.pipeline import dataset

    handwritten = dataset.read_handwritten()
    stream = islice(dataset.stream(handwritten, arguments.seed), arguments.count)
    counts = dataset.write_jsonl([*handwritten, *stream], arguments.out)
    for name, count in sorted(counts.items()):
        print(f"{name:24} {count}", file=sys.stderr)
    return 0


def run(argv: list[str]) -> int:
    """``main`` with expected failures as one line."""
    try:
        return main(argv)
    except TankError as error:
        print(f"tank: {error}", file=sys.stderr)
        return 2
