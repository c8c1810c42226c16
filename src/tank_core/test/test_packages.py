"""Packages say the same of themselves wherever they are listed.

They install all that they need, too. No name of a class stands for two things in them, and no alias
of a type is written twice.
"""

import ast
import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2]
PACKAGES = sorted(path.parent for path in SOURCE.glob("*/setup.py"))
SOURCES = {
    str(path.relative_to(SOURCE)): path.read_text(encoding="utf-8")
    for package in PACKAGES
    for path in sorted((package / package.name).rglob("*.py"))
}
# A class's name that two modules may define, with the reason.
SAME_NAME_ALLOWED: dict[str, str] = {}
OWN = {"package_data", "entry_points"}  # what packages differ in, beside their names
MANIFESTS = [
    *sorted(path.parent for path in SOURCE.glob("*/package.xml")),
    SOURCE.parent / "launch",
]
# What a package imports and its manifest leaves out on purpose, each with its reason.
UNDECLARED = {
    # benchmarks and training are for a computer, and no robot has them: `./tank` says so when
    # they are missing (tank_cli.__main__.OFF_THE_ROBOT)
    "tank_cli": {"tank_bench", "tank_learning"},
}


def said(package: Path) -> dict[str, ast.expr]:
    """The arguments of setup() in a package's setup.py."""
    tree = ast.parse((package / "setup.py").read_text(encoding="utf-8"))
    (call,) = (node.value for node in tree.body if isinstance(node, ast.Expr))
    assert isinstance(call, ast.Call)
    return {word.arg or "": word.value for word in call.keywords}


def test_setup_files_differ_only_in_names_and_data() -> None:
    shared = set()
    for package in PACKAGES:
        words = said(package)
        files = words.pop("data_files")
        assert isinstance(files, ast.List)
        shared.add(
            (
                *(f"{name}={ast.unparse(word)}" for name, word in words.items() if name not in OWN),
                *map(ast.unparse, files.elts[:2]),
            )
        )
    assert len(shared) == 1


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_a_package_is_named_as_its_folder_and_installs_its_data(package: Path) -> None:
    assert f'PACKAGE = "{package.name}"' in (package / "setup.py").read_text(encoding="utf-8")
    assert f"<name>{package.name}</name>" in (package / "package.xml").read_text(encoding="utf-8")
    folder = package / package.name
    named = said(package)["package_data"]
    assert isinstance(named, ast.Dict)
    patterns = ast.literal_eval(named.values[0])
    data = {
        path
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc", ".pyo")
    }
    assert data == {path for pattern in patterns for path in folder.glob(pattern)}


def needed(package: Path) -> set[str]:
    """The packages of ours that a package's code imports, also in functions.

    Of tank_bringup also those whose nodes its configuration starts. Tests do not count: they may
    look at packages that are built later.
    """
    code = package / package.name if (package / package.name).is_dir() else package
    found = set()
    for path in code.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                found.add(str(node.module))
    for path in package.glob("config/*.yaml"):
        found.add("tank_core")  # tank_nodes, which runs them
        found |= set(re.findall(r"\btank_\w+", path.read_text(encoding="utf-8")))
    return {name.partition(".")[0] for name in found if name.startswith("tank_")} - {package.name}


def declared(package: Path) -> set[str]:
    """The packages of ours that a package's manifest says it needs at run time."""
    manifest = (package / "package.xml").read_text(encoding="utf-8")
    return set(re.findall(r"<(?:exec_)?depend>(tank_\w+)</", manifest))


@pytest.mark.parametrize("package", MANIFESTS, ids=lambda package: package.name)
def test_a_manifest_names_the_packages_that_the_code_imports(package: Path) -> None:
    assert declared(package) == needed(package) - UNDECLARED.get(package.name, set())


def test_what_manifests_leave_out_is_imported() -> None:
    assert all(left_out <= needed(SOURCE / name) for name, left_out in UNDECLARED.items())


def test_scripts_go_where_ros_looks_for_them() -> None:
    for package in PACKAGES:
        assert (package / "setup.cfg").exists() == ("entry_points" in said(package)), package


def test_mypy_finds_every_package() -> None:
    settings = tomllib.loads((SOURCE.parent / "pyproject.toml").read_text(encoding="utf-8"))
    listed = settings["tool"]["mypy"]["mypy_path"]
    assert sorted(listed) == [f"src/{package.name}" for package in PACKAGES]


def classes_of_one_name(sources: Mapping[str, str]) -> dict[str, list[str]]:
    """The public names of classes that several modules define, with these."""
    found = defaultdict(list)
    for module, source in sources.items():
        for node in ast.parse(source).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(module)
    return {name: modules for name, modules in found.items() if len(modules) > 1}


def test_no_name_of_a_public_class_stands_for_two_things() -> None:
    found = classes_of_one_name(SOURCES)
    assert not {name: modules for name, modules in found.items() if name not in SAME_NAME_ALLOWED}
    assert set(SAME_NAME_ALLOWED) <= set(found), "no longer needed"
    assert all(SAME_NAME_ALLOWED.values()), "each with its reason"


def test_classes_of_one_name_are_found() -> None:
    sources = {"a": "class Row: 1\nclass _Own: 1", "b": "class Row: 1\nclass _Own: 1"}
    assert classes_of_one_name(sources) == {"Row": ["a", "b"]}
    assert not classes_of_one_name({"a": "class Row: 1", "b": "from a import Row"})


def aliases(sources: Mapping[str, str]) -> dict[tuple[str, str], list[str]]:
    """The modules that write an alias of a type, by its name and its type."""
    found = defaultdict(list)
    for module, source in sources.items():
        for node in ast.parse(source).body:
            match node:
                case ast.Assign([ast.Name(name)], ast.Subscript() | ast.BinOp() as value):
                    if not name.isupper():
                        found[name, ast.unparse(value)].append(module)
    return found


def test_an_alias_of_a_type_has_one_place() -> None:
    twice = {alias: modules for alias, modules in aliases(SOURCES).items() if len(modules) > 1}
    assert not twice
    assert len(aliases(SOURCES)) > 50
    assert aliases({"a": "Row = list[int]", "b": "Row = list[int]\nROW = A | B"}) == {
        ("Row", "list[int]"): ["a", "b"]
    }


def test_the_robots_part_of_the_language_stays_small() -> None:
    """Training has a package of its own, which no robot has."""
    lines = [len(text.splitlines()) for path, text in SOURCES.items() if "tank_language/" in path]
    assert lines and sum(lines) < 2_500
