"""The file of a learned skill: safetensors, with the card in its metadata.

The layout is Hugging Face's: 8 bytes of length, that much JSON, then the numbers, little-endian
float32 here. So any tool that reads safetensors reads it; the robot needs numpy alone.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from tank_core.exceptions import ConfigFileError, ModelError
from tank_core.io.config_file import build
from tank_core.io.inputs import InputError, parse_json, read_bytes
from tank_core.io.one_line import one_line, quoted
from tank_core.io.outputs import write
from tank_core.robot import Robot
from tank_core.skill import SkillCard
from tank_core.state import Floats
from tank_skills.network import Network, Spec

VERSION = "1"  # of what the metadata mean
LARGEST = 32_000 * 1024  # [bytes]; those that ship have a megabyte at most
SUFFIX = ".safetensors"
CURE = "copy it again, or train one: ./tank learn"
_VERSION, _CARD, _NETWORKS, _HASH = (
    f"tank.{key}" for key in ("skill", "card", "networks", "sha256")
)


@dataclass(frozen=True)
class SkillFile:
    """All that the file of a skill holds.

    ``specs`` are networks by name; the array ``actor/0.weight`` belongs to the network "actor". An
    array without "/" is a constant, such as a mean of what the networks take.
    """

    card: SkillCard
    specs: Mapping[str, Spec]
    arrays: Mapping[str, Floats]

    def network(self, name: str) -> Network:
        """The network of that name. Raises ModelError."""
        if name not in self.specs:
            raise ModelError(
                f"skill {self.card.name} has no network {quoted(name)}; it has "
                f"{', '.join(self.specs) or 'none'}"
            )
        return Network(self.specs[name], self._arrays_of(name), name)

    def constant(self, name: str, *shape: int) -> Floats:
        """The constant of that name, which has this shape. Raises ModelError."""
        found = self.arrays.get(name)
        if found is None or found.shape != shape:
            has = "is missing" if found is None else f"has the shape {found.shape}, wanted {shape}"
            raise ModelError(f"the constant {quoted(name)} of skill {self.card.name} {has}")
        return found

    def check_robot(self, robot: Robot) -> None:
        """Raise ModelError where it is for another robot or other joints."""
        if self.card.robot != robot.name:
            raise ModelError(
                f"skill {self.card.name} was trained for the robot {quoted(self.card.robot)}, and "
                f"this is {robot.name}; give one that was trained for {robot.name}"
            )
        others = [name for name in self.card.joints if name not in robot.joint_names]
        if others:
            raise ModelError(
                f"skill {self.card.name} moves the joints {', '.join(others)}, which the robot "
                f"{robot.name} has not; it has {', '.join(robot.joint_names)}; train it again"
            )

    @cached_property
    def sha256(self) -> str:
        """The hash of card, networks and numbers: it tells two skills apart."""
        return _hash(*_texts(self), _packed(self.arrays)[1])

    def _arrays_of(self, network: str) -> dict[str, Floats]:
        mark = f"{network}/"
        return {
            name.removeprefix(mark): array
            for name, array in self.arrays.items()
            if name.startswith(mark)
        }


def write_skill(path: Path, file: SkillFile) -> None:
    """Write a file of a skill, the same bytes for the same skill.

    Raises ModelError for numbers that are none and networks that cannot be built, OutputError for
    what cannot be written.
    """
    entries, data = _packed(file.arrays)
    card, networks = _texts(file)
    try:
        build(SkillCard, parse_json(card), "card")
        _check(file)
    except (InputError, ConfigFileError) as error:
        raise ModelError(f"skill {file.card.name} cannot be saved: {error}") from None
    metadata = {
        _VERSION: VERSION,
        _CARD: card,
        _NETWORKS: networks,
        _HASH: file.sha256,
    }
    header = json.dumps({"__metadata__": metadata, **entries}).encode()
    header += b" " * (-len(header) % 8)
    write(path, struct.pack("<Q", len(header)) + header + data)


def read_skill(path: Path) -> SkillFile:
    """The skill of a file.

    Raises ModelError, in one line, for what is missing, damaged, of another version, or no skill.
    """
    named = f"skill file {one_line(path)}"
    try:
        raw = read_bytes(path, LARGEST, what="skill file", cure=CURE, only_file=True)
        length = struct.unpack_from("<Q", raw)[0] if len(raw) >= 8 else len(raw)
        if length > len(raw) - 8:
            raise InputError("it is cut off, or no safetensors")
        header, data = _mapping(parse_json(raw[8 : 8 + length])), raw[8 + length :]
        metadata = _mapping(header.pop("__metadata__", {}))
        if metadata.get(_VERSION) != VERSION:
            found = metadata.get(_VERSION)
            is_other = "it is no skill of Tank" if found is None else f"its version is {found!r}"
            raise InputError(f"{is_other}; version {VERSION} is read here")
        texts = metadata.get(_CARD, ""), metadata.get(_NETWORKS, "")
        if _hash(*texts, data) != metadata.get(_HASH):
            raise InputError("it is damaged: its numbers or its card are not those of its sha256")
        card = build(SkillCard, parse_json(texts[0]), "card")
        networks = _mapping(parse_json(texts[1]))
        file = SkillFile(card, networks, _unpacked(header, data))
        _check(file)
    # the border: a hostile file may break numpy in ways of its own
    except (InputError, ConfigFileError, TypeError, ValueError, ArithmeticError) as error:
        said = str(error)
        raise ModelError(said if said.startswith(named) else f"{named}: {said}; {CURE}") from None
    return file


def _check(file: SkillFile) -> None:
    for name, array in file.arrays.items():
        if not np.isfinite(array).all():
            raise InputError(f"{quoted(name)} has numbers that are not finite")
    for name in file.specs:
        try:
            file.network(name)
        except ModelError as error:
            raise InputError(str(error)) from None


def _texts(file: SkillFile) -> tuple[str, str]:
    """Card and networks as JSON."""
    networks = {name: [dict(layer) for layer in spec] for name, spec in file.specs.items()}
    return json.dumps(asdict(file.card)), json.dumps(networks)


def _packed(arrays: Mapping[str, Floats]) -> tuple[dict[str, Any], bytes]:
    """The entries of the header, and the numbers one behind the other."""
    entries, parts, end = {}, [], 0
    for name, array in sorted(arrays.items()):
        part = np.ascontiguousarray(array, "<f4").tobytes()
        entries[name] = {
            "dtype": "F32",
            "shape": list(array.shape),
            "data_offsets": [end, end + len(part)],
        }
        parts.append(part)
        end += len(part)
    return entries, b"".join(parts)


def _unpacked(entries: Mapping[str, Any], data: bytes) -> dict[str, Floats]:
    arrays = {}
    for name, entry in entries.items():
        given = _mapping(entry)
        shape, offsets = build(_Shape, given.get("shape"), name), given.get("data_offsets")
        begin, end = build(_Offsets, offsets, name)
        whole = 0 <= begin <= end <= len(data) and min(shape, default=0) >= 0
        if given.get("dtype") != "F32" or not whole or end - begin != 4 * int(np.prod(shape)):
            raise InputError(f"the array {quoted(name)} is not of float32, or not whole")
        arrays[name] = np.frombuffer(data, "<f4", (end - begin) // 4, begin).reshape(shape)
    return arrays


_Shape, _Offsets = tuple[int, ...], tuple[int, int]


def _mapping(data: Any) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise InputError(f"{quoted(data)} is no mapping")
    return data


def _hash(card: str, networks: str, data: bytes) -> str:
    return hashlib.sha256(b"\0".join((card.encode(), networks.encode(), data))).hexdigest()
