"""Films of runs: which moments are chosen, and that a sheet of them is drawn."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from tank_core.commands import Move, MoveDirection, Side, Turn
from tank_core.robot import load_robot
from tank_core.state import Detections, Pose2D
from tank_episode import Episode
from tank_episode.film.captions import width_of, wrapped
from tank_episode.film.film import ELEVATIONS, MOMENTS, Film, FilmMoment, chosen, sheet
from tank_perception.view import View
from tank_sim.worlds import Fixture, Scene, World

ROBOT = load_robot("tank")
STILL = dict.fromkeys(ROBOT.joint_names, 0.0)


def moment(time: float, x: float) -> FilmMoment:
    return FilmMoment(
        time,
        np.zeros(1),
        "",
        np.zeros(1, dtype=np.uint8),
        Detections(time),
        View.of(ROBOT, Pose2D(x), STILL),
    )


def test_moments_are_chosen_by_what_moved_and_not_by_the_clock() -> None:
    waiting = [moment(time, 0.0) for time in range(50)]
    driving = [moment(50 + number, number / 10) for number in range(11)]
    times = [one.time for one in chosen(waiting + driving, ROBOT)]
    assert times[0] == 0 and times[-1] == 60 and len(times) == MOMENTS
    assert times[1:] == [52, 54, 56, 58, 60]


def test_of_a_robot_that_does_not_move_there_is_the_beginning_and_the_end() -> None:
    assert [one.time for one in chosen([moment(time, 0.0) for time in range(5)], ROBOT)] == [0, 4]
    assert len(chosen([moment(0.0, 0.0)], ROBOT)) == 1


def test_a_sheet_has_room_for_each_picture() -> None:
    pictures = [np.full((30, 40, 3), number, dtype=np.uint8) for number in range(1, 6)]
    paper = sheet(pictures)
    assert all((paper == number).all(axis=2).sum() == 30 * 40 for number in range(1, 6))


def test_lines_are_as_wide_as_allowed_and_lose_no_word() -> None:
    text = "I see a blue cube and two green balls, but no red cube"
    lines = wrapped(text, 20, 200)
    assert " ".join(lines) == text and len(lines) > 1
    assert all(width_of(line, 20) <= 200 for line in lines)


def test_the_eye_looks_over_walls() -> None:
    elevations = []
    for high in (0.001, 0.4):  # half of the height [m] of a wall beside the robot
        wall = Fixture("wall", (0.3, 0.02, high), (0.1, -0.3, high))
        episode = Episode(world=World("walled", scene=Scene(fixtures=(wall,))), camera=False)
        backend, still = episode.backend, moment(0.0, 0.0)
        beginning = replace(still, qpos=backend.data.qpos.copy())
        film = Film(episode, "")
        film._moments.append(beginning)
        elevations.append(film._eye([beginning], backend.data).elevation)
    assert elevations[0] == ELEVATIONS[0] > elevations[1]


@pytest.mark.slow
def test_a_run_is_filmed_where_opengl_works(tmp_path: Path) -> None:
    episode = Episode(world="cells")
    film = Film(episode, "“go back”")
    assert episode.perception_loop is not None
    episode.perception_loop.observer = film.take
    episode.run((Move(MoveDirection.BACKWARD, 0.5), Turn(Side.LEFT, 90.0)))
    if episode.perception_loop.problem:
        pytest.skip("no OpenGL here")
    film.write(tmp_path / "sheet.png")
    film.write(tmp_path / "pictures")
    episode.close()
    paper = cv2.imread(str(tmp_path / "sheet.png"))
    assert paper is not None and paper.shape[1] == 1280
    assert len(list((tmp_path / "pictures").glob("*.png"))) == MOMENTS
