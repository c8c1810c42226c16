"""``./tank run``: its result's shape, its exit codes, and its refusals."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from tank_cli.__main__ import main
from tank_core.state import Detections, RobotState
from tank_episode.perception_loop import PerceptionLoop

Capture = pytest.CaptureFixture[str]
FORWARD = {"action": "move", "direction": "forward", "distance_m": 0.5}


@pytest.fixture
def forward(tmp_path: Path) -> str:
    path = tmp_path / "forward.json"
    path.write_text(json.dumps({"commands": [FORWARD]}))
    return str(path)


def run_json(capsys: Capture, *arguments: str) -> tuple[int, dict[str, Any]]:
    code = main(["run", "--json", *arguments])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.usefixtures("table_model")
def test_sentences_are_done_one_after_the_other(capsys: Capture) -> None:
    code, result = run_json(capsys, "drive forward one meter", "turn left")
    assert code == 0
    assert [outcome["status"] for outcome in result["outcomes"]] == ["succeeded", "succeeded"]
    robot = result["robot"]
    assert math.dist((robot["x"], robot["y"]), (1.0, 0.0)) < 0.02
    assert robot["yaw_deg"] == pytest.approx(90.0, abs=2.0)


@pytest.mark.slow
@pytest.mark.usefixtures("table_model")
def test_the_json_has_the_published_shape(capsys: Capture) -> None:
    _, result = run_json(capsys, "--world", "playground", "pick up the cube")
    assert list(result) == [
        *("outcomes", "robot", "objects", "answers", "photos"),
        *("sim_time_s", "wall_time_s"),
    ]
    assert result["answers"] == result["photos"] == []
    assert set(result["robot"]) == {"x", "y", "yaw_deg", "held"}
    outcome = result["outcomes"][0]
    assert list(outcome) == ["instruction", "commands", "status", "message", "steps"]
    assert outcome["commands"] == [{"action": "grasp", "shape": "cube"}]
    assert set(outcome["steps"][0]) == {"command", "status", "message", "duration_s"}
    held = result["objects"][result["robot"]["held"]]
    assert set(held) == {"x", "y", "z", "color", "shape"}
    assert held["shape"] == "cube" and held["z"] > 0.05


@pytest.mark.slow
def test_the_same_seed_prints_the_same_but_for_the_wall_time(capsys: Capture, forward: str) -> None:
    results = [
        run_json(capsys, "--world", "playground", "--seed", "5", "--commands", forward)[1]
        for _ in range(2)
    ]
    for result in results:
        assert result.pop("wall_time_s") > 0.0
    assert results[0] == results[1]


@pytest.mark.slow
@pytest.mark.usefixtures("table_model")
def test_exit_codes(capsys: Capture) -> None:
    assert run_json(capsys, "make me a coffee")[0] == 2
    code, result = run_json(capsys, "pick up the thing on your left")
    assert code == 1
    assert result["outcomes"][0]["status"] == "failed" and result["outcomes"][0]["message"]
    assert run_json(capsys, "make me a coffee", "pick up the thing on your left")[0] == 1


@pytest.mark.usefixtures("table_model")
def test_what_is_not_understood_moves_nothing_and_the_rest_is_done(capsys: Capture) -> None:
    code, result = run_json(capsys, "make me a coffee", "drive forward one meter")
    assert code == 2
    assert [outcome["status"] for outcome in result["outcomes"]] == ["not_understood", "succeeded"]
    assert result["outcomes"][0]["steps"] == [] and result["outcomes"][0]["message"]


def test_a_person_gets_a_summary(capsys: Capture, forward: str) -> None:
    assert main(["run", "--commands", forward]) == 0
    out = capsys.readouterr().out
    assert "move forward 0.5 m" in out and "robot at x " in out


@pytest.mark.slow
def test_answers_and_pictures_come_out(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    list_file = tmp_path / "look.json"
    steps = [{"action": "photo"}, {"action": "report", "what": "position"}]
    list_file.write_text(json.dumps({"commands": steps}))
    arguments = ["--world", "playground", "--commands", str(list_file)]
    code, result = run_json(capsys, *arguments)
    (answer,), (photo,) = result["answers"], result["photos"]
    assert code == 0
    assert answer["what"] == "position" and answer["text"].startswith("I am where I started")
    assert set(photo["pose"]) == {"x", "y", "yaw_deg"} == set(answer["pose"])
    assert Path(photo["path"]).parent == tmp_path / "tank" / "photos"
    assert Path(photo["path"]).read_bytes().startswith(b"\xff\xd8")
    assert main(["run", *arguments]) == 0
    out = capsys.readouterr().out
    assert answer["text"] in out and photo["path"] in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run"], "say what to do"),
        (["run", "--commands", "/nowhere.json"], "/nowhere.json"),
        (["run", "--world", "moon", "turn left"], "playground"),
        (["run", "--robot", "nobody", "turn left"], "tank"),
        (["run", "--model", "/nowhere.gguf", "turn left"], "/nowhere.gguf"),
        (["run", "--realism", "cartoon", "turn left"], "ideal"),
        (["run", "--film", "/nowhere/film.png", "turn left"], "/nowhere"),
        (["run", "--picture", "/nowhere/end.png", "turn left"], "/nowhere"),
    ],
)
def test_faults_are_one_line_and_exit_code_2(
    capsys: Capture, arguments: list[str], words: str
) -> None:
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert (
        captured.err.startswith("tank: ")
        and captured.err.count("\n") == 1
        and words in captured.err
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"commands": []}',
        '{"commands": [{"action": "jump"}]}',
        '{"commands": [{"action": "wait", "duration_s": NaN}]}',
    ],
)
def test_a_bad_command_file_is_refused(capsys: Capture, tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text(text)
    assert main(["run", "--commands", str(path)]) == 2
    assert "bad.json" in capsys.readouterr().err


@pytest.mark.slow
def test_a_picture_and_a_film_are_drawn_where_opengl_works(
    capsys: Capture, forward: str, tmp_path: Path
) -> None:
    picture, film = tmp_path / "end.png", tmp_path / "film.png"
    assert main(["run", "--commands", forward, "--picture", str(picture), "--film", str(film)]) == 0
    said = capsys.readouterr().err
    for path in (picture, film):
        if path.exists():
            assert path.read_bytes().startswith(b"\x89PNG") and str(path) in said
        else:  # no OpenGL here: then it says so and how to get it
            assert "OpenGL" in said


@pytest.mark.slow
def test_without_opengl_everything_else_goes_on(tmp_path: Path) -> None:
    """In a process of its own, because OpenGL is chosen once and for all."""
    commands = tmp_path / "commands.json"
    commands.write_text(json.dumps({"commands": [FORWARD | {"distance_m": 0.2}]}))
    arguments = [
        "run",
        "--world",
        "playground",
        "--json",
        "--commands",
        str(commands),
        "--film",
        str(tmp_path / "film.png"),
    ]
    environment = os.environ | {"MUJOCO_GL": "disabled"}
    done = subprocess.run(
        [sys.executable, "-m", "tank_cli", *arguments],
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["outcomes"][0]["status"] == "succeeded" and result["robot"]["x"] == pytest.approx(
        0.2, abs=0.02
    )
    assert not (tmp_path / "film.png").exists()
    assert "OpenGL" in result["camera_off"]
    assert (
        "Traceback" not in done.stderr
        and done.stderr.count("OpenGL") == 1
        and "touch" in done.stderr
    )


def test_a_robot_that_is_not_ideal_ends_elsewhere(capsys: Capture, forward: str) -> None:
    ideal, real = (
        run_json(capsys, "--realism", realism, "--commands", forward)[1]["robot"]
        for realism in ("ideal", "real")
    )
    assert ideal["x"] != real["x"] and ideal["x"] == pytest.approx(real["x"], abs=0.05)


@pytest.mark.slow
def test_it_stops_for_what_is_in_its_way_unless_it_is_told_not_to(
    capsys: Capture, tmp_path: Path
) -> None:
    path = tmp_path / "through.json"
    path.write_text(json.dumps({"commands": [FORWARD | {"distance_m": 1.0}]}))
    arguments = ["--world", "pyramid", "--commands", str(path)]
    code, stopped = run_json(capsys, *arguments)
    assert code == 1 and stopped["robot"]["x"] < 0.7
    code, through = run_json(capsys, *arguments, "--no-stop-for-obstacles")
    assert code == 0 and through["robot"]["x"] > 0.8


@pytest.mark.slow
@pytest.mark.usefixtures("table_model")
def test_eyes_are_opened_only_where_there_is_something_to_see(
    capsys: Capture, forward: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[bool] = []
    see = PerceptionLoop.see

    def counting(self: PerceptionLoop, state: RobotState) -> Detections | None:
        looked.append(True)
        return see(self, state)

    monkeypatch.setattr(PerceptionLoop, "see", counting)
    run_json(capsys, "--commands", forward)
    assert not looked
    run_json(capsys, "look at the red cube")
    assert looked


def test_a_robot_whose_arm_hides_its_cameras_view_is_warned_of(
    capsys: Capture, tmp_path: Path, forward: str
) -> None:
    text = (resources.files("tank_core") / "robots" / "tank.yaml").read_text(encoding="utf-8")
    path = tmp_path / "low.yaml"
    path.write_text(
        text.replace("position: [0.13, 0.0, 0.50]", "position: [0.13, 0.0, 0.40]"), encoding="utf-8"
    )
    for robot, warned in ((str(path), 1), ("tank", 0)):
        assert main(["run", "--robot", robot, "--commands", forward]) == 0
        assert (
            capsys.readouterr().err.count(
                "its arm at home hides 31% of the middle of the camera's view"
            )
            == warned
        )
