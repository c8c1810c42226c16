"""The launch files: their arguments, and the processes that they start.

Read by the real launch where it is installed, and by a stand-in with its signatures elsewhere.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import runpy
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import launch_stand_in
import pytest
import yaml
from launch_stand_in import CLASSES, is_real, stand_in

from tank_core.exceptions import ConfigFileError
from tank_core.ros import interfaces as names
from tank_core.ros.runtime.environment import RANGE
from tank_episode.course import NORTH
from tank_executor.motion.travel import Compass
from tank_executor.ros.settings import SETTINGS, compass_of
from tank_stack.stack import RASPTANK, SIM, load_stack

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "launch"
COMMON = {"namespace": "", "params_file": None, "use_rviz": "false", "log_level": "info"}
MODULE = "tank_stack.ros.launch_description"
STACKS = [SIM, RASPTANK]
REAL = is_real()
SIGNATURES = yaml.safe_load(Path(__file__).with_name("launch_signatures.yaml").read_text())


class Launched:
    """A launch file, with arguments as said to ``ros2 launch``."""

    def __init__(self, made: list[tuple[Any, dict[str, Any]]]) -> None:
        self._made = made  # each Node and ExecuteProcess, with what it was given
        self.context = importlib.import_module("launch").LaunchContext()

    def read(self, name: str, **said: str) -> list[Any]:
        """Return what the stack's description holds, its arguments set."""
        file = runpy.run_path(str(FOLDER / f"{name}.launch.py"))
        self.entities = file["generate_launch_description"]().entities
        self.context.launch_configurations.update(said)
        for entity in self.entities:
            if type(entity).__name__ in ("DeclareLaunchArgument", "SetEnvironmentVariable"):
                entity.execute(self.context)
        return self.entities

    @property
    def arguments(self) -> dict[str, Any]:
        return {one.name: one for one in self.entities if hasattr(one, "choices")}

    @property
    def used(self) -> set[str]:
        """The arguments that the description and its actions ask for."""
        return {given["variable_name"] for kind, given in self._made if kind == "argument"}

    def start(self) -> list[tuple[str, dict[str, Any]]]:
        """The processes, each with its action's class and what that was given."""
        self._made[:] = [one for one in self._made if one[0] == "argument"]
        self.actions: list[Any] = []
        for entity in self.entities:
            if type(entity).__name__ == "OpaqueFunction" and (
                entity.condition is None or entity.condition.evaluate(self.context)
            ):
                self.actions += entity.execute(self.context)
        return [(kind, given) for kind, given in self._made if kind != "argument"]


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> Iterator[Launched]:
    made: list[tuple[Any, dict[str, Any]]] = []
    sys.modules.pop(MODULE, None)
    if REAL:
        yield _recorded(made, monkeypatch)
    else:
        with stand_in():
            yield _recorded(made, monkeypatch)
    sys.modules.pop(MODULE, None)


def _recorded(made: list[tuple[Any, dict[str, Any]]], patch: pytest.MonkeyPatch) -> Launched:
    module = importlib.import_module(MODULE)

    def record(name: str, kind: str) -> None:
        real = getattr(module, name)

        def make(*args: Any, **kwargs: Any) -> Any:
            action = real(*args, **kwargs)
            bound = inspect.signature(real).bind(*args, **kwargs).arguments
            made.append((kind, {**bound, **bound.pop("kwargs", {})}))
            return action

        patch.setattr(module, name, make)

    record("Node", "Node")
    record("ExecuteProcess", "ExecuteProcess")
    record("LaunchConfiguration", "argument")
    return Launched(made)


@pytest.mark.parametrize("name", STACKS)
def test_every_argument_is_described_and_has_the_default_of_the_stack(
    launched: Launched, name: str
) -> None:
    launched.read(name)
    own = {argument.name: argument for argument in load_stack(name).arguments}
    assert set(launched.arguments) == {*COMMON, *own}
    assert all(len(one.description) > 5 for one in launched.arguments.values())
    values = launched.context.launch_configurations
    for argument in own.values():
        assert argument.read(values[argument.name]) == argument.default
        choices = ("true", "false") if isinstance(argument.default, bool) else argument.choices
        assert tuple(launched.arguments[argument.name].choices or ()) == choices
    assert Path(values["params_file"]).parts[-2:] == ("config", "params.yaml")
    assert {key: values[key] for key, value in COMMON.items() if value is not None} == {
        key: value for key, value in COMMON.items() if value is not None
    }


@pytest.mark.parametrize("name", STACKS)
def test_every_argument_that_is_asked_for_is_declared(launched: Launched, name: str) -> None:
    """In conditions and in actions, and each that is declared is asked for."""
    launched.read(name, use_rviz="true")
    launched.start()
    assert launched.used == set(launched.arguments)


@pytest.mark.parametrize("name", STACKS)
@pytest.mark.parametrize("said", ["true", "false"])
def test_each_process_of_the_stack_is_one_action(launched: Launched, name: str, said: str) -> None:
    stack = load_stack(name)
    given = {"mock_hardware": said} if name == RASPTANK else {"headless": said}
    launched.read(name, **given)
    settings = stack.settings({key: value == "true" for key, value in given.items()})
    processes = stack.started(settings)
    started = launched.start()
    assert len(started) == len(processes)
    for process, (kind, action) in zip(processes, started, strict=True):
        assert action["respawn"] is True and action["output"] == "screen"
        if process.module:
            assert kind == "ExecuteProcess" and action["name"] == process.name
            assert action["cmd"] == process.command(settings) and find_spec(process.module)
        else:
            assert kind == "Node" and action["arguments"] == list(process.nodes)
            values = action["parameters"][1]
            assert {key: one.value for key, one in values.items()} == process.settings(settings)
            assert all(one.value_type is type(one.value) for one in values.values())


@pytest.mark.parametrize("name", STACKS)
def test_each_executable_is_one_that_its_package_installs(launched: Launched, name: str) -> None:
    launched.read(name)
    nodes = [action for kind, action in launched.start() if kind == "Node"]
    assert nodes
    for node in nodes:
        package = ROOT / "src" / node["package"]
        assert f"<name>{node['package']}</name>" in (package / "package.xml").read_text()
        assert f'"{node["executable"]} = ' in (package / "setup.py").read_text()
        needed = {node["package"], *(spec.partition(".")[0] for spec in node["arguments"])}
        depends = (FOLDER / "package.xml").read_text()
        assert all(f"<exec_depend>{one}</exec_depend>" in depends for one in needed)


def _settings_of(folder: Path) -> set[str]:
    """The parameters that the nodes of a package declare, by their sources."""
    calls = (
        node
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Setting" and node.args
    )
    return {str(call.args[0].value) for call in calls if isinstance(call.args[0], ast.Constant)}


@pytest.mark.slow
@pytest.mark.parametrize("name", STACKS)
def test_every_parameter_is_one_that_a_node_declares(name: str) -> None:
    """But one that sets others, decides what runs, or that a module takes."""
    stack = load_stack(name)
    packages = {"tank_core"} | {
        spec.partition(".")[0] for process in stack.processes for spec in process.nodes
    }
    known = {"use_sim_time"}.union(*(_settings_of(ROOT / "src" / one / one) for one in packages))
    words = " ".join(word for process in stack.processes for word in process.words)
    known |= {process.when.partition(":=")[0] for process in stack.processes}
    assert {
        argument.name
        for argument in stack.arguments
        if not argument.sets and f"{{{argument.name}}}" not in words
    } <= known
    for process in stack.processes:
        assert {*(process.params or ()), *process.fixed} <= known


@pytest.mark.parametrize("name", STACKS)
def test_rviz_hears_tf_in_its_namespace_and_has_the_clock_and_the_frames_of_the_stack(
    launched: Launched, name: str
) -> None:
    launched.read(name, use_rviz="true", base_frame="robot_a/base")
    (rviz,) = [action for _, action in launched.start() if action.get("package") == "rviz2"]
    assert {(f"/{names.TF}", names.TF), (f"/{names.TF_STATIC}", names.TF_STATIC)} == {
        *rviz["remappings"]
    }
    file = Path(rviz["arguments"][rviz["arguments"].index("-d") + 1])
    shown = yaml.safe_load(file.read_text())["Visualization Manager"]
    frames = shown["Global Options"]["Fixed Frame"], shown["Views"]["Current"]["Target Frame"]
    assert frames == ("odom", "robot_a/base")
    assert rviz["parameters"] == [{"use_sim_time": name == SIM}]
    if REAL:
        node = launched.actions[-1]
        node._perform_substitutions(launched.context)
        assert {(f"/{names.TF}", names.TF)} <= set(node.expanded_remapping_rules)


@pytest.mark.parametrize("name", STACKS)
def test_a_stack_is_heard_on_its_machine_alone_unless_somebody_said_otherwise(
    launched: Launched, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for said, expected in ((None, "LOCALHOST"), ("SUBNET", "SUBNET")):
        context = launched.context
        context.environment.pop(RANGE, None)
        context.environment.update({RANGE: said} if said else {})
        launched.read(name)
        assert context.environment[RANGE] == expected


@pytest.mark.parametrize("bad", ["none.yaml", "folder"])
def test_a_parameter_file_that_cannot_be_read_is_told_in_one_line(
    launched: Launched, tmp_path: Path, bad: str
) -> None:
    (tmp_path / "folder").mkdir()
    launched.read(SIM, params_file=str(tmp_path / bad))
    with pytest.raises(ConfigFileError, match=r"parameter file .*; give the path of a YAML file"):
        launched.start()


def test_the_parameter_file_names_real_nodes() -> None:
    given = yaml.safe_load((FOLDER / "config" / "params.yaml").read_text())
    nodes = {*load_stack(SIM).node_names, *load_stack(RASPTANK).node_names}
    assert {name.removeprefix("/**/") for name in given} <= nodes


def test_a_wrong_keyword_is_refused_as_by_the_real_ones() -> None:
    for kind, right in (
        (launch_stand_in.Node, {"executable": "a"}),
        (launch_stand_in.ExecuteProcess, {"cmd": ["a"]}),
        (launch_stand_in.OpaqueFunction, {"function": print}),
    ):
        kind(**right, condition=None)
        with pytest.raises(TypeError, match="namspace"):
            kind(**right, namspace="")


@pytest.mark.parametrize(
    ("module", "kind"), [(name, one) for name, classes in CLASSES.items() for one in classes]
)
def test_the_stand_in_has_the_signatures_of_the_real_ones(module: str, kind: type) -> None:
    """By those of its sources, and by those of the real ones where they are."""
    real = SIGNATURES[module][kind.__name__]
    assert _parameters(kind) == real["parameters"]
    bases = [one.__name__ for one in kind.__mro__[1:-1]]
    assert bases == real["bases"][: len(bases)]
    if REAL:
        installed = getattr(importlib.import_module(module), kind.__name__)
        assert _parameters(installed) == real["parameters"]
        assert real["bases"] == [
            one.__name__ for one in installed.__mro__[1:-1] if one.__module__.startswith("launch")
        ]


def test_signatures_are_kept_of_what_the_stand_in_imitates_and_of_nothing_else() -> None:
    assert {module: set(kinds) for module, kinds in SIGNATURES.items()} == {
        module: {one.__name__ for one in classes} for module, classes in CLASSES.items() if classes
    }


def test_a_signature_is_written_as_in_the_sources() -> None:
    class Kind:
        def __init__(self, a: int, b: int = 1, *args: int, c: int, d: int = 2, **rest: int):
            pass

    class Keywords:
        def __init__(self, *, a: int):
            pass

    assert _parameters(Kind) == "a, b=..., *args, c, d=..., **rest"
    assert _parameters(Keywords) == "*, a" and _parameters(object) == ""


def _parameters(kind: Any) -> str:
    """The parameters of a class without types, each default as dots."""
    if kind.__init__ is object.__init__:
        return ""
    plain = [
        one.replace(annotation=one.empty, default=one.default if one.default is one.empty else ...)
        for one in inspect.signature(kind).parameters.values()
    ]
    return str(inspect.Signature(plain))[1:-1].replace("=Ellipsis", "=...")


def test_the_simulation_has_its_north_and_a_real_robot_none_until_it_is_told() -> None:
    """The same north over ROS as in an episode."""
    defaults = {setting.name: setting.default for setting in SETTINGS}
    stacks = {name: load_stack(name).settings({}) for name in STACKS}
    north = {
        name: compass_of(defaults | process.settings(stacks[name]))
        for name in STACKS
        for process in load_stack(name).processes
        if any("ExecutorNode" in node for node in process.nodes)
    }
    assert north == {SIM: Compass(NORTH), RASPTANK: None}
