"""Packages say the same of themselves wherever they are listed.

They install all that they need, too.
"""

import ast
import tomllib
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2]
PACKAGES = sorted(path.parent for path in SOURCE.glob("*/setup.py"))
OWN = {"package_data", "entry_points"}  # what packages differ in, beside their names


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


def test_scripts_go_where_ros_looks_for_them() -> None:
    for package in PACKAGES:
        assert (package / "setup.cfg").exists() == ("entry_points" in said(package)), package


def test_mypy_finds_every_package() -> None:
    settings = tomllib.loads((SOURCE.parent / "pyproject.toml").read_text(encoding="utf-8"))
    listed = settings["tool"]["mypy"]["mypy_path"]
    assert sorted(listed) == [f"src/{package.name}" for package in PACKAGES]
