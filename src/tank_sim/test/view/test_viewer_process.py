"""The viewer's process: its protocol on a pipe, its port, and how it ends."""

import os
import socket
import struct
import subprocess
import sys

import mujoco
import numpy as np
import pytest

from tank_core.testing.waiting import wait_for
from tank_sim.mjcf import build_mjcf
from tank_sim.view import viewer_process
from tank_sim.worlds import build_world

PATIENCE = 60.0  # [s]


@pytest.fixture
def pipe():
    """(read end, write end)."""
    ends = list(os.pipe())
    yield ends
    for end in ends:
        if end is not None:
            os.close(end)


def end_of(pipe):
    os.close(pipe[1])
    pipe[1] = None


@pytest.fixture
def scene(robot):
    model = mujoco.MjModel.from_xml_string(build_mjcf(robot, build_world("light", robot)))
    return model, mujoco.MjData(model)


def state(model, moment):
    return struct.pack("<d", moment) + np.full(model.nq, moment).tobytes()


@pytest.mark.parametrize("cut", [0, 1, 8, -1])
def test_of_several_states_the_newest_whole_one_is_shown(pipe, scene, cut):
    """However the pipe cuts them into pieces."""
    model, data = scene
    states = viewer_process._states(model, data, pipe[0])
    parts = b"".join(state(model, moment) for moment in (1.0, 2.0, 3.0))
    cut %= len(parts)
    os.write(pipe[1], parts[:cut] or parts)
    next(states)
    assert data.time == (2.0 if cut == len(parts) - 1 else 3.0 if cut == 0 else 0.0)
    if cut:
        os.write(pipe[1], parts[cut:])
        next(states)
    assert data.time == 3.0
    assert (data.qpos == 3.0).all()


def test_a_state_moves_the_panel_of_a_moving_shadow_with_its_time(pipe, scene):
    model, data = scene
    states = viewer_process._states(model, data, pipe[0])
    places = []
    for moment in (0.0, 3.0):
        os.write(pipe[1], state(model, moment))
        next(states)
        places.append(data.mocap_pos[0].copy())
    assert not np.allclose(*places)


def test_without_states_it_still_comes_by_and_with_the_input_it_ends(pipe, scene, monkeypatch):
    monkeypatch.setattr(viewer_process, "IDLE", 0.001)
    states = viewer_process._states(*scene, pipe[0])
    next(states)
    next(states)
    end_of(pipe)
    assert list(states) == []


def test_the_model_is_read_whole_and_nothing_of_what_follows(pipe):
    model = b"<mujoco/>" * 4000  # more than one read of a pipe gives
    os.write(pipe[1], struct.pack("<q", len(model)) + model + b"states")
    assert viewer_process._block(pipe[0]) == model
    assert os.read(pipe[0], 100) == b"states"


@pytest.mark.parametrize("begun", [b"", b"\x01\x00", struct.pack("<q", 10) + b"<muj"])
def test_an_input_that_ends_before_the_model_ends_the_process_quietly(pipe, begun):
    os.write(pipe[1], begun)
    end_of(pipe)
    with pytest.raises(SystemExit) as ended:
        viewer_process._block(pipe[0])
    assert ended.value.code == 0


def test_it_listens_on_the_first_free_port_from_the_one_asked_for(monkeypatch):
    first = viewer_process._listen(20_000)
    with first:
        assert first.getsockname()[0] == "127.0.0.1"
        port = first.getsockname()[1]
        first.listen()
        with viewer_process._listen(port) as second:
            assert port < second.getsockname()[1] < port + viewer_process.PORTS
        monkeypatch.setattr(viewer_process, "PORTS", 1)
        with pytest.raises(OSError, match=f"ports {port} to {port} are all taken"):
            viewer_process._listen(port)


def process(kind, robot, **environment):
    """A viewer's process that has its model."""
    model = build_mjcf(robot, build_world("empty", robot)).encode()
    child = subprocess.Popen(
        [sys.executable, "-m", "tank_sim.view.viewer_process", kind, "20100"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, **environment},
    )
    child.stdin.write(struct.pack("<q", len(model)) + model)
    child.stdin.flush()
    return child


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
    except ConnectionRefusedError:
        return False
    return True


def test_it_ends_with_its_input_and_lets_go_of_its_port(robot):
    with process("mujoco", robot) as child:
        try:
            line = child.stdout.readline().decode()
            assert line.startswith("INFO ")
            port = int(line.rstrip("/\n").rpartition(":")[2])
            wait_for(lambda: answers(port))  # it says where it will be a moment before it is
            child.stdin.close()
            assert child.wait(PATIENCE) == 0
        finally:
            child.kill()
    assert not answers(port)


@pytest.mark.parametrize(
    "kind, sentence",
    [("window", "there is no display for a window"), ("hologram", "hologram")],
)
def test_why_there_is_no_viewer_is_one_line(robot, kind, sentence):
    with process(kind, robot, DISPLAY="", WAYLAND_DISPLAY="") as child:
        try:
            lines = child.stdout.read().decode().splitlines()
            assert child.wait(PATIENCE) == 0
        finally:
            child.kill()
    assert len(lines) == 1
    assert lines[0].startswith("ERROR no viewer: ") and sentence in lines[0]
