"""The full text of a message's definition, with those that it uses. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

SEPARATOR = "=" * 80
# docs.ros.org, "Interfaces": all that is no other message
_NUMBERS = {f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)}
PRIMITIVES = {*_NUMBERS, "bool", "byte", "char", "float32", "float64", "string", "wstring"}
_FIELD = re.compile(r"^\s*(?P<type>[A-Za-z][A-Za-z0-9_/]*)(\[[^\]]*\])?\s+[A-Za-z]")

Find = Callable[[str], str]  # from "nav_msgs/Odometry" to the text of its file


def full_text(type_name: str, find: Find) -> str:
    """The definition of ``nav_msgs/msg/Odometry`` and of all that it uses.

    As rosbag2 stores it in the encoding "ros2msg": the text itself, then for each further type a
    line of 80 ``=``, ``MSG: package/Name``, and its text
    (github.com/ros2/rosbag2, docs/message_definition_encoding.md).
    """
    first = type_name.replace("/msg/", "/")
    texts: dict[str, str] = {}
    _gather(first, find, texts)
    rest = (f"{SEPARATOR}\nMSG: {name}\n{text}" for name, text in texts.items() if name != first)
    return "\n".join((texts[first], *rest))


def _gather(name: str, find: Find, texts: dict[str, str]) -> None:
    texts[name] = find(name)
    for used in uses(texts[name], name.partition("/")[0]):
        if used not in texts:
            _gather(used, find, texts)


def uses(text: str, package: str) -> Iterator[str]:
    """The messages that a definition of ``package`` has as fields."""
    for line in text.splitlines():
        found = _FIELD.match(line)
        if found is None or found["type"] in PRIMITIVES:
            continue
        yield found["type"] if "/" in found["type"] else f"{package}/{found['type']}"


def same_meaning(one: str, other: str) -> bool:
    """Whether two definitions differ in comments and blanks at most."""
    return _bare(one) == _bare(other)


def _bare(text: str) -> list[list[str]]:
    return [words for line in text.splitlines() if (words := line.partition("#")[0].split())]
