"""``./tank``: help, version, and one source of the version."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tank_cli.__main__ import BY_THE_SCRIPT, COMMANDS, main
from tank_core import __version__

PACKAGES = Path(__file__).resolve().parents[2]


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    assert all(re.search(rf"^    {name} +\S", out, re.MULTILINE) for name in COMMANDS)
    assert "examples:" in out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"tank {__version__}\n"


def test_every_package_has_the_same_version() -> None:
    manifests = sorted(PACKAGES.glob("*/package.xml"))
    assert len(manifests) >= 7
    for manifest in manifests:
        assert f"<version>{__version__}</version>" in manifest.read_text(), manifest
    for setup in PACKAGES.glob("*/setup.py"):
        assert f'version="{__version__}"' in setup.read_text(), setup


@pytest.mark.parametrize("name", [name for name, command in COMMANDS.items() if command.module])
def test_every_command_has_help_of_its_own(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    assert f"./tank {name}" in capsys.readouterr().out


def test_every_command_has_a_module_or_is_the_scripts_and_no_module_is_left_over() -> None:
    folder = PACKAGES / "tank_cli" / "tank_cli" / "commands"
    modules = {path.stem for path in folder.glob("*/*.py")} - {"__init__"}
    assert modules | BY_THE_SCRIPT == set(COMMANDS)
    script = (PACKAGES.parent / "tank").read_text(encoding="utf-8")
    for name in BY_THE_SCRIPT:
        assert re.search(rf"^  {name}\)", script, re.MULTILINE), name


@pytest.mark.skipif(shutil.which("bash") is None, reason="./tank is a script of bash")
def test_the_script_shows_the_same_commands() -> None:
    shown = subprocess.run(
        [str(PACKAGES.parent / "tank"), "--help"], capture_output=True, text=True, check=True
    ).stdout
    for name, command in COMMANDS.items():
        assert f"\n  {name:<11}{command.help}\n" in shown


def test_an_unknown_command_is_refused_with_the_choices(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dance"]) == 2
    err = capsys.readouterr().err
    assert "dance" in err and "parse" in err
