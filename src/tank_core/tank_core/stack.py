"""The stack as data: which processes there are and which nodes run in each. Pure: the launch files and the supervisor read the same.

``launch/config/stack.yaml``::

    settings: {use_sim_time: true}    # optional: parameters of every node, whatever else is given
    processes:
      simulator:
        nodes: [tank_sim.sim_node:SimNode]
        params: [robot, world]        # optional: the settings that this process takes; all, where it is left out
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tank_core.exceptions import TankError

CONFIG = Path("config") / "stack.yaml"
BRINGUP = "tank_bringup"
_SPEC = re.compile(r"[a-z_][\w.]*:[A-Za-z_]\w*")

Value = str | bool | int | float


class StackFileError(TankError, ValueError):
    """A stack description that is missing or wrong."""


@dataclass(frozen=True)
class Process:
    """Some nodes that share a process, each as MODULE:CLASS. ``params``: settings it takes (None: all); ``fixed``: those it has."""

    name: str
    nodes: tuple[str, ...]
    params: tuple[str, ...] | None = None
    fixed: Mapping[str, Value] = field(default_factory=dict)

    def settings(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Those of the given settings that this process takes, and its fixed ones."""
        return {name: value for name, value in given.items() if self.params is None or name in self.params} | dict(self.fixed)

    def command(self, given: Mapping[str, Value]) -> list[str]:
        """The command line that runs it, with settings as ROS parameters of every node in it."""
        settings = self.settings(given)
        parameters = [word for name, value in settings.items() for word in ("-p", f"{name}:={json.dumps(value)}")]
        ros_args = ["--ros-args", *parameters] if parameters else []
        return [sys.executable, "-m", "tank_core.ros_main", *self.nodes, *ros_args]


@dataclass(frozen=True)
class Stack:
    """All processes, in the order in which they are started."""

    processes: tuple[Process, ...]

    @property
    def node_names(self) -> tuple[str, ...]:
        """The names under which the nodes appear."""
        return tuple(node_name(spec) for process in self.processes for spec in process.nodes)


def node_name(spec: str) -> str:
    """The node's name by this project's rule, the class in lower case: "tank_sim.sim_node:SimNode" is sim_node."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", spec.partition(":")[2]).lower()


def load_stack(path: Path | None = None) -> Stack:
    """The stack of a file; of the one that comes with Tank when None. Raises StackFileError that names what is wrong."""
    file = path or find_stack_file()
    try:
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise StackFileError(f"stack description {file} cannot be read: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise StackFileError(f"stack description {file} is not YAML: {' '.join(str(error).split())}") from None
    return read_stack(data, str(file))


def read_stack(data: Any, where: str = "stack.yaml") -> Stack:
    """The stack of plain YAML. Raises StackFileError."""
    processes = data.get("processes") if isinstance(data, dict) else None
    if not isinstance(processes, dict) or not processes:
        raise StackFileError(f"{where}: give processes: {{NAME: {{nodes: [MODULE:CLASS, ...]}}}}")
    unknown = set(data) - {"processes", "settings"}
    fixed = data.get("settings", {})
    if (
        unknown
        or not isinstance(fixed, dict)
        or not all(isinstance(name, str) and isinstance(value, Value) for name, value in fixed.items())
    ):
        raise StackFileError(f"{where}: beside processes there may be settings: {{NAME: VALUE}} and nothing else")
    return Stack(tuple(_process(str(name), entry, fixed, where) for name, entry in processes.items()))


def _process(name: str, entry: Any, fixed: Mapping[str, Value], where: str) -> Process:
    if not isinstance(entry, dict) or set(entry) - {"nodes", "params"}:
        raise StackFileError(f"{where}: process {name} is {entry!r}; it must have nodes, and may have params")
    nodes, params = entry.get("nodes"), entry.get("params")
    if not _texts(nodes) or not nodes or not all(map(_SPEC.fullmatch, nodes)):
        raise StackFileError(f"{where}: nodes of process {name} are {nodes!r}; give a list of MODULE:CLASS")
    if params is not None and not _texts(params):
        raise StackFileError(f"{where}: params of process {name} are {params!r}; give a list of names")
    return Process(name, tuple(nodes), None if params is None else tuple(params), fixed)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def find_stack_file() -> Path:
    """In the source checkout, or where tank_bringup is installed. Raises StackFileError."""
    for folder in _bringup_folders():
        if (folder / CONFIG).is_file():
            return folder / CONFIG
    raise StackFileError(f"{CONFIG} of {BRINGUP} is not found; set TANK_ROOT to the checkout, or source the workspace")


def _bringup_folders() -> Iterator[Path]:
    roots = [Path(os.environ["TANK_ROOT"])] if os.environ.get("TANK_ROOT") else []
    yield from (root / "launch" for root in (*roots, *Path(__file__).resolve().parents))
    for prefix in filter(None, os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep)):
        yield Path(prefix) / "share" / BRINGUP
