"""``./tank worlds``: every world with what is in it, and pictures of all."""

from __future__ import annotations

from pathlib import Path

import cv2
import pytest

from tank_cli.__main__ import main
from tank_core.robot import load_robot
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.worlds import world_names


def test_every_world_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["worlds", "--no-pictures"]) == 0
    told = capsys.readouterr()
    lines = {line.split()[0]: line for line in told.out.splitlines()}
    assert list(lines) == world_names()
    assert "nothing but the floor" in lines["empty"] and "blue ball 2" in lines["clutter"]
    assert len(lines["playground"].split(",")) == 8 and len(lines["clutter"].split(",")) == 15
    assert told.err == ""


@pytest.mark.slow
def test_each_world_is_drawn_into_a_new_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with MujocoBackend(load_robot(), camera=True) as backend:
        if backend.camera() is None:
            pytest.skip(str(backend.camera_problem))
    folder = tmp_path / "new" / "worlds"
    monkeypatch.setenv("TANK_HOME", str(tmp_path / "new"))
    assert main(["worlds"]) == 0
    assert str(folder) in capsys.readouterr().err
    images = {path.stem: cv2.imread(str(path)) for path in folder.iterdir()}
    assert sorted(images) == world_names()
    assert all(image is not None and image.std() > 3 for image in images.values())
    assert len({image.tobytes() for image in images.values() if image is not None}) == len(images)
    dim, light = images["dim"], images["playground"]
    assert dim is not None and light is not None and dim.mean() < 0.5 * light.mean()


def test_a_folder_that_cannot_be_made_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert main(["worlds", "--pictures", str(tmp_path / "file")]) != 0
    assert "--pictures" in capsys.readouterr().err
