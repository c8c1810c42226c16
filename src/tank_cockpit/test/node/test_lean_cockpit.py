"""The robot's half of the page on the robot itself: the node on a socket."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

pytest.importorskip("rclpy", reason="ROS 2 is not installed here")
from cockpit_rig import rig

from tank_cockpit.lean.stopping import Stopping


def test_a_stop_over_the_socket_is_confirmed_by_the_robot(
    ros: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with rig(tmp_path, monkeypatch, page_socket=str(tmp_path / "cockpit")) as stack:
        assert stack.cockpit.door is None  # no port is open
        assert stack.cockpit.asking.say("a long way, then left")
        stack.wait(lambda: stack.moving, "it to drive")
        cut: list[bool] = []
        assert Stopping(tmp_path / "cockpit", lambda: cut.append(True))(60.0)
        assert cut == [True] and not stack.moving and stack.robot.controller.stopped
    assert not Stopping(tmp_path / "cockpit", lambda: None)(1.0)  # it has gone
