"""The layers, stated and kept.

No upward or sideways import, no circle, ROS at its addresses only, one executor.
"""

import ast
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2]
ROBOT = {
    "tank_core",
    "tank_ik",
    "tank_llama",
    "tank_language",
    "tank_perception",
    "tank_hw_driver",
    "tank_executor",
    "tank_skills",
}
BESIDE = {
    *ROBOT,
    *("tank_sim", "tank_stack", "tank_client", "tank_cockpit", "tank_episode", "tank_recording"),
    "tank_gym",
}
ALLOWED = {
    "tank_core": set(),
    "tank_ik": {"tank_core"},
    "tank_llama": {"tank_core"},
    "tank_language": {"tank_core", "tank_llama"},
    "tank_perception": {"tank_core"},
    "tank_sim": {"tank_core"},
    "tank_hw_driver": {"tank_core"},
    "tank_executor": {"tank_core", "tank_ik", "tank_skills"},
    "tank_skills": {"tank_core"},
    "tank_stack": {"tank_core"},
    "tank_client": {"tank_core", "tank_executor"},
    # of the driver only the guardian: a stop on the page reaches it, too
    "tank_cockpit": {
        *("tank_core", "tank_executor", "tank_client", "tank_recording", "tank_hw_driver"),
    },
    "tank_gym": {"tank_core", "tank_ik", "tank_sim", "tank_skills"},
    "tank_episode": {
        *("tank_core", "tank_executor", "tank_language", "tank_perception", "tank_sim"),
        "tank_skills",
    },
    "tank_recording": {
        *("tank_core", "tank_executor", "tank_language", "tank_client", "tank_episode"),
    },
    "tank_learning": BESIDE,
    "tank_bench": {*BESIDE, "tank_learning"},
    "tank_cli": {*BESIDE, "tank_learning", "tank_bench"},
}
ROS = ("rclpy", "launch", "launch_ros", "ament_index_python", "std_srvs", "tf2_msgs")
# What each package may know is stated here and nowhere else; CONTRIBUTING.md and the docs refer to
# it.
SOURCES = {
    ".".join(path.relative_to(SOURCE).with_suffix("").parts[1:]).removesuffix(".__init__"): path
    for name in ALLOWED
    for path in (SOURCE / name / name).rglob("*.py")
}
OTHERS = sorted((SOURCE.parent / "examples").rglob("*.py"))
MOST_MODULES = 15  # of one level in a folder


@cache
def modules_imported(path: Path) -> tuple[str, ...]:
    """All names that a file imports, in functions and for types, too.

    Dotted, with what is taken from it.
    """
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return tuple(found)


def ours(name: str) -> str | None:
    """The module of ours that a dotted name leads to.

    Itself, or the one that defines it.
    """
    return next((known for known in (name, name.rpartition(".")[0]) if known in SOURCES), None)


def packages(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in modules_imported(path)}


def is_ros(name: str) -> bool:
    return name in ROS or name.endswith(("_msgs", "_interfaces"))


def may_use_ros(path: Path) -> bool:
    """ROS has addresses of its own: ``*_node.py``, and rooms called ``ros``."""
    return path.stem.endswith("_node") or "ros" in path.relative_to(SOURCE).parts


@pytest.mark.parametrize("module", sorted(SOURCES))
def test_a_module_imports_only_lower_layers_and_ros_only_at_its_addresses(module: str) -> None:
    path = SOURCES[module]
    package = module.partition(".")[0]
    assert {name for name in packages(path) if name in ALLOWED} - {package} <= ALLOWED[package]
    assert may_use_ros(path) or not [name for name in packages(path) if is_ros(name)]


def test_the_layers_themselves_have_an_order() -> None:
    """Otherwise two packages could need each other."""
    left = dict(ALLOWED)
    while free := [name for name, below in left.items() if not below & set(left)]:
        for name in free:
            del left[name]
    assert not left


def circles(needs: dict[str, set[str]]) -> list[str]:
    """The modules of import circles.

    Left over when everything that needs nothing more, and all that only such things need, has gone.
    """
    left = {name: set(needed) & set(needs) - {name} for name, needed in needs.items()}
    for _ in range(2):  # who needs nobody, then whom nobody needs
        while gone := {name for name, needed in left.items() if not needed & set(left)}:
            left = {name: needed - gone for name, needed in left.items() if name not in gone}
        left = {name: {other for other, needed in left.items() if name in needed} for name in left}
    return sorted(left)


def test_no_import_circle() -> None:
    needs = {
        name: {known for wanted in modules_imported(path) if (known := ours(wanted))}
        for name, path in SOURCES.items()
    }
    assert circles(needs) == []
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == ["b", "c"]


def test_no_module_is_loaded_by_its_path() -> None:
    """That would hide an import from these tests."""
    hidden = ("run_path", "spec_from_file_location", "SourceFileLoader")
    assert not [
        str(path)
        for path in (*SOURCES.values(), *OTHERS)
        if any(word in path.read_text(encoding="utf-8") for word in hidden)
    ]


def test_no_folder_holds_more_modules_than_one_can_survey() -> None:
    root = SOURCE.parent
    rooms = Counter(
        path.parent
        for house in ("src", "tests", "examples", "launch")
        for path in (root / house).rglob("*.py")
        if path.stem != "__init__"
    )
    assert {
        str(room.relative_to(root)): number
        for room, number in rooms.items()
        if number > MOST_MODULES
    } == {}


def test_examples_use_what_anybody_may_use() -> None:
    """No private names, and nothing of the command line."""
    for path in OTHERS:
        names = list(modules_imported(path))
        assert not [
            name for name in names if name.partition(".")[0] == "tank_cli" or "._" in name
        ], path


EXECUTOR = SOURCE / "tank_core" / "tank_core" / "ros" / "runtime" / "executor.py"
# a node that is measured with rclpy's own, to tell what that costs
BARE_NODE = SOURCE / "tank_bench" / "tank_bench" / "ros" / "bare_node.py"
OTHER_EXECUTORS = ("SingleThreadedExecutor", "MultiThreadedExecutor", "EventsExecutor", "executors")
# of rclpy, with so many arguments they make their own
SPINS = {"spin": 1, "spin_once": 1, "spin_until_future_complete": 2}
EVERYWHERE = sorted(
    path
    for path in SOURCE.parent.rglob("*.py")
    if path not in (EXECUTOR, BARE_NODE) and not {".tank", "build", "install"} & set(path.parts)
)


def other_executors(source: str) -> list[str]:
    """The lines of a source that make or spin with another executor.

    One that is not GroupExecutor.
    """
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("rclpy"):
            found += [
                alias.name for alias in node.names if alias.name in (*OTHER_EXECUTORS, *SPINS)
            ]
        elif isinstance(node, ast.Attribute) and node.attr in OTHER_EXECUTORS[:-1]:
            found.append(node.attr)
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and ast.unparse(node.func.value) == "rclpy"
        ):
            given = len(node.args) > SPINS.get(node.func.attr, -1) or any(
                word.arg == "executor" for word in node.keywords
            )
            found += [] if given else [node.func.attr]
    return found


def test_nobody_makes_another_executor() -> None:
    """rclpy's own keep a core busy, and a stop waits for them.

    See ros/runtime/executor.py.
    """
    others = {
        str(path): found
        for path in EVERYWHERE
        if "rclpy" in (source := path.read_text(encoding="utf-8"))
        and (found := other_executors(source))
    }
    assert not others
    assert other_executors("from rclpy.executors import MultiThreadedExecutor") and other_executors(
        "import rclpy\nrclpy.spin(node)"
    )


def test_every_package_has_its_layer() -> None:
    assert set(ALLOWED) == {setup.parent.name for setup in SOURCE.glob("*/setup.py")}


def test_there_is_something_to_walk() -> None:
    assert len(SOURCES) > 200 and {name.partition(".")[0] for name in SOURCES} == set(ALLOWED)
    assert any(is_ros(name) for path in SOURCES.values() for name in packages(path))
