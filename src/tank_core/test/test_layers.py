"""The layers of docs/architecture.md, kept by walking every import: no upward or sideways import, ROS only in nodes, one executor."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2]
ROBOT = {"tank_core", "tank_ik", "tank_language", "tank_perception", "tank_hw_driver", "tank_executor"}
BESIDE = {*ROBOT, "tank_sim", "tank_stack", "tank_client", "tank_episode"}
ALLOWED = {
    "tank_core": set(),
    "tank_ik": {"tank_core"},
    "tank_language": {"tank_core"},
    "tank_perception": {"tank_core"},
    "tank_sim": {"tank_core"},
    "tank_hw_driver": {"tank_core"},
    "tank_executor": {"tank_core", "tank_ik"},
    "tank_stack": {"tank_core"},
    "tank_client": {"tank_core", "tank_executor"},
    "tank_episode": {"tank_core", "tank_executor", "tank_perception", "tank_sim"},
    "tank_learning": BESIDE,
    "tank_bench": {*BESIDE, "tank_learning"},
    "tank_cli": {*BESIDE, "tank_learning", "tank_bench"},
}
ROS = ("rclpy", "launch", "launch_ros", "ament_index_python", "std_srvs", "tf2_msgs")
MODULES = sorted(path for name in ALLOWED for path in (SOURCE / name / name).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """The first part of every name that a module imports, inside functions and for type checking, too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]


def is_ros(name: str) -> bool:
    return name in ROS or name.endswith(("_msgs", "_interfaces"))


def may_use_ros(path: Path) -> bool:
    return path.stem.endswith("_node") or "ros" in path.parts or path.stem.startswith("ros_") or "tank_cli" in path.parts


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_module_imports_only_lower_layers(path: Path) -> None:
    package = path.relative_to(SOURCE).parts[0]
    ours = {name for name in imports(path) if name in ALLOWED} - {package}
    assert ours <= ALLOWED[package]


@pytest.mark.parametrize("path", [path for path in MODULES if not may_use_ros(path)], ids=lambda path: str(path.relative_to(SOURCE)))
def test_ros_stays_in_nodes(path: Path) -> None:
    assert not [name for name in imports(path) if is_ros(name)]


EXECUTOR = SOURCE / "tank_core" / "tank_core" / "ros" / "runtime" / "executor.py"
OTHER_EXECUTORS = ("SingleThreadedExecutor", "MultiThreadedExecutor", "EventsExecutor", "executors")
SPINS = {"spin": 1, "spin_once": 1, "spin_until_future_complete": 2}  # of rclpy, with so many arguments they make their own
EVERYWHERE = sorted(
    path for path in SOURCE.parent.rglob("*.py") if path != EXECUTOR and not {".tank", "build", "install"} & set(path.parts)
)


def other_executors(source: str) -> list[str]:
    """What of a module's source makes, or spins with, an executor that is not GroupExecutor."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("rclpy"):
            found += [alias.name for alias in node.names if alias.name in (*OTHER_EXECUTORS, *SPINS)]
        elif isinstance(node, ast.Attribute) and node.attr in OTHER_EXECUTORS[:-1]:
            found.append(node.attr)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "rclpy":
            given = len(node.args) > SPINS.get(node.func.attr, -1) or any(word.arg == "executor" for word in node.keywords)
            found += [] if given else [node.func.attr]
    return found


def test_nobody_makes_another_executor() -> None:
    """rclpy's own keep a core busy, and a stop waits for them: see ros/runtime/executor.py."""
    others = {str(path): found for path in EVERYWHERE if (found := other_executors(path.read_text(encoding="utf-8")))}
    assert not others
    assert other_executors("from rclpy.executors import MultiThreadedExecutor") and other_executors("import rclpy\nrclpy.spin(node)")


def test_there_is_something_to_walk() -> None:
    assert len(MODULES) > 50
    assert any(is_ros(name) for path in MODULES for name in imports(path))
