"""Commands from and to JSON objects, and when two answers are equal."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

from tank_core.commands.actions import (
    ACTIONS,
    MAX_COMMANDS,
    Command,
    Remember,
    Report,
    Stop,
    TakePhoto,
    Wait,
)
from tank_core.commands.kinds import Word, Words, fields_of
from tank_core.exceptions import InvalidCommandError
from tank_core.io.one_line import quoted


def command_from_dict(
    data: Mapping[str, Any], actions: Mapping[str, type[Any]] = ACTIONS
) -> Command:
    """The command that one JSON object describes.

    Raises InvalidCommandError for anything the schema refuses.
    """
    if not isinstance(data, Mapping):
        raise InvalidCommandError(
            f"a command is {quoted(data)}; it must be an object with an action"
        )
    action = data.get("action")
    kind = actions.get(action) if isinstance(action, str) else None
    if kind is None:
        raise InvalidCommandError(f"action is {quoted(action)}; say one of {', '.join(actions)}")
    known = [field.name for field in fields_of(kind)]
    for name, value in data.items():
        if name != "action" and name not in known:
            raise InvalidCommandError(
                f"{action} has no field {quoted(name)}; it has {', '.join(known) or 'none'}"
            )
        if value is None:
            raise InvalidCommandError(f"{action}.{name} is null; leave it out or give a value")
    try:
        command: Command = kind(**{name: data[name] for name in data if name != "action"})
        return command
    except TypeError:
        missing = [name for name in known if name not in data]
        raise InvalidCommandError(f"{action} lacks a field: {', '.join(missing)}") from None


def command_to_dict(command: Command) -> dict[str, Any]:
    """The JSON object of a command.

    The action first, then its fields, those that were not said left out.
    """
    data: dict[str, Any] = {"action": command.action}
    for field in fields_of(type(command)):
        value = getattr(command, field.name)
        if value is not None:
            data[field.name] = str(value) if isinstance(value, Word) else value
    return data


def commands_from_json(data: object) -> tuple[Command, ...]:
    """The commands of ``{"commands": [...]}``.

    Raises InvalidCommandError that names the first bad step.
    """
    if (
        not isinstance(data, Mapping)
        or set(data) != {"commands"}
        or not isinstance(data["commands"], list)
    ):
        raise InvalidCommandError('the answer is not {"commands": [...]} and nothing else')
    return _checked(data["commands"])


def commands_to_json(commands: Iterable[Command]) -> dict[str, Any]:
    """``{"commands": [...]}``."""
    return {"commands": [command_to_dict(command) for command in commands]}


def write_answer(commands: Iterable[Command]) -> str:
    """The answer in JSON as the grammar lets it: compact, 2 and not 2.0."""
    data = commands_to_json(commands)
    for command in data["commands"]:
        for key, value in command.items():
            if isinstance(value, float) and value.is_integer():
                command[key] = int(value)
    return json.dumps(data, separators=(",", ":"))


def _checked(items: list[Any]) -> tuple[Command, ...]:
    if len(items) > MAX_COMMANDS:
        raise InvalidCommandError(
            f"{len(items)} steps are too many; at most {MAX_COMMANDS} in one instruction"
        )
    commands = []
    for number, item in enumerate(items, start=1):
        try:
            commands.append(command_from_dict(item))
        except InvalidCommandError as error:
            raise InvalidCommandError(f"step {number}: {error}") from None
    return tuple(commands)


def equivalent(first: Iterable[Command], second: Iterable[Command]) -> bool:
    """Equality of two answers as docs/language.md defines it.

    Normal speed and the front cell count as not said.
    """
    one, other = list(first), list(second)
    return len(one) == len(other) and all(map(_same, one, other))


def moves(commands: Iterable[Command]) -> bool:
    """Whether any of these moves the robot, as docs/language.md counts it.

    All do but stop, wait, photo, report and remember.
    """
    return any(not isinstance(one, (Stop, Wait, TakePhoto, Report, Remember)) for one in commands)


def _same(first: Command, second: Command) -> bool:
    one, other = _plain(first), _plain(second)
    if one.keys() != other.keys():
        return False
    return all(
        math.isclose(one[key], other[key], rel_tol=1e-6)
        if isinstance(one[key], float)
        else one[key] == other[key]
        for key in one
    )


def _plain(command: Command) -> dict[str, Any]:
    unsaid = {
        field.name: field.kind.unsaid
        for field in fields_of(type(command))
        if isinstance(field.kind, Words) and field.kind.unsaid
    }
    data = command_to_dict(command)
    return {name: value for name, value in data.items() if unsaid.get(name) != value}
