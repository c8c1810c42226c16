"""``./tank data``: compose, count, clean and ask for training sentences."""

from __future__ import annotations

import argparse
import importlib

from tank_core.io.arguments import ModuleParser

PARTS = {
    "compose": "write the hand-written training sentences and composed ones as JSON lines",
    "count": "check, count and merge files of JSON lines",
    "ask": "ask language models at an OpenAI-compatible endpoint for sentences",
}


def configure(parser: argparse.ArgumentParser) -> None:
    parts = parser.add_subparsers(
        dest="data_command", metavar="WHAT", required=True, parser_class=ModuleParser
    )
    for name, about in PARTS.items():
        parts.add_parser(name, help=about, module=_module(name))


def run(args: argparse.Namespace) -> int:
    return int(importlib.import_module(_module(args.data_command)).run(args))


def _module(name: str) -> str:
    return f"tank_cli.data.{name}"
