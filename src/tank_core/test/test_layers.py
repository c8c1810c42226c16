"""The layers of docs/architecture.md, kept by walking every import: no upward or sideways import, and ROS only in nodes."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2]
ALLOWED = {
    "tank_core": set(),
    "tank_ik": {"tank_core"},
    "tank_language": {"tank_core"},
    "tank_perception": {"tank_core"},
    "tank_sim": {"tank_core"},
    "tank_hw_driver": {"tank_core"},
    "tank_executor": {"tank_core", "tank_ik"},
    "tank_cli": {"tank_core", "tank_ik", "tank_language", "tank_perception", "tank_sim", "tank_hw_driver", "tank_executor"},
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
    return path.stem.endswith("_node") or path.stem.startswith("ros_") or "tank_cli" in path.parts


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_module_imports_only_lower_layers(path: Path) -> None:
    package = path.relative_to(SOURCE).parts[0]
    ours = {name for name in imports(path) if name in ALLOWED} - {package}
    assert ours <= ALLOWED[package]


@pytest.mark.parametrize("path", [path for path in MODULES if not may_use_ros(path)], ids=lambda path: str(path.relative_to(SOURCE)))
def test_ros_stays_in_nodes(path: Path) -> None:
    assert not [name for name in imports(path) if is_ros(name)]


def test_there_is_something_to_walk() -> None:
    assert len(MODULES) > 50
    assert any(is_ros(name) for path in MODULES for name in imports(path))
