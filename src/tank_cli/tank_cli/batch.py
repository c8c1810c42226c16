"""Sentences from a JSON-lines file, their meanings into another.

Pure but for the files; the translator is an argument.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tank_core.commands import command_to_dict, commands_from_json
from tank_core.commands.shorthand import NO_PREVIOUS, Previous
from tank_core.exceptions import InvalidCommandError
from tank_core.io.inputs import InputError, parse_json, read_bytes
from tank_core.io.outputs import write
from tank_language.translator import Translation, rejected

Translate = Callable[..., Translation]  # of an instruction and, by name, what was ``previous``


@dataclass(frozen=True)
class Line:
    """A line of the input: what it holds, or ``fault``, what is wrong."""

    number: int  # from 1
    id: Any = None
    instruction: Any = None
    previous: Previous = NO_PREVIOUS
    fault: str = ""


def read_lines(path: Path) -> list[Line]:
    """Every line that is not blank.

    Raises TankError when the file cannot be read at all.
    """
    data = read_bytes(path).removeprefix(codecs.BOM_UTF8)
    lines = enumerate(data.split(b"\n"), start=1)
    return [_read_line(number, line) for number, line in lines if line.strip()]


def _read_line(number: int, line: bytes) -> Line:
    try:
        item = parse_json(line)
    except InputError as error:
        return Line(number, fault=str(error))
    if not isinstance(item, dict):
        return Line(number, fault='not an object such as {"id": "1", "instruction": "turn left"}')
    fault = next((f"has no {key}" for key in ("id", "instruction") if key not in item), "")
    if not fault and not isinstance(item["instruction"], str):
        fault = "has an instruction that is not text"
    before, previous = item.get("previous", []), NO_PREVIOUS
    if not fault and not isinstance(before, list):
        fault = 'has a "previous" that is no list of commands'
    try:
        previous = NO_PREVIOUS.then(commands_from_json({"commands": before}))
    except InvalidCommandError as error:
        fault = fault or f'has a "previous" that nobody can have asked for: {error}'
    return Line(number, item.get("id"), item.get("instruction"), previous, fault)


def translate_lines(lines: Iterable[Line], translate: Translate) -> Iterator[dict[str, Any]]:
    """The line of output for each line of input, in their order."""
    for line in lines:
        translation = (
            rejected(f"line {line.number} {line.fault}")
            if line.fault
            else translate(line.instruction, previous=line.previous)
        )
        yield {
            "id": line.id,
            "instruction": line.instruction,
            "commands": [command_to_dict(command) for command in translation.commands],
            "verdict": str(translation.verdict),
            "latency_ms": round(translation.latency_s * 1e3, 3),
        }


def write_lines(path: Path, items: Iterable[dict[str, Any]]) -> None:
    """All lines or none.

    The file appears, or is replaced, when the last is there. Raises OutputError that says where
    they are instead.
    """
    write(path, "".join(json.dumps(item) + "\n" for item in items).encode("ascii"))
