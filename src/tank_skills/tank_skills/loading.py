"""Finds the file of a learned skill, and makes it ready for the executor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path

from tank_core.exceptions import ModelError
from tank_core.io.one_line import quoted
from tank_core.io.shipped import shipped_folders
from tank_core.robot import Robot
from tank_core.skill import Skill, SkillCard
from tank_core.state import Floats
from tank_skills.network import Spec
from tank_skills.skill_file import CURE, SUFFIX, SkillFile, read_skill, write_skill

# The runtimes by the ``kind`` of a card, each the class of a module of this package. A kind of
# one's own is added with ``add_kind``.
KINDS = {
    "turner": "Turner",
    "driver": "Driver",
    "reacher": "Reacher",
    "sequence": "Sequence",
}
_added: dict[str, Callable[[SkillFile, Robot], Skill]] = {}


def add_kind(kind: str, make: Callable[[SkillFile, Robot], Skill]) -> None:
    """Let ``make`` load the skills whose card says this ``kind``."""
    _added[kind] = make


def load_skill(name_or_path: str | Path, robot: Robot) -> Skill:
    """The skill of a file, ready for this robot.

    A name such as "face-rasptank" is one that comes with Tank; what has a "/" in it or ends with
    .safetensors is a path. Raises ModelError, in one line, for a file that is missing, damaged,
    foreign, or made for another robot.
    """
    file = read_skill(find_skill(str(name_or_path)))
    file.check_robot(robot)
    kind = file.card.kind
    if kind not in KINDS and kind not in _added:
        raise ModelError(
            f"skill {file.card.name} is of the kind {quoted(kind)}; known are "
            f"{', '.join((*KINDS, *_added))}; {CURE}"
        )
    make = _added.get(kind) or getattr(import_module(f"tank_skills.{kind}"), KINDS[kind])
    skill: Skill = make(file, robot)
    return skill


def save_skill(
    path: Path, card: SkillCard, specs: Mapping[str, Spec], arrays: Mapping[str, Floats]
) -> None:
    """Write a skill's file; see ``SkillFile`` for ``specs`` and ``arrays``."""
    write_skill(path, SkillFile(card, specs, arrays))


def find_skill(given: str) -> Path:
    """The path of a skill by its name or path.

    Raises ModelError for an unknown name.
    """
    if "/" in given or given.endswith(SUFFIX):
        return Path(given).expanduser()
    folders = shipped_folders("models/skills", "tank_skills", "skills")
    known = {file.stem: file for folder in reversed(folders) for file in folder.glob(f"*{SUFFIX}")}
    if given not in known:
        raise ModelError(
            f"no skill is called {quoted(given)}; there are {', '.join(sorted(known)) or 'none'}; "
            f"give one of these, or the path of a {SUFFIX} file"
        )
    return known[given]
