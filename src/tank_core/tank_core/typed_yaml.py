"""YAML into dataclasses, refusing unknown and missing keys, wrong types and numbers that are not finite.

``where`` is the place so far, such as "tank.yaml: drive: wheel_radius"; every refusal begins with it.
"""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import yaml

from tank_core.exceptions import RobotFileError

_LARGEST = 1e9  # in SI units nothing of a robot is larger; not-a-number and infinity fail the comparison too


def read_yaml(text: str, where: str) -> Any:
    """The data of a YAML text. Raises RobotFileError with the parser's words in one line; a key that is there twice is refused, too."""
    try:
        return yaml.load(text, _Loader)
    except RecursionError:
        raise RobotFileError(f"{where} is not YAML that can be read: it is nested too deep") from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # ValueError: a date such as 2020-13-45, a number of 5000 digits
        raise RobotFileError(f"{where} is not YAML: {' '.join(str(error).split())}") from None


class _Loader(yaml.SafeLoader):
    """PyYAML's own keeps the last of two equal keys, and says nothing."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [(key.tag, key.value) for key, _ in node.value if isinstance(key, yaml.ScalarNode) and key.value != "<<"]
        if len(set(keys)) < len(keys):
            twice = next(key for key in keys if keys.count(key) > 1)[1]
            raise yaml.constructor.ConstructorError(None, None, f"the key {twice!r} is there twice; say it once", node.start_mark)
        return super().construct_mapping(node, deep)


def build(kind: Any, data: Any, where: str) -> Any:
    """A value of type ``kind`` (dataclass, dict, tuple, X | None, number, text, enumeration) from plain data."""
    if is_dataclass(kind):
        return _build_dataclass(kind, data, where)
    origin, args = get_origin(kind), get_args(kind)
    if origin is dict:
        _expect(isinstance(data, dict), where, data, "a mapping")
        return {build(args[0], key, where): build(args[1], value, f"{where}: {key}") for key, value in data.items()}
    if origin is tuple:
        _expect(isinstance(data, list), where, data, "a list")
        if args[-1] is Ellipsis:
            return tuple(build(args[0], item, f"{where}[{i}]") for i, item in enumerate(data))
        _expect(len(data) == len(args), where, data, f"a list of {len(args)}")
        return tuple(build(item_kind, item, f"{where}[{i}]") for i, (item_kind, item) in enumerate(zip(args, data, strict=True)))
    if origin in (Union, UnionType):  # X | None
        return None if data is None else build(args[0], data, where)
    return _build_scalar(kind, data, where)


def _build_dataclass(kind: Any, data: Any, where: str) -> Any:
    _expect(isinstance(data, dict), where, data, "a mapping")
    hints, known = get_type_hints(kind), {field.name: field for field in fields(kind)}
    for key in data:
        if key not in known:
            raise RobotFileError(f"{where}: key {key!r} is not known; the keys here are {', '.join(known)}")
    for key, field in known.items():
        if key not in data and field.default is MISSING and field.default_factory is MISSING:
            raise RobotFileError(f"{where}: key {key!r} is missing")
    return kind(**{key: build(hints[key], value, f"{where}: {key}") for key, value in data.items()})


def _build_scalar(kind: Any, data: Any, where: str) -> Any:
    if kind is float:
        _expect(isinstance(data, (int, float)) and not isinstance(data, bool), where, data, "a number")
        _expect(-_LARGEST <= data <= _LARGEST, where, data, "a finite number")
        return float(data)
    if kind in (int, str, bool):
        _expect(isinstance(data, kind) and (kind is bool or not isinstance(data, bool)), where, data, kind.__name__)
        _expect(kind is not int or -_LARGEST <= data <= _LARGEST, where, data, "a number up to a thousand million")
        return data
    try:
        return kind(data)
    except ValueError:
        raise RobotFileError(f"{where}: {data!r} is not one of {', '.join(map(str, kind))}") from None


def _expect(condition: bool, where: str, data: Any, wanted: str) -> None:
    if not condition:
        raise RobotFileError(f"{where}: {_short(data)} is not {wanted}")


def _short(data: Any) -> str:
    text = repr(data) if not isinstance(data, int) or abs(data) < 10**20 else f"a whole number of {data.bit_length()} bits"
    return text if len(text) <= 60 else text[:57] + "..."
