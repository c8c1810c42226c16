"""The robot's camera.

A pinhole of the robot file's numbers, that sees the arm zone and the way ahead.
"""

import dataclasses
import gc
import math
import threading

import mujoco
import numpy as np
import pytest

from tank_core.commands import Cell, Color, Shape
from tank_core.state import RobotCommand, Twist2D
from tank_sim import mjcf, worlds
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.realism.camera_faults import CameraFaults
from tank_sim.realism.levels import REAL, Realism
from tank_sim.view.overview import overview, picture


@pytest.fixture
def look(robot, monkeypatch):
    """A function from things to the image of them.

    At a lower resolution than the robot's own, for speed.
    """
    spec = dataclasses.replace(robot.camera, width=320, height=240)
    small = dataclasses.replace(robot, camera=spec)

    def render(*things):
        monkeypatch.setitem(worlds.catalog.BUILDERS, "test", lambda robot, dice: things)
        with MujocoBackend(small, "test", camera=True) as backend:
            backend.advance(0.02)
            frame = backend.camera()
            if frame is None:
                pytest.skip(backend.camera_problem)
            return frame.rgb

    render.spec = spec
    return render


def project(spec, point):
    """Pixel (column, row) of a point [m] in base_link.

    A pinhole at the image's middle, square pixels.
    """
    offset = np.subtract(point, spec.position)
    ahead = offset @ [math.cos(spec.pitch), 0, -math.sin(spec.pitch)]
    down = offset @ [-math.sin(spec.pitch), 0, -math.cos(spec.pitch)]
    return spec.width / 2 - spec.focal_px * offset[
        1
    ] / ahead, spec.height / 2 + spec.focal_px * down / ahead


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
    """A ball in the cell shows whole.

    It has as many pixels as its size and distance give, within a fifth.
    """
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


@pytest.mark.slow
def test_a_picture_from_outside(robot):
    with MujocoBackend(robot, "cells", camera=True) as backend:
        if backend.camera() is None:
            pytest.skip(backend.camera_problem)
        image = picture(backend, look_at=(0.3, 0.0, 0.0), elevation=-60, size=(160, 120))
    assert image.shape == (120, 160, 3)
    assert reds(image)[1] > 10


@pytest.mark.slow
def test_the_cheap_image_is_that_of_the_plain_renderer(robot):
    """But for pixels at edges of things and shadows."""
    with MujocoBackend(robot, "clutter", 2, camera=True) as backend:
        frame = backend.camera()
        if frame is None:
            pytest.skip(backend.camera_problem)
        with mujoco.Renderer(backend.model, robot.camera.height, robot.camera.width) as renderer:
            renderer.update_scene(backend.data, mjcf.CAMERA)
            difference = np.abs(renderer.render().astype(int) - frame.rgb).max(axis=2)
    assert np.median(difference) <= 2
    assert (difference > 12).mean() < 0.02


def test_without_a_camera_there_is_a_reason(robot):
    with MujocoBackend(robot) as backend:
        assert backend.camera() is None
        assert backend.camera_problem == "the camera is turned off"


@pytest.mark.slow
def test_a_camera_that_is_forgotten_is_closed_on_the_thread_that_opened_it(robot, monkeypatch):
    """OpenGL refuses any other, and says so at the worst time."""
    closers = []
    close = mujoco.Renderer.close
    monkeypatch.setattr(
        mujoco.Renderer,
        "close",
        lambda self: (closers.append(threading.current_thread()), close(self)),
    )
    backend = MujocoBackend(robot, camera=True)
    if backend.camera() is None:
        pytest.skip(backend.camera_problem)
    painter = backend._camera._painter
    del backend
    gc.collect()
    painter.shutdown()
    assert closers and all(thread.name.startswith("camera") for thread in closers)


@pytest.fixture
def film(robot):
    """A function from realism to a backend that drives, with a camera.

    At a low resolution, for speed.
    """
    small = dataclasses.replace(
        robot, camera=dataclasses.replace(robot.camera, width=160, height=120)
    )
    opened = []

    def start(realism, world="cells", seed=0):
        backend = MujocoBackend(small, world, seed, camera=True, realism=realism)
        opened.append(backend)
        backend.advance(0.5)
        if backend.camera() is None:
            pytest.skip(backend.camera_problem)
        backend.reset(seed)
        backend.camera()  # an ideal camera takes its first frame when it is first asked
        return backend

    yield start
    for backend in opened:
        backend.close()


def shots(backend, seconds=1.0):
    """(now, frame) after each control period of a drive."""
    backend.apply(RobotCommand(Twist2D(0.3, 0.5)))
    taken = []
    for _ in range(round(seconds / 0.02)):
        backend.advance(0.02)
        taken.append((backend.time, backend.camera()))
    return taken


@pytest.mark.slow
@pytest.mark.parametrize("latency", [0.02, 0.1, 0.25])
def test_a_late_camera_shows_the_past_and_says_so(film, latency):
    prompt = {round(frame.time, 3): frame.rgb for _, frame in shots(film("ideal"))}
    taken = shots(film(Realism(camera_latency=latency)))
    assert all(frame is None for now, frame in taken if now < latency - 0.003)
    late = [(now, frame) for now, frame in taken if now > latency + 0.003]
    times = sorted({round(frame.time, 3) for _, frame in late})
    # at the camera's own rate, from the beginning on
    assert times == pytest.approx(np.arange(len(times)) * 0.1, abs=1e-6)
    for now, frame in late:
        assert latency - 0.003 <= now - frame.time < latency + 0.1 + 0.003
    common = [time for time in times if time in prompt]
    assert len(common) >= 5
    frames = {round(frame.time, 3): frame.rgb for _, frame in late}
    assert all((frames[time] == prompt[time]).all() for time in common)


def test_a_frame_may_be_painted_after_the_world_has_gone_on(film):
    backend = film(Realism(camera_latency=0.1))
    backend.apply(RobotCommand(Twist2D(0.5, 0.0)))
    backend.advance(0.3)
    view = backend.camera_view()
    backend.advance(0.01)
    frame = backend.paint(view)
    assert frame.time == view[0] == pytest.approx(0.2, abs=0.003)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_images_and_another_one_does_not(film):
    def frames(backend):
        return [
            None if frame is None else (frame.time, frame.rgb.tobytes())
            for _, frame in shots(backend, 0.5)
        ]

    backend = film("real", "empty", 3)
    first = frames(backend)
    backend.reset(4)
    assert frames(backend) != first
    backend.reset(3)
    assert frames(backend) == first == frames(film("real", "empty", 3))


def test_noise_in_the_image_is_that_of_the_realism(film):
    clean, noisy = (film(realism, "empty") for realism in ("ideal", Realism(camera_noise=4.0)))
    for backend in (clean, noisy):
        backend.advance(0.1)
    difference = noisy.camera().rgb.astype(float) - clean.camera().rgb
    assert difference[:60].std() == pytest.approx(4.0, rel=0.05)


def test_a_tilted_camera_sees_things_moved_by_its_tilt(robot):
    """By focal length times angle, in pixels, whichever axis it is about."""
    tilt = 0.02
    place, seed = (0.8, 0.1), 5
    things = (worlds.on_floor(Color.RED, Shape.BALL, 0.05, place),)
    middles = []
    for realism in ("ideal", Realism(camera_tilt=tilt)):
        with MujocoBackend(robot, worlds.World("ball", things), seed, True, realism) as backend:
            frame = backend.camera()
            if frame is None:
                pytest.skip(backend.camera_problem)
            middles.append(np.array(reds(frame.rgb)[0]))
    about_x, about_y, _ = CameraFaults(Realism(camera_tilt=tilt), 640, 480, seed).tilt
    moved = middles[1] - middles[0]
    # about up: to the side; about right: up or down
    expected = robot.camera.focal_px * np.array([about_y, about_x])
    assert np.abs(moved) == pytest.approx(np.abs(expected), rel=0.4, abs=2.0)
    assert np.linalg.norm(moved) > 2


def test_real_has_all_of_it_and_an_image_comes_out(film):
    backend = film(REAL)
    backend.advance(0.3)
    assert reds(backend.camera().rgb)[1] > 10


@pytest.mark.slow
def test_an_overview_has_robot_and_every_object_in_it(robot):
    with MujocoBackend(robot, "cells", camera=True) as backend:
        if backend.camera() is None:
            pytest.skip(backend.camera_problem)
        image = overview(backend, (640, 400))
    assert image.shape == (400, 640, 3)
    (column, row), number = reds(image)
    assert number > 20 and 100 < column < 540 and 50 < row < 350
