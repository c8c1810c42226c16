"""``./tank places`` against a real executor node and a robot without a world."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from nodes_apart import EXECUTOR, ROBOT, Nodes, domain

from tank_cli.__main__ import main
from tank_cli.commands.robot import places

Capture = pytest.CaptureFixture[str]
FLAT = {"dock": {"x": 1, "y": 0, "yaw_deg": 90, "give_or_take_m": 0.1, "give_or_take_deg": 2}}


@pytest.fixture(scope="module")
def robot() -> Iterator[Nodes]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ROS_DOMAIN_ID", domain())
        patch.setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
        nodes = Nodes(ROBOT, EXECUTOR)
        yield nodes
        nodes.close()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    folder = tmp_path / "tank" / "places"
    folder.mkdir(parents=True)
    return folder


@pytest.mark.slow
def test_places_are_loaded_listed_saved_and_forgotten(
    robot: Nodes, folder: Path, capsys: Capture
) -> None:
    assert main(["places", "save", "nothing"]) == 1
    assert "knows no places" in capsys.readouterr().err
    (folder / "flat.json").write_text(json.dumps(FLAT), encoding="utf-8")
    assert main(["places", "load", "flat"]) == 0
    assert "I know dock now; this holds if I was started where" in capsys.readouterr().err
    assert main(["places"]) == 0
    told = capsys.readouterr()
    assert told.out.startswith("dock: x 1.00 m, y 0.00 m, heading 90 degrees from the start, give")
    assert "saved: flat" in told.err
    assert main(["places", "save", "again"]) == 0
    assert "the robot is started at the same spot" in capsys.readouterr().err
    assert json.loads((folder / "again.json").read_text(encoding="utf-8"))["dock"]["x"] == 1.0
    assert main(["places", "forget", "kitchen"]) == 1
    assert "I know no place called 'kitchen'; I know dock" in capsys.readouterr().err
    assert main(["places", "forget"]) == 0
    assert "I forgot dock" in capsys.readouterr().err
    assert main(["places", "forget", "dock"]) == 1


@pytest.mark.parametrize(
    ("arguments", "text", "reason"),
    [
        (["load", "flat"], None, "no places are saved as 'flat'; nothing is saved yet"),
        (["load", "flat"], "{", "flat.json: "),
        (["load", "../flat"], None, "is no name"),
        (["save", ""], None, "is no name"),
    ],
)
def test_bad_names_and_files_are_2(
    folder: Path, capsys: Capture, arguments: list[str], text: str | None, reason: str
) -> None:
    if text is not None:
        (folder / "flat.json").write_text(text, encoding="utf-8")
    assert main(["places", *arguments]) == 2
    assert reason in capsys.readouterr().err


@pytest.mark.slow
def test_nobody_answers_is_3(
    folder: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROS_DOMAIN_ID", domain())
    monkeypatch.setattr(places, "FIND_S", 0.3)
    assert main(["places"]) == 3
    assert "nobody answers" in capsys.readouterr().err
