"""``./tank learn``: a door for each skill, which opens only what was asked for."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tank_cli.__main__ import main
from tank_cli.commands.model import learn
from tank_core.io.arguments import at_least_one

Capture = pytest.CaptureFixture[str]
HELP = """
import sys
from tank_cli.__main__ import main
code = main(["learn", "--help"])
assert not [name for name in sys.modules if name.startswith("tank_learning")]
sys.exit(code)
"""


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A learner of one option, as ``reach``."""
    module = ModuleType("tiny_learner")
    module.heard = []  # type: ignore[attr-defined]

    def configure(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--updates", type=at_least_one, default=3)

    def run(args: argparse.Namespace) -> int:
        module.heard.append(args.updates)  # type: ignore[attr-defined]
        return 1 if args.updates == 9 else 0

    module.configure, module.learn = configure, run  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(learn.MODULES, "reach", module.__name__)
    return module


def test_help_lists_every_part_and_loads_none() -> None:
    ran = subprocess.run([sys.executable, "-c", HELP], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    for name in (*learn.PARTS, *learn.NAMES):
        assert name in ran.stdout


def test_a_learner_gets_its_own_options_and_says_how_it_ended(
    tiny: ModuleType, capsys: Capture
) -> None:
    assert main(["learn", "reach"]) == 0
    assert main(["learn", "reach", "--updates", "9"]) == 1
    assert tiny.heard == [3, 9]
    assert main(["learn", "reach", "--updates", "0"]) == 2
    assert "--updates" in capsys.readouterr().err
    assert main(["learn", "reach", "--help"]) == 0
    assert "--updates" in capsys.readouterr().out and tiny.heard == [3, 9]


def test_a_skill_has_the_name_by_which_the_language_calls_it(
    tiny: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(learn.MODULES, "gate", tiny.__name__)
    assert main(["learn", "go_through", "--updates", "5"]) == 0
    assert tiny.heard == [5]


def test_every_part_has_its_module() -> None:
    assert learn.PARTS.keys() == learn.MODULES.keys() and {*learn.NAMES.values()} <= {*learn.PARTS}


@pytest.mark.parametrize(
    ("module", "said"),
    [
        ("tank_learning.skills.nowhere.command", "not part of this version"),
        ("nowhere_at_all.command", "not part of this version"),
    ],
)
def test_what_is_not_there_is_told_in_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture, module: str, said: str
) -> None:
    monkeypatch.setitem(learn.MODULES, "words", module)
    assert main(["learn", "words"]) == 2
    told = capsys.readouterr().err
    assert said in told and told.count("\n") == 1


def test_what_training_needs_is_asked_for(tiny: ModuleType, capsys: Capture) -> None:
    def learn_by_torch(_: argparse.Namespace) -> int:
        raise ModuleNotFoundError("No module named 'torch'", name="torch")

    tiny.learn = learn_by_torch  # type: ignore[attr-defined]
    assert main(["learn", "reach"]) == 2
    assert "torch is not installed; run ./tank setup --train" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "WHAT"),
        (["fly"], "fly"),
        (["record"], "--out"),
        (["record", "--out", "set"], "--say"),
        (["record", "--out", "set", "--say", "a", "--script", "gate"], "not allowed with"),
        (["record", "--out", "set", "--script", "fly"], "gate"),
        (["record", "--out", "set", "--script", "gate", "--fps", "60"], "--fps"),
        (["record", "--out", "set", "--script", "gate", "--size", "big"], "--size"),
        (["record", "--out", "set", "--script", "gate", "--world", "moon"], "moon"),
        (["record", "--out", "set", "--script", "gate", "--robot", "moon"], "moon"),
        (["record", "--out", "set", "--commands", "nowhere.json"], "nowhere.json"),
        (["record", "--out", "set", "--from", "nowhere.mcap"], "nowhere.mcap"),
        (["show", "nowhere"], "nowhere"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line_and_nothing_is_made(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    if words[:1] in (["record"], ["show"]):
        pytest.importorskip(
            "pyarrow", reason="training tools are not installed: ./tank setup --train"
        )
    monkeypatch.chdir(tmp_path)
    assert main(["learn", *words]) == 2
    told = capsys.readouterr().err
    assert said in told and told.count("\n") == 1 and told.startswith("tank: ")
    assert not list(tmp_path.iterdir())
