"""The robot's way."""

from __future__ import annotations

import pytest

from tank_cockpit import track as module
from tank_cockpit.track import STEP_M, PoseHistory
from tank_core.geometry import Pose2D


def test_the_path_has_points_of_its_own_distance_and_never_too_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "POINTS", 100)
    track = PoseHistory()
    for tick in range(2000):
        assert not track.moved(tick * 0.02, Pose2D(tick * 0.3 * STEP_M))
    assert 40 < len(track.path) <= 100
    first, last = track.path[0], track.path[-1]
    assert first == (0.0, 0.0) and abs(last[0] - 600 * STEP_M) < 0.2


def test_the_pose_is_that_of_the_moment() -> None:
    track = PoseHistory()
    assert track.at(1.0) is None and track.pose is None
    for tick in range(100):
        track.moved(tick * 0.1, Pose2D(tick * 0.01))
    for stamp, x in ((-5.0, 0.0), (2.04, 0.2), (2.06, 0.21), (99.0, 0.99)):
        pose = track.at(stamp)
        assert pose is not None and abs(pose.x - x) < 1e-9


def test_a_robot_that_is_put_elsewhere_has_not_driven_there() -> None:
    track = PoseHistory()
    track.moved(1.0, Pose2D(2.0))
    track.moved(1.1, Pose2D(2.1))
    assert track.moved(1.2, Pose2D(0.0)) and track.path == [(0.0, 0.0)]
    assert track.moved(0.5, Pose2D(0.0))  # the clock goes back
