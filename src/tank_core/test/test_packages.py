"""Packages say the same of themselves wherever they are listed.

They install all that they need, too.
"""

import ast
import re
import tomllib
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2]
PACKAGES = sorted(path.parent for path in SOURCE.glob("*/setup.py"))
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
    patterns = ast.literal_eval(said(package)["package_data"].values[0])  # type: ignore[attr-defined]
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
