"""Text and YAML of files that people write.

Plain data, or one line that says what is wrong.

Plain YAML alone: mappings, lists, texts and numbers. Tags and keys that are given twice are
refused; so is what would take long or much memory to read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tank_core.exceptions import ConfigFileError
from tank_core.io.inputs import InputError, read_bytes
from tank_core.io.one_line import one_line

LARGEST_FILE = 1 << 18  # [bytes] fifty times as large as the largest file that comes with Tank
DEEPEST = 32  # mappings and lists in one another
# [letters]; a number of so many digits still can be computed with and written out
LONGEST_VALUE = 2_000
MOST_VALUES = 20_000  # once every alias is written out


def read_text(path: Path | str, what: str, cure: str = "give the path of a YAML file") -> str:
    """The text of a file that a person named; ``what`` is such as "robot file".

    Raises ConfigFileError.

    Never waits: a folder, a pipe or a device is not opened.

    """
    try:
        content = read_bytes(path, LARGEST_FILE, what=what, cure=cure, only_file=True)
    except InputError as error:
        raise ConfigFileError(str(error)) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        fault = f"byte {error.start} is {content[error.start]:#04x}"
        raise ConfigFileError(
            f"{what} {one_line(path)} is not UTF-8 text: {fault}; save it as UTF-8"
        ) from None


def read_yaml(text: str, where: str) -> Any:
    """The data of a YAML text.

    Raises ConfigFileError with the parser's words in one line.
    """
    where = one_line(where)
    try:
        loader = _PlainLoader(text, where)
        try:
            return loader.get_single_data()
        finally:
            loader.dispose()
    except _Refused as error:
        raise ConfigFileError(f"{where}: {error}") from None
    except yaml.YAMLError as error:
        raise ConfigFileError(f"{where} is not YAML: {one_line(error)}") from None
    except ValueError as error:  # such as a letter beyond those of Unicode
        raise ConfigFileError(
            f"{where} has a value that cannot be read: {one_line(error)}"
        ) from None


class _Refused(yaml.YAMLError):
    """YAML, but not what belongs into such a file."""


class _PlainLoader(yaml.SafeLoader):
    """SafeLoader without tags, dates, and what makes small texts large."""

    def __init__(self, text: str, name: str) -> None:
        super().__init__(text)
        self.name = name  # in the parser's messages
        self.yaml_implicit_resolvers = {
            first: [(tag, pattern) for tag, pattern in known if not tag.endswith(":timestamp")]
            for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
        }
        self._depth = 0
        self._sizes: dict[int, int] = {}  # of composed nodes by their id, aliases written out

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if getattr(event, "tag", None) is not None:
            raise _refused(f"the tag {event.tag!r}; give plain texts and numbers", event)
        if len(getattr(event, "value", "")) > LONGEST_VALUE:
            raise _refused(
                f"a value of more than {LONGEST_VALUE} letters; give a shorter one", event
            )
        self._depth += 1
        if self._depth > DEEPEST:
            raise _refused(f"mappings or lists more than {DEEPEST} deep; give fewer", event)
        node: Any = super().compose_node(parent, index)
        self._depth -= 1
        if not isinstance(event, yaml.AliasEvent):
            self._sizes[id(node)] = 1 + sum(map(self._sizes.__getitem__, map(id, _children(node))))
        elif id(node) not in self._sizes:  # not composed to its end
            raise _refused(
                f"the alias *{event.anchor} of what it is part of; write the value out", event
            )
        if self._sizes[id(node)] > MOST_VALUES:
            raise _refused(f"more than {MOST_VALUES} values; give fewer", event)
        return node

    def compose_mapping_node(self, anchor: Any) -> Any:
        node = super().compose_mapping_node(anchor)
        seen: set[tuple[str, str]] = set()
        for key, _ in node.value:
            word = (key.tag, str(key.value))
            if isinstance(key, yaml.ScalarNode) and word in seen:
                raise _refused(f"the key {key.value!r} twice; give it once", key)
            seen.add(word)
        return node


def _children(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _refused(found: str, at: Any) -> _Refused:
    return _Refused(f"line {at.start_mark.line + 1} has {found}")
