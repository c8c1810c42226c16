"""Demonstrations in simulation: by the executor, and by scripts."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tank_cli.__main__ import main
from tank_core.commands import Move, MoveDirection, Wait
from tank_core.robot import load_robot
from tank_episode.episode import Episode
from tank_learning.skills.dataset import Dataset, DatasetError, Spec
from tank_learning.skills.dataset.sources.scripted import WORLDS, shown_by
from tank_learning.skills.dataset.sources.simulated import (
    LabeledInstruction,
    SourceRoom,
    carried_out,
)
from tank_learning.skills.gate.scenes import scene
from tank_sim.mujoco_backend import MujocoBackend

ROBOT = load_robot("tank")
BLIND = Spec.of(ROBOT, 10, {})
ROOM = SourceRoom("empty", "ideal")
AHEAD = LabeledInstruction("drive ahead", (Move(MoveDirection.FORWARD, 0.3),))


def never(_: str) -> bool:
    return False


def test_the_executor_s_run_is_what_was_sent_and_what_the_odometry_told() -> None:
    with Episode(camera=False) as episode:
        found = list(carried_out(episode, ROOM, BLIND, [AHEAD], range(2), never))
        way = episode.state.odometry.pose.x
    assert len({one.source for one in found}) == 2
    shown = found[0].shown
    assert shown is not None and shown.task == "drive ahead"
    told, sent = shown.states[:, -2], shown.actions[:, -2]
    assert told.sum() / 10 == pytest.approx(0.3, abs=0.03) and way == pytest.approx(0.3, abs=0.02)
    assert sent.sum() / 10 == pytest.approx(0.3, abs=0.03)
    # it stands at both ends, and what is sent comes before what is told
    assert abs(told[0]) < 1e-6 and sent[-1] == 0.0 and sent[0] > 0.0


def test_requests_take_turns_and_what_is_known_is_left_alone() -> None:
    wait = LabeledInstruction("wait", (Wait(0.3),))
    with Episode(camera=False) as episode:
        known = ROOM.source("wait", 1)
        found = list(
            carried_out(episode, ROOM, BLIND, [AHEAD, wait], range(4), {known}.__contains__)
        )
    assert [one.shown.task for one in found if one.shown] == ["drive ahead", "drive ahead", "wait"]


def test_what_fails_is_left_out_with_its_reason() -> None:
    from tank_core.commands import GoTo

    with Episode(camera=False) as episode:
        lost = LabeledInstruction("go home", (GoTo("home"),))
        (found,) = carried_out(episode, ROOM, BLIND, [lost], range(1), never)
        assert found.shown is None and "home" in found.why_not
        with pytest.raises(DatasetError, match="--no-images"):
            sighted = Spec.of(ROBOT, 10, {"front": (32, 24)})
            list(carried_out(episode, ROOM, sighted, [AHEAD], range(1), never))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["gate", "visit"])
def test_a_script_arrives_in_most_rooms_and_shows_it_the_same_way_again(name: str) -> None:
    room = SourceRoom(WORLDS[name], "ideal")
    with MujocoBackend(ROBOT, room.world) as backend:
        found = list(shown_by(name, backend, room, BLIND, range(3), never))
        end = backend.truth()
        (again,) = shown_by(name, backend, room, BLIND, range(2, 3), never)
    shown = [one.shown for one in found if one.shown]
    assert len(shown) >= 2 and len({one.length for one in shown}) > 1
    if name == "gate":
        last = scene(ROBOT, 2)
        assert last.local(end).x > 0.4 and abs(last.local(end).y) < last.gate.width / 2
    assert again.shown is not None and found[2].shown is not None
    assert np.array_equal(again.shown.actions, found[2].shown.actions)
    assert all(one.actions[-1, -2:].tolist() == [0.0, 0.0] for one in shown)
    assert max(np.abs(one.actions[:, -1]).max() for one in shown) <= ROBOT.drive.max_angular


def test_a_script_needs_a_world_that_has_its_thing() -> None:
    with MujocoBackend(ROBOT, "empty") as backend:
        for name, cure in (("gate", "leave out --world"), ("visit", "--world playground")):
            with pytest.raises(DatasetError, match=cure):
                list(shown_by(name, backend, ROOM, BLIND, range(1), never))


@pytest.mark.slow
def test_images_are_those_of_the_robot_s_camera() -> None:
    robot = replace(ROBOT, camera=replace(ROBOT.camera, width=64, height=48))
    spec = Spec.of(robot, 5, {"front": (32, 24)})
    with MujocoBackend(robot, "gates", camera=True) as backend:
        room = SourceRoom("gates", "ideal")
        (found,) = shown_by("gate", backend, room, spec, range(1), never)
        last = backend.look()
    assert found.shown is not None and last is not None
    images = found.shown.images["front"].astype(float)
    assert images.shape[1:] == (24, 32, 3)
    small = last.rgb.reshape(24, 2, 32, 2, 3).mean(axis=(1, 3))
    assert np.abs(images[-1] - small).mean() < 4.0 < np.abs(images[0] - small).mean()


@pytest.mark.slow
def test_the_command_records_and_shows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, sheet = tmp_path / "set", tmp_path / "sheet.png"
    commands = tmp_path / "list.json"
    commands.write_text(
        '{"commands": [{"action": "move", "direction": "forward", "distance_m": 0.2}]}'
    )
    words = ["learn", "record", "--out", str(out), "--commands", str(commands), "--size", "64x48"]
    words += ["--world", "empty", "--fps", "5"]
    assert main([*words, "--episodes", "1"]) == 0
    assert main([*words, "--episodes", "2"]) == 0
    assert "2 episodes, 1 of them new; 0 left out" in capsys.readouterr().out
    dataset = Dataset(out)
    assert dataset.tasks == ("move forward 0.2 m",) and len(dataset.episodes) == 2
    assert dataset.episodes[1].source.endswith("seed 1: move forward 0.2 m")
    assert main(["learn", "show", str(out), "--picture", str(sheet)]) == 0
    told = capsys.readouterr().out
    for words_told in ("robot tank", "2 episodes", "64x48", "x.vel", "move forward 0.2 m"):
        assert words_told in told
    assert sheet.stat().st_size > 1000
    assert math.isclose(dataset.frames / 5, float(told.split(" frames, ")[1].split(" s")[0]))
