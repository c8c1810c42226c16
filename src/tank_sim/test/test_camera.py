"""The robot's camera: a pinhole of the robot file's numbers, that sees the arm zone and the way ahead."""

import dataclasses
import math

import numpy as np
import pytest

from tank_core.commands import Cell, Color, Shape
from tank_sim import worlds
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.picture import picture


@pytest.fixture
def look(robot, monkeypatch):
    """A function from things to the image of them, at a lower resolution than the robot's own, for speed."""
    spec = dataclasses.replace(robot.camera, width=320, height=240)
    small = dataclasses.replace(robot, camera=spec)

    def render(*things):
        monkeypatch.setitem(worlds._BUILDERS, "test", lambda robot, dice: things)
        with MujocoBackend(small, "test", camera=True) as backend:
            backend.advance(0.02)
            frame = backend.camera()
            if frame is None:
                pytest.skip(backend.camera_problem)
            return frame.rgb

    render.spec = spec
    return render


def project(spec, point):
    """Pixel (column, row) of a point [m] in base_link: a pinhole at the image's middle, square pixels."""
    offset = np.subtract(point, spec.position)
    ahead = offset @ [math.cos(spec.pitch), 0, -math.sin(spec.pitch)]
    down = offset @ [-math.sin(spec.pitch), 0, -math.cos(spec.pitch)]
    return spec.width / 2 - spec.focal_px * offset[1] / ahead, spec.height / 2 + spec.focal_px * down / ahead


def reds(image):
    """Middle (column, row) and number of the red pixels."""
    red, green, blue = (image[:, :, channel].astype(int) for channel in range(3))
    rows, columns = np.nonzero((red > 60) & (red > 2 * green) & (red > 2 * blue))
    return (columns.mean() + 0.5, rows.mean() + 0.5) if len(rows) else None, len(rows)


@pytest.mark.parametrize("place", [(0.6, 0.0), (1.0, 0.4), (1.5, -0.8), (3.0, 0.3)])
def test_a_red_ball_is_where_projection_says(look, place):
    ball = worlds.on_floor(Color.RED, Shape.BALL, 0.05, place)
    middle, number = reds(look(ball))
    assert number > 2
    assert middle == pytest.approx(project(look.spec, ball.position), abs=1.5)


@pytest.mark.parametrize("cell", Cell)
def test_each_cell_is_seen_past_the_arm_at_home(robot, look, cell):
    """A ball in the cell shows whole: as many pixels as its size and distance give, within a fifth."""
    ball = worlds.on_floor(Color.RED, Shape.BALL, 0.04, robot.cell(cell))
    middle, number = reds(look(ball))
    distance = math.dist(ball.position, look.spec.position)
    assert middle == pytest.approx(project(look.spec, ball.position), abs=2.0)
    assert number > 0.8 * math.pi * (look.spec.focal_px * 0.02 / distance) ** 2


def test_the_picture_has_the_size_of_the_robot_file_and_changes_at_its_rate(robot):
    with MujocoBackend(robot, camera=True) as backend:
        frame = backend.camera()
        if frame is None:
            pytest.skip(backend.camera_problem)
        assert frame.rgb.shape == (robot.camera.height, robot.camera.width, 3)
        assert frame.rgb.dtype == np.uint8
        assert frame.rgb.std() > 5
        backend.advance(0.5 / robot.camera.rate)
        assert backend.camera() is frame
        backend.advance(0.5 / robot.camera.rate)
        assert backend.camera().time == pytest.approx(1 / robot.camera.rate)
        backend.reset(0)
        assert backend.camera().time == 0.0
    assert backend.camera() is None


def test_a_picture_from_outside(robot):
    with MujocoBackend(robot, "cells", camera=True) as backend:
        if backend.camera() is None:
            pytest.skip(backend.camera_problem)
        image = picture(backend, look_at=(0.3, 0.0, 0.0), elevation=-60, size=(160, 120))
    assert image.shape == (120, 160, 3)
    assert reds(image)[1] > 10


def test_without_a_camera_there_is_a_reason(robot):
    with MujocoBackend(robot) as backend:
        assert backend.camera() is None
        assert backend.camera_problem == "the camera is turned off"
