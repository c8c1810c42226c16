"""Images on demand, without shadows, and a renderer that ends in peace."""

import dataclasses
import subprocess
import sys

import numpy as np
import pytest

from tank_core.state import RobotCommand, Twist2D
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.realism.levels import Realism


@pytest.fixture
def film(robot):
    """A function that opens a backend with a small camera."""
    opened = []
    small = dataclasses.replace(
        robot, camera=dataclasses.replace(robot.camera, width=64, height=48)
    )

    def start(**how):
        backend = MujocoBackend(small, "cells", camera=True, **how)
        opened.append(backend)
        if backend.look() is None:
            pytest.skip(backend.camera_problem)
        return backend

    yield start
    for backend in opened:
        backend.close()


@pytest.mark.slow
def test_a_look_is_the_world_as_it_is_now_and_leaves_the_camera_alone(film):
    backend, other = film(realism=Realism(camera_latency=0.1)), film()
    for each in (backend, other):
        each.reset(0)
        each.apply(RobotCommand(Twist2D(0.3, 0.5)))
    for _ in range(15):
        backend.advance(0.02)
        other.advance(0.02)
        frame, late = backend.look(), backend.camera()
        assert frame.time == backend.time
        assert late is None or late.time <= backend.time - 0.09
    assert late.time < frame.time and (late.rgb != frame.rgb).any()
    assert (frame.rgb == other.camera().rgb).all()


@pytest.mark.slow
def test_a_placed_object_is_in_the_image_at_once(film):
    """Also in the one that a late camera took at the very beginning."""
    prompt, late = film(), film(realism=Realism(camera_latency=0.1))
    before = prompt.camera().rgb
    for backend in (prompt, late):
        backend.reset(0)
        backend.camera()
        name = next(iter(backend.objects()))
        backend.place(name, (0.35, 0.0, backend.objects()[name].z))
    moved = prompt.camera().rgb
    assert (moved != before).any() and (moved == prompt.look().rgb).all()
    late.advance(0.11)
    first = late.camera()
    assert first.time == 0.0 and (first.rgb == moved).all()


def test_without_shadows_only_the_shadows_are_gone(film):
    """The light stays what it was, or nobody could learn from such images."""
    dark, light = (film(shadows=shadows).look().rgb.astype(int) for shadows in (True, False))
    difference = (light - dark).max(axis=2)
    assert np.abs(np.median(difference)) <= 1
    assert (difference > 20).mean() > 0.01  # the arm's own shadow
    assert (difference < -6).mean() < 0.02


def test_a_closed_camera_looks_at_nothing(film):
    backend = film()
    backend.close()
    assert backend.look() is None


@pytest.mark.slow
def test_whoever_forgets_to_close_leaves_no_trace_of_it(tmp_path):
    """A script that ends with its camera open says nothing on its way out."""
    script = (
        "import tank_sim\n"
        "from tank_core.robot import load_robot\n"
        "from tank_sim.mujoco_backend import MujocoBackend\n"
        "kept = [MujocoBackend(load_robot('tank'), 'empty', camera=True) for _ in range(2)]\n"
        "print([backend.camera() is not None or backend.camera_problem for backend in kept])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=120, cwd=tmp_path
    )
    assert done.returncode == 0 and done.stderr == ""
    assert done.stdout.startswith("[")
