"""The stacks as data: processes, their nodes, and their arguments.

Pure: launch files, supervisor and systemd's units read the same ``launch/config/NAME.yaml``::

    arguments:                        # what may be said at start; each becomes a parameter
      mock_hardware:                  # of the nodes that have it
        default: false
        description: ...
        sets: {true: {wires: mock}}   # what its value makes of others' defaults
    settings: {use_sim_time: true}    # optional: parameters of every node, in any case
    processes:
      guardian:                       # a plain Python module
        module: tank_hw_driver.guardian
        words: [--wires, "{wires}"]   # {NAME} is the value of an argument
      simulator:
        nodes: [tank_sim.sim_node:SimNode]
        params: [robot, world]        # optional: the settings it takes; all, if left out
        when: mock_hardware           # optional: only where this argument is true, or, with
                                      # NAME:=VALUE, has this value
        besides: {cockpit: [a.b:C]}   # optional: nodes that are in it where such an argument holds

``python -m tank_stack.stack NAME PROCESS [ARGUMENT:=VALUE ...]`` becomes one process of a stack,
for systemd and containers.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

from tank_core.exceptions import TankError
from tank_core.io.checkout import find_checkout
from tank_core.io.config_file import Matching, build, faults_as
from tank_core.io.one_line import one_line, quoted
from tank_core.io.yaml_files import read_text, read_yaml
from tank_stack.arguments import Argument, StackFileError, Value, as_yaml

SIM, RASPTANK = "sim", "rasptank"  # the stacks that come with Tank
BRINGUP = "tank_bringup"
CLOCK = "/clock"  # where every node of ROS listens for simulated time, whatever its namespace
_SPEC = Matching(r"[a-z_][\w.]*:[A-Za-z_]\w*", "MODULE:CLASS")
_MODULE = Matching(r"[a-z_][\w.]*", "the name of a module, such as a.b")
_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Process:
    """A process of the stack: nodes that share it, or a Python module.

    Nodes are MODULE:CLASS; a ``module`` has its ``words``. ``params``: settings that its nodes take
    (None: all); ``fixed``: those they have; ``when``: the argument that must be true, or
    NAME:=VALUE; ``besides``: nodes that it has, too, where such an argument holds.
    """

    name: str
    nodes: tuple[str, ...] = ()
    params: tuple[str, ...] | None = None
    fixed: Mapping[str, Value] = field(default_factory=dict)
    module: str = ""
    words: tuple[str, ...] = ()
    when: str = ""
    besides: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def nodes_in(self, given: Mapping[str, Value]) -> tuple[str, ...]:
        """The nodes that it has with these settings."""
        more = (specs for when, specs in self.besides.items() if _holds(when, given))
        return (*self.nodes, *chain.from_iterable(more))

    def settings(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The given settings that this process takes, and its fixed ones."""
        return {
            name: value
            for name, value in given.items()
            if self.params is None or name in self.params
        } | dict(self.fixed)

    def command(self, given: Mapping[str, Value], space: str = "") -> list[str]:
        """The command line that runs it.

        Settings become ROS parameters of every node in it, or a module's words. ``space``: the
        namespace of its nodes, which then have a clock of their own, too.
        """
        if self.module:
            words = [
                _PLACE.sub(lambda match: str(given.get(match[1], "")), word) for word in self.words
            ]
            return [sys.executable, "-m", self.module, *words]
        settings = self.settings(given)
        parameters = [
            word
            for name, value in settings.items()
            for word in ("-p", f"{name}:={as_yaml(name, value)}")
        ]
        own = ["-r", f"__ns:=/{space}", "-r", f"{CLOCK}:=/{space}{CLOCK}"] if space else []
        ros_args = ["--ros-args", *parameters, *own] if parameters or own else []
        return [
            sys.executable,
            "-m",
            "tank_core.ros.runtime.run_nodes",
            *self.nodes_in(given),
            *ros_args,
        ]


@dataclass(frozen=True)
class Stack:
    """All processes in the order of their start, and the stack's arguments."""

    processes: tuple[Process, ...]
    arguments: tuple[Argument, ...] = ()
    name: str = SIM

    def process(self, name: str) -> Process:
        """The process of that name. Raises KeyError."""
        return {one.name: one for one in self.processes}[name]

    @property
    def node_names(self) -> tuple[str, ...]:
        """The names under which the nodes appear."""
        return tuple(node_name(spec) for process in self.processes for spec in process.nodes)

    def settings(self, given: Mapping[str, Value]) -> dict[str, Value]:
        """The settings that hold: those given, and the defaults of the others.

        Some defaults depend on what was given. What is given as the default itself counts as not
        given: ros2 launch gives every argument.
        """
        defaults: dict[str, Value] = {
            argument.name: argument.default for argument in self.arguments
        }
        settings = defaults | dict(given)
        for argument in self.arguments:
            changes = argument.sets.get(settings[argument.name], {})
            settings |= {
                name: value
                for name, value in changes.items()
                if settings.get(name) == defaults.get(name)
            }
        return settings

    def started(self, settings: Mapping[str, Value]) -> tuple[Process, ...]:
        """The processes that these settings start."""
        return tuple(
            process
            for process in self.processes
            if not process.when or _holds(process.when, settings)
        )

    def nodes_started(self, settings: Mapping[str, Value]) -> tuple[str, ...]:
        """The names of the nodes that these settings start."""
        return tuple(
            node_name(spec) for each in self.started(settings) for spec in each.nodes_in(settings)
        )

    def read_words(self, words: Sequence[str]) -> dict[str, Value]:
        """Settings of ``NAME:=VALUE`` words.

        Raises StackFileError that names the arguments.
        """
        known = {argument.name: argument for argument in self.arguments}
        given: dict[str, Value] = {}
        for word in words:
            name, mark, text = word.partition(":=")
            if not mark or name not in known:
                names = ", ".join(known)
                raise StackFileError(
                    f"{quoted(word)} is no argument of the stack {self.name}; say NAME:=VALUE with "
                    f"one of {names}"
                )
            given[name] = known[name].read(text)
        return given


def _holds(condition: str, settings: Mapping[str, Value]) -> bool:
    """Whether an argument is true, or has the value of ``NAME:=VALUE``."""
    name, has_value, value = condition.partition(":=")
    return str(settings.get(name)) == value if has_value else settings.get(name) is True


def node_name(spec: str) -> str:
    """The node's name by this project's rule, the class in lower case.

    "tank_sim.sim_node:SimNode" is sim_node.
    """
    return re.sub(r"(?<!^)(?=[A-Z])", "_", spec.partition(":")[2]).lower()


@dataclass(frozen=True)
class _ArgumentEntry:
    default: Value
    description: str
    choices: tuple[str, ...] = ()
    sets: dict[Value, dict[str, Value]] = field(default_factory=dict)


@dataclass(frozen=True)
class _ProcessEntry:
    nodes: tuple[Annotated[str, _SPEC], ...] = ()
    params: tuple[str, ...] | None = None
    module: Annotated[str, _MODULE] = ""
    words: tuple[str, ...] = ()
    when: str = ""
    besides: dict[str, tuple[Annotated[str, _SPEC], ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class _StackFile:
    processes: dict[str, _ProcessEntry]
    settings: dict[str, Value] = field(default_factory=dict)
    arguments: dict[str, _ArgumentEntry] = field(default_factory=dict)


@faults_as(StackFileError)
def load_stack(name: str | Path = SIM) -> Stack:
    """The stack of a name that comes with Tank, or of a file by its path.

    Raises StackFileError that names what is wrong.
    """
    file = name if isinstance(name, Path) else find_stack_file(name)
    return read_stack(read_yaml(read_text(file, "stack description"), str(file)), str(file))


@faults_as(StackFileError)
def read_stack(data: Any, where: str = "sim.yaml") -> Stack:
    """The stack of plain YAML. Raises StackFileError."""
    file: _StackFile = build(_StackFile, data, where)
    if not file.processes:
        raise StackFileError(f"{where}: processes is empty; give NAME: {{nodes: [MODULE:CLASS]}}")
    for name, entry in file.processes.items():
        if bool(entry.nodes) == bool(entry.module):
            has = "both nodes and a module" if entry.nodes else "neither nodes nor a module"
            raise StackFileError(f"{where}: processes: {name} has {has}; give it one of the two")
    return Stack(
        tuple(
            Process(
                name,
                each.nodes,
                each.params,
                file.settings,
                each.module,
                each.words,
                each.when,
                each.besides,
            )
            for name, each in file.processes.items()
        ),
        tuple(
            Argument(name, a.default, a.description, a.choices, a.sets)
            for name, a in file.arguments.items()
        ),
        Path(where).stem,
    )


def find_stack_file(name: str = SIM) -> Path:
    """The file of a stack, in the checkout or where tank_bringup is installed.

    Raises StackFileError.
    """
    file = Path("config") / f"{name}.yaml"
    for folder in _bringup_folders():
        if (folder / file).is_file():
            return folder / file
    raise StackFileError(
        f"{quoted(str(file))} of {BRINGUP} is not found; set TANK_ROOT to the checkout, or source "
        f"the workspace"
    )


def _bringup_folders() -> Iterator[Path]:
    if root := find_checkout():
        yield root / "launch"
    for prefix in filter(None, os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep)):
        yield Path(prefix) / "share" / BRINGUP


def main(arguments: Sequence[str]) -> int:
    """Become a process of a stack.

    Returns 2 with one line on stderr where there is no such process.
    """
    try:
        stack = (
            load_stack(Path(arguments[0]) if arguments[0].endswith(".yaml") else arguments[0])
            if arguments
            else load_stack()
        )
        settings = stack.settings(stack.read_words(arguments[2:]))
        processes = {process.name: process for process in stack.started(settings)}
        if len(arguments) < 2 or arguments[1] not in processes:
            raise StackFileError(
                f"say which process of the stack {stack.name} to run: {', '.join(processes)}"
            )
        command = processes[arguments[1]].command(settings)
    except TankError as error:
        print(f"tank: {one_line(str(error))}", file=sys.stderr)
        return 2
    return os.execv(command[0], command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
