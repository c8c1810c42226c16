"""The process of a viewer; it ends when its standard input does.

    python -m tank_sim.view.viewer_process mujoco|window PORT

The other end of ``viewer``. It reads one model (its length as int64, then MJCF text) and then
states (time and qpos as doubles), of which it shows the newest. It answers in lines: INFO or ERROR
and a sentence.
"""

from __future__ import annotations

import os
import select
import socket
import struct
import sys
from collections.abc import Iterator
from typing import IO, Any

import mujoco
import numpy as np

from tank_core.exceptions import TankError
from tank_core.io.one_line import described
from tank_sim import shadows

STDIN = 0
HOST = "127.0.0.1"  # the page has no password, so nobody else may reach it
PORTS = 20  # how many ports are tried, from the one asked for
IDLE = 0.1  # [s] after which a state that did not change is shown again


def main() -> None:
    """Show what standard input says until it ends, as the arguments say."""
    kind, port = sys.argv[1], int(sys.argv[2])
    speaker = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the viewers print banners of their own
    os.nice(5)
    model = mujoco.MjModel.from_xml_string(_block(STDIN).decode())
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, 0)
    try:
        show = {"mujoco": _show_web, "window": _show_window}[kind]
        show(model, data, port, speaker)
    except Exception as error:
        # a process's border: drivers and browsers fail in ways of their own, and the robot goes on
        print(f"ERROR no viewer: {described(error)}", file=speaker)
    speaker.flush()
    os._exit(0)  # threads of the viewers may still wait for something


def _show_web(model: Any, data: Any, port: int, speaker: IO[str]) -> None:
    from mujoco.studio import launch_web, viewer_protocol, web_viewer
    from mujoco.studio.web import web_server

    from tank_sim.view.follower import Follower
    from tank_sim.view.viewer_gate import gated

    listener = _listen(port)
    taken = listener.getsockname()[1]
    # mujoco 4.0.0 listens on every interface and offers no choice; this is where it gets its socket
    # from.
    web_server.bind_public_socket = lambda host, asked: listener
    web_viewer._print_url_banner = lambda host, asked: None
    # It asks nobody where he comes from, either.
    web_server.serve = gated(web_server.serve, lambda text: print(f"INFO {text}", file=speaker))
    handle = launch_web.launch(
        viewer_protocol.ViewerConfig(title="Tank", gfx="web", http_port=taken), plugins=[Follower()]
    )
    handle.set_model(model, data=data)
    if taken != port:
        print(
            f"INFO port {port} is taken, so the viewer is at http://localhost:{taken}/",
            file=speaker,
        )
    else:
        print(f"INFO the viewer is at http://localhost:{taken}/", file=speaker)
    for _ in _states(model, data):
        if not handle.is_running():
            return
        handle.sync(model, data)


def _listen(port: int) -> socket.socket:
    """A socket bound to the first free port from ``port`` on."""
    for candidate in range(port, min(port + PORTS, 65536)):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, candidate))
            return listener
        except OSError:
            listener.close()
    raise OSError(f"ports {port} to {port + PORTS - 1} are all taken; give another viewer_port")


def _show_window(model: Any, data: Any, port: int, speaker: IO[str]) -> None:
    import mujoco.viewer

    from tank_sim.view.follower import follow

    if sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        raise TankError("there is no display for a window; say viewer web or mujoco: in a browser")
    with mujoco.viewer.launch_passive(
        model, data, show_left_ui=False, show_right_ui=False
    ) as window:
        follow(window.cam, model)
        print("INFO the viewer's window is open", file=speaker)
        for _ in _states(model, data):
            if not window.is_running():
                return
            mujoco.mj_kinematics(model, data)
            mujoco.mj_camlight(model, data)
            window.sync()


def _states(model: Any, data: Any, source: int = STDIN) -> Iterator[None]:
    """Put each newest state into ``data``; ends with the input.

    Also yields now and then without one.
    """
    size = 8 * (1 + data.qpos.size)
    rest = b""
    while True:
        if select.select([source], [], [], IDLE)[0]:
            piece = os.read(source, 1 << 16)
            if not piece:
                return
            rest += piece
            whole = len(rest) // size
            if whole:
                newest = np.frombuffer(rest[(whole - 1) * size : whole * size])
                data.time, data.qpos[:] = newest[0], newest[1:]
                shadows.move(model, data)
                rest = rest[whole * size :]
        yield


def _block(source: int) -> bytes:
    """Read bytes that begin with their number, as int64."""
    (length,) = struct.unpack("<q", _exactly(source, 8))
    return _exactly(source, length)


def _exactly(source: int, count: int) -> bytes:
    block = b""
    while len(block) < count:
        piece = os.read(source, count - len(block))
        if not piece:
            raise SystemExit(0)
        block += piece
    return block


if __name__ == "__main__":
    main()
