"""Builds dataclasses from YAML: the one reader of files of settings.

Unknown and missing keys, wrong types and values that cannot be are refused with ConfigFileError, or
with its kind that ``faults_as`` names. What a value may be is part of its type:
``Annotated[float, Within(0.1, 5.0, "m")]``, ``Annotated[str, PlainName()]``. ``where`` is the place
so far, such as "tank.yaml: drive: wheel_radius"; every refusal begins with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import MISSING, dataclass, fields, is_dataclass
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Protocol,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from tank_core.exceptions import ConfigFileError
from tank_core.io.one_line import quoted
from tank_core.io.yaml_files import read_yaml

_T = TypeVar("_T")

# in SI units nothing of a robot is larger; not-a-number and infinity fail the comparison too
_LARGEST = 1e9
_LONGEST_WORD = 64


class Rule(Protocol):
    """A rule that a number or a text obeys besides its type.

    ``wanted`` says it, such as "0.1 to 5 m".
    """

    @property
    def wanted(self) -> str: ...

    def allows(self, value: Any) -> bool: ...


@dataclass(frozen=True)
class Within:
    """A number from ``low`` to ``high``, both allowed."""

    low: float
    high: float
    unit: str = ""

    @property
    def wanted(self) -> str:
        return f"{self.low:g} to {self.high:g} {self.unit}".rstrip()

    def allows(self, value: float) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True)
class PlainName:
    """A name that ROS, URDF, MJCF and a shell take as it is."""

    wanted: str = f"up to {_LONGEST_WORD} letters, digits and underscores, a letter first"

    def allows(self, value: str) -> bool:
        return (
            len(value) <= _LONGEST_WORD and re.fullmatch("[A-Za-z][A-Za-z0-9_]*", value) is not None
        )


Identifier = Annotated[str, PlainName()]


@dataclass(frozen=True)
class Matching:
    """A text that a regular expression matches from end to end."""

    pattern: str
    wanted: str

    def allows(self, value: str) -> bool:
        return re.fullmatch(self.pattern, value) is not None


@contextmanager
def faults_as(kind: type[ConfigFileError]) -> Iterator[None]:
    """Give a file's faults the name of its kind; around a block or function."""
    try:
        yield
    except ConfigFileError as error:
        if isinstance(error, kind):
            raise
        raise kind(str(error)) from None


def read_config(kind: type[_T], text: str, where: str) -> _T:
    """The value of a YAML text. Raises ConfigFileError."""
    value: _T = build(kind, read_yaml(text, where), where)
    return value


def laid_over(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of both, ``new`` before ``old``, mapping by mapping.

    Neither is changed.
    """
    merged = {
        key: laid_over(value, {}) if isinstance(value, Mapping) else value
        for key, value in old.items()
    }
    for key, value in new.items():
        below = merged.get(key)
        merged[key] = (
            laid_over(below if isinstance(below, dict) else {}, value)
            if isinstance(value, Mapping)
            else value
        )
    return merged


def build(kind: Any, data: Any, where: str) -> Any:
    """Build a value of type ``kind`` from plain data. Raises ConfigFileError.

    ``kind`` is a dataclass, dict, tuple, X | None, a choice of scalars such as str | int, a number,
    a text, or an enumeration.
    """
    if is_dataclass(kind):
        return _build_dataclass(kind, data, where)
    origin, args = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _build_ruled(args[0], args[1], data, where)
    if origin is dict:
        _expect(isinstance(data, dict), where, data, "a mapping")
        keys = [(build(args[0], key, f"{where}: key"), value) for key, value in data.items()]
        return {key: build(args[1], value, f"{where}: {key}") for key, value in keys}
    if origin is tuple:
        _expect(isinstance(data, list), where, data, "a list")
        if args[-1] is Ellipsis:
            return tuple(build(args[0], item, f"{where}[{i}]") for i, item in enumerate(data))
        _expect(len(data) == len(args), where, data, f"a list of {len(args)}")
        return tuple(
            build(item_kind, item, f"{where}[{i}]")
            for i, (item_kind, item) in enumerate(zip(args, data, strict=True))
        )
    if origin in (Union, UnionType):
        if NoneType in args:  # X | None
            return None if data is None else build(args[0], data, where)
        _expect(type(data) in args, where, data, " or ".join(each.__name__ for each in args))
        return data
    return _build_scalar(kind, data, where)


def _build_ruled(kind: Any, rule: Rule, data: Any, where: str) -> Any:
    try:
        value = _build_scalar(kind, data, where)
    except ConfigFileError:
        value = None
    if value is None or not rule.allows(value):
        is_text = kind is not str and isinstance(data, str)
        given = quoted(data) + (", which YAML takes for a text" if is_text else "")
        whole, as_number = (
            "a whole number, " if kind is int else "",
            ", written as 0.1 or 1.0e-1" if is_text else "",
        )
        raise ConfigFileError(f"{where} is {given}; give {whole}{rule.wanted}{as_number}")
    return value


def _build_dataclass(kind: Any, data: Any, where: str) -> Any:
    _expect(isinstance(data, dict), where, data, "a mapping")
    hints, known = (
        get_type_hints(kind, include_extras=True),
        {field.name: field for field in fields(kind)},
    )
    for key in data:
        if key not in known:
            raise ConfigFileError(
                f"{where}: key {quoted(key)} is not known; the keys here are {', '.join(known)}"
            )
    for key, field in known.items():
        if key not in data and field.default is MISSING and field.default_factory is MISSING:
            raise ConfigFileError(f"{where}: key {key!r} is missing; add it")
    return kind(**{key: build(hints[key], value, f"{where}: {key}") for key, value in data.items()})


def _build_scalar(kind: Any, data: Any, where: str) -> Any:
    if kind is float:
        _expect(
            isinstance(data, (int, float)) and not isinstance(data, bool), where, data, "a number"
        )
        _expect(-_LARGEST <= data <= _LARGEST, where, data, "a finite number")
        return float(data)
    if kind in (int, str, bool):
        _expect(
            isinstance(data, kind) and (kind is bool or not isinstance(data, bool)),
            where,
            data,
            kind.__name__,
        )
        _expect(
            kind is not int or -_LARGEST <= data <= _LARGEST,
            where,
            data,
            "a number up to a thousand million",
        )
        return data
    try:
        return kind(data)
    except ValueError:
        raise ConfigFileError(
            f"{where}: {quoted(data)} is not one of {', '.join(map(str, kind))}"
        ) from None


def _expect(condition: bool, where: str, data: Any, wanted: str) -> None:
    if not condition:
        raise ConfigFileError(f"{where}: {quoted(data)} is not {wanted}")
