"""``./tank calibrate``: what is learned, what is written, what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from tank_cli.__main__ import main
from tank_cli.calibrate import camera
from tank_cli.calibrate.image_sources import Picture
from tank_cli.commands.upkeep.calibrate import KINDS
from tank_core.commands import Color
from tank_core.robot import load_robot
from tank_perception.calibration.camera_file import load_camera
from tank_perception.color_model import load_colors
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.worlds import World, on_floor

Capture = pytest.CaptureFixture[str]
NAMES = (
    "red cube, green ball, blue cylinder, yellow cube, orange ball, purple cylinder, white "
    "cube, black ball"
)


@pytest.fixture(scope="module")
def toys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Pictures of eight toys in a row, by the simulated robot's camera.

    And the same in other light.
    """
    row = [
        on_floor(Color(name.split()[0]), name.split()[1], 0.045, (0.56, 0.49 - 0.14 * i))
        for i, name in enumerate(NAMES.split(", "))
    ]
    backend = MujocoBackend(load_robot("tank"), World("row", tuple(row)), camera=True)
    try:
        backend.advance(0.5)
        frame = backend.camera()
        if frame is None:
            pytest.skip(str(backend.camera_problem))
    finally:
        backend.close()
    folder = tmp_path_factory.mktemp("toys")
    lights = {"plain": (1.0, 1.0, 1.0), "cool": (0.45, 0.5, 0.56), "warm": (1.12, 0.8, 0.48)}
    for name, light in lights.items():
        assert cv2.imwrite(
            str(folder / f"{name}.png"),
            np.clip(frame.rgb * np.array(light), 0, 255).astype(np.uint8)[:, :, ::-1],
        )
    return {name: str(folder / f"{name}.png") for name in lights}


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def shares(out: str) -> dict[str, tuple[int, int]]:
    """The shares [%] of each thing with the right name, before and after.

    As the table says.
    """
    rows = [line.split() for line in out.splitlines() if line.rstrip().endswith("%")]
    return {" ".join(row[1:3]): (int(row[-2].strip("%")), int(row[-1].strip("%"))) for row in rows}


@pytest.mark.parametrize("light", ["cool", "warm"])
def test_colors_are_learned_and_the_table_says_so(
    toys: dict[str, str], light: str, capsys: Capture
) -> None:
    assert main(["calibrate", "colors", "--image", toys[light], "--objects", NAMES]) == 0
    out, err = capsys.readouterr()
    table = shares(out)
    assert list(table) == NAMES.split(", ")
    assert all(after >= 90 for _, after in table.values()), table
    assert load_colors("colors.yaml") != load_colors()
    assert "colors_file" in err
    picture = cv2.imread("colors.png")
    assert picture is not None and picture.shape == (480, 1280, 3)


def test_the_table_tells_what_went_wrong_before(toys: dict[str, str], capsys: Capture) -> None:
    assert main(["calibrate", "colors", "--image", toys["warm"], "--objects", NAMES]) == 0
    table = shares(capsys.readouterr().out)
    assert min(before for before, _ in table.values()) < 50
    assert (
        main(
            [
                "calibrate",
                "colors",
                "--image",
                toys["warm"],
                "--objects",
                NAMES,
                "--colors",
                "colors.yaml",
                "--out",
                "again.yaml",
            ]
        )
        == 0
    )
    again = shares(capsys.readouterr().out)
    assert {name: before for name, (before, _) in again.items()} == {
        name: after for name, (_, after) in table.items()
    }


def test_several_images_make_one_model(toys: dict[str, str], capsys: Capture) -> None:
    assert (
        main(["calibrate", "colors", "--image", toys["plain"], toys["cool"], "--objects", NAMES])
        == 0
    )
    out = capsys.readouterr().out
    assert "plain.png" in out and "cool.png" in out
    assert all(after >= 90 for _, after in shares(out).values())
    assert cv2.imread("colors.png").shape == (960, 1280, 3)


def test_without_names_the_things_are_numbered_and_nothing_is_learned(
    toys: dict[str, str], capsys: Capture
) -> None:
    assert main(["calibrate", "colors", "--image", toys["plain"], "--picture", "seen.png"]) == 0
    out, err = capsys.readouterr()
    assert out == "plain.png: 8 objects\n"
    assert "--objects" in err
    assert Path("seen.png").is_file() and not Path("colors.yaml").exists()


def test_only_some_of_the_things(toys: dict[str, str], capsys: Capture) -> None:
    assert (
        main(
            [
                "calibrate",
                "colors",
                "--image",
                toys["plain"],
                "--blobs",
                "1,3",
                "--objects",
                "red, blue",
            ]
        )
        == 0
    )
    out = capsys.readouterr().out
    assert "orange [deg]" in out and out.count("(not measured)") == 4


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--objects", "red cube"], "1 objects are named and 8 are seen"),
        (["--objects", NAMES.replace("red", "pink")], "'pink cube'"),
        (["--objects", NAMES, "--objects", NAMES], "2 times for 1 images"),
        (["--objects", "red", "--blobs", "9"], "1 to 8"),
        (["--objects", "red", "--blobs", "one"], "1 to 8"),
        (["--objects", NAMES, "--out", "no/folder.yaml"], "no folder"),
        (["--objects", NAMES, "--colors", "none.yaml"], "none.yaml does not exist"),
        (["--picture", "no/folder.png"], "cannot be written"),
        (["--picture", "picture"], "let it end in .png"),
        (["--world", "cells"], "one source"),
    ],
)
def test_what_is_wrong_is_told_in_one_line_and_nothing_is_written(
    toys: dict[str, str], more: list[str], words: str, capsys: Capture
) -> None:
    assert main(["calibrate", "colors", "--image", toys["plain"], *more]) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("tank: ") and words in last
    assert not Path("colors.yaml").exists()


def test_what_was_seen_is_drawn_where_the_names_do_not_fit(
    toys: dict[str, str], capsys: Capture
) -> None:
    assert main(["calibrate", "colors", "--image", toys["plain"], "--objects", "red, blue"]) == 2
    assert "colors.png shows what was seen" in capsys.readouterr().err
    assert Path("colors.png").is_file()


@pytest.mark.parametrize("kind", ["colors", "camera"])
def test_a_file_is_overwritten_only_when_told(
    kind: str, toys: dict[str, str], capsys: Capture
) -> None:
    Path(f"{kind}.yaml").write_text("mine")
    words = ["--objects", NAMES] if kind == "colors" else ["--square", "0.025"]
    assert main(["calibrate", kind, "--image", toys["plain"], *words]) == 2
    assert "--force" in capsys.readouterr().err
    assert Path(f"{kind}.yaml").read_text() == "mine"
    if kind == "colors":
        assert main(["calibrate", kind, "--image", toys["plain"], *words, "--force"]) == 0
        load_colors("colors.yaml")


# The camera

MATRIX = np.array([[500.0, 0.0, 310.0], [0.0, 505.0, 246.0], [0.0, 0.0, 1.0]])
CORNERS = (9, 6)
TILTS = [
    (0.5, 0, 0.1),
    (-0.5, 0.1, 0),
    (0, 0.5, -0.1),
    (0.1, -0.5, 0),
    (0.4, 0.4, 0.2),
    (-0.4, 0.4, 0),
    (0.3, -0.5, 0.3),
    (-0.3, -0.4, 0.1),
]


def board(tilt: tuple[float, float, float], size: tuple[int, int] = (640, 480)) -> np.ndarray:
    """A chessboard of 25 mm squares before a pinhole camera.

    As that plane's homography shows it.
    """
    # with a rim of one square, which is white
    cells = np.indices((CORNERS[1] + 3, CORNERS[0] + 3)).sum(axis=0) % 2
    cells[[0, -1]] = cells[:, [0, -1]] = 1
    flat = np.kron(cells, np.ones((40, 40))).astype(np.float32) * 205 + 30
    rotation, _ = cv2.Rodrigues(np.array(tilt))
    pose = np.column_stack([rotation[:, :2], [0.0, 0.0, 0.4]])
    meters = np.array([[0.025 / 40, 0, -0.025 * 6], [0, 0.025 / 40, -0.025 * 4.5], [0, 0, 1]])
    gray = cv2.warpPerspective(
        flat, MATRIX @ pose @ meters, size, flags=cv2.INTER_LINEAR, borderValue=120
    )
    return np.repeat(np.clip(gray, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def test_the_camera_is_calibrated_from_a_folder(tmp_path: Path, capsys: Capture) -> None:
    folder = tmp_path / "shots"
    folder.mkdir()
    for number, tilt in enumerate(TILTS):
        cv2.imwrite(str(folder / f"{number}.png"), board(tilt))
    cv2.imwrite(str(folder / "none.png"), np.full((480, 640, 3), 128, np.uint8))
    assert (
        main(
            [
                "calibrate",
                "camera",
                "--square",
                "0.025",
                "--image",
                str(folder),
                "--out",
                "lens.yaml",
            ]
        )
        == 0
    )
    out, err = capsys.readouterr()
    assert "none.png: no board" in err and "#" in err
    rows = {line.split()[0]: line for line in out.splitlines()}
    assert {f"{number}.png" for number in range(len(TILTS))} <= set(rows) and rows["all"].endswith(
        "good"
    )
    lens, size = load_camera("lens.yaml")
    assert size == (640, 480)
    assert (lens.matrix[0, 0], lens.matrix[1, 1]) == pytest.approx((500, 505), rel=0.01)


@pytest.mark.slow
def test_a_live_camera_is_asked_until_the_board_was_seen_often_enough(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    def shown(_: object) -> Iterator[Picture]:
        for number, tilt in enumerate(TILTS):
            moving = board((tilt[0] + 0.1, tilt[1], tilt[2]))
            for image in (moving, board(tilt), board(tilt), board(tilt)):
                yield Picture(str(number), image)
        raise AssertionError("more was asked for than wanted")

    monkeypatch.setattr(camera, "stream", shown)
    assert main(["calibrate", "camera", "--square", "0.025", "--topic", "--wanted", "5"]) == 0
    out, err = capsys.readouterr()
    assert [f"{count}/5 taken" in err for count in range(1, 6)] == [True] * 5
    assert "picture 5" in out and "picture 6" not in out
    assert load_camera("camera.yaml")[0].matrix[0, 0] == pytest.approx(500, rel=0.02)


def test_a_live_camera_without_a_board_is_given_up(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr(camera, "PATIENCE", 5)
    monkeypatch.setattr(
        camera,
        "stream",
        lambda _: (Picture("x", np.full((480, 640, 3), 99, np.uint8)) for _ in range(1000)),
    )
    assert main(["calibrate", "camera", "--square", "0.025", "--device", "0"]) == 2
    assert "0 of 12 pictures were taken" in capsys.readouterr().err
    assert not Path("camera.yaml").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--square", "25"], "meters"),
        (["--square", "0.025", "--board", "9"], "9x6"),
        (["--square", "0.025", "--wanted", "1"], "--wanted 1"),
        (["--square", "0.025"], "seen in 0 images"),
    ],
)
def test_a_camera_calibration_that_cannot_be_is_told(
    words: list[str], told: str, toys: dict[str, str], capsys: Capture
) -> None:
    assert main(["calibrate", "camera", "--image", toys["plain"], *words]) == 2
    assert told in capsys.readouterr().err.splitlines()[-1]


def test_images_of_two_sizes_are_refused(tmp_path: Path, capsys: Capture) -> None:
    for name, size in (("a.png", (640, 480)), ("b.png", (320, 240))):
        cv2.imwrite(name, board(TILTS[0], size))
    assert main(["calibrate", "camera", "--square", "0.025", "--image", "a.png", "b.png"]) == 2
    assert "b.png is 320 x 240 pixels, the first one is 640 x 480" in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], *([kind] for kind in KINDS)])
def test_help_shows_how(words: list[str], capsys: Capture) -> None:
    assert main(["calibrate", *words, "--help"]) == 0
    out = capsys.readouterr().out
    assert f"./tank calibrate {words[0] if words else 'colors'}" in out
    assert all(kind in out for kind in KINDS) or words


def test_an_unknown_thing_to_calibrate_is_refused_with_the_choices(capsys: Capture) -> None:
    assert main(["calibrate", "soup"]) == 2
    assert all(kind in capsys.readouterr().err for kind in ["colors"])
