"""Sentences as JSON lines in the published format.

``{"instruction", "output": {"commands": [...]}, "source"}``.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tank_core.commands import MAX_INSTRUCTION_CHARS, Command, commands_from_json, commands_to_json
from tank_core.commands.schema import schema_problem
from tank_core.english.plain import normalize
from tank_core.exceptions import InvalidCommandError, TankError
from tank_core.io import outputs
from tank_core.io.inputs import InputError, parse_json, read_bytes


class RecordError(TankError, ValueError):
    """Something that is no record; the message says why, without the place."""


@dataclass(frozen=True)
class Record:
    """A sentence with its commands, and where it comes from."""

    instruction: str
    commands: tuple[Command, ...]
    source: str

    @property
    def key(self) -> str:
        """The normalized sentence: equal for records that are duplicates."""
        return normalize(self.instruction)

    def data(self) -> dict[str, Any]:
        """The record as JSON data."""
        return {
            "instruction": self.instruction,
            "output": commands_to_json(self.commands),
            "source": self.source,
        }

    def line(self) -> str:
        """The record as one line of JSON, without the line's end."""
        return json.dumps(self.data(), ensure_ascii=False)


@dataclass(frozen=True)
class Bad:
    """A line that is no record: ``where`` is file:line."""

    where: str
    reason: str


def record(data: Any, source: str | None = None) -> Record:
    """Read a record from a JSON value.

    With ``source`` given it need not have one. Raises RecordError.
    """
    if not isinstance(data, dict):
        raise RecordError('it is not an object {"instruction", "output", "source"}')
    instruction = data.get("instruction")
    if not isinstance(instruction, str) or not normalize(instruction):
        raise RecordError('"instruction" is missing or holds no words')
    if len(instruction) > MAX_INSTRUCTION_CHARS:
        raise RecordError(
            f'"instruction" has {len(instruction)} characters; at most {MAX_INSTRUCTION_CHARS}'
        )
    source = data.get("source") if source is None else source
    if not isinstance(source, str) or not source:
        raise RecordError('"source" is missing; say where the sentence comes from')
    return Record(" ".join(instruction.split()), _commands(data.get("output")), source)


def _commands(output: Any) -> tuple[Command, ...]:
    problem = schema_problem(output)
    if problem:
        raise RecordError(problem)
    try:
        return commands_from_json(output)
    except InvalidCommandError as error:
        # not-a-number, which JSON does not know, but Python's reader does
        raise RecordError(str(error)) from None


def read(path: Path) -> Iterator[Record | Bad]:
    """Every line of a file as a record, or as what is wrong with it.

    Empty lines are passed over. Raises TankError if it cannot be read.
    """
    lines = read_bytes(path).decode("utf-8-sig", "replace").split("\n")
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _read_line(line, f"{path}:{number}")


def _read_line(line: str, where: str) -> Record | Bad:
    try:
        return record(parse_json(line))
    except (InputError, RecordError) as error:
        return Bad(where, str(error))


def write(entries: Iterable[Record], path: Path) -> None:
    """Write a file of records; raises OutputError when it cannot be written."""
    outputs.write(path, "".join(entry.line() + "\n" for entry in entries).encode())


def unique(entries: Iterable[Record]) -> list[Record]:
    """The first of all records with the same normalized sentence."""
    first: dict[str, Record] = {}
    for entry in entries:
        first.setdefault(entry.key, entry)
    return list(first.values())


def counts(records: Iterable[Record]) -> Counter[str]:
    """Count the records of each action and of each source.

    The empty list counts as "none", a source up to its first "/".
    """
    counted: Counter[str] = Counter()
    for entry in records:
        counted["source " + entry.source.split("/")[0]] += 1
        counted.update(
            {"action " + command.action for command in entry.commands} or {"action none"}
        )
    return counted
