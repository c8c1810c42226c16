"""The arguments of a stack, and their values as ROS parameters. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from tank_core.exceptions import ConfigFileError
from tank_core.io.arguments import finite
from tank_core.io.one_line import quoted

Value = str | bool | int | float

_WHOLE = 2**53  # a double tells whole numbers up to here apart


class StackFileError(ConfigFileError):
    """A stack description that is wrong or missing, or a wrong argument."""


@dataclass(frozen=True)
class Argument:
    """An argument of a stack, whose type is its default's."""

    name: str
    default: Value
    description: str
    choices: tuple[str, ...] = ()
    # by value: defaults of other arguments
    sets: Mapping[Value, Mapping[str, Value]] = field(default_factory=dict)

    def read(self, text: str) -> Value:
        """The value of a text, as on a command line. Raises StackFileError."""
        if self.choices and text not in self.choices:
            raise StackFileError(
                f"{self.name} is {quoted(text)}; say one of {', '.join(self.choices)}"
            )
        if isinstance(self.default, bool):
            if text.lower() not in ("true", "false"):
                raise StackFileError(f"{self.name} is {quoted(text)}; say true or false")
            return text.lower() == "true"
        if isinstance(self.default, str):
            return text
        value = finite(text)
        if value is None or (
            isinstance(self.default, int) and (not value.is_integer() or abs(value) > _WHOLE)
        ):
            raise StackFileError(
                f"{self.name} is {quoted(text)}; say a number, such as {self.default!r}"
            )
        return type(self.default)(value)


def as_yaml(name: str, value: Value) -> str:
    """Write a setting as rcl reads it on a command line.

    YAML in ASCII, which says any text. Not JSON: that writes a character beyond U+FFFF as two
    surrogates, which libyaml refuses, and DEL as it is, which it refuses, too. Raises
    StackFileError for what is no Unicode.
    """
    if not isinstance(value, str):
        return json.dumps(value)
    if not all(map(_sayable, value)):
        raise StackFileError(
            f"{name} is {quoted(value)}; a ROS parameter is text in UTF-8 without null characters: "
            f"rename that file"
        )
    return f'"{"".join(map(_yaml_character, value))}"'


def _sayable(character: str) -> bool:
    return character != "\0" and not "\ud800" <= character <= "\udfff"


def _yaml_character(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if " " <= character <= "~":
        return character
    return f"\\U{ord(character):08X}"
