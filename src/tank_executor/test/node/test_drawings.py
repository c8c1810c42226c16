"""Path, plan and reach for rviz, from an executor node on real ROS."""

from __future__ import annotations

from typing import Any

import pytest
from executor_peer import Peer
from nav_msgs.msg import Path
from visualization_msgs.msg import Marker, MarkerArray

from tank_core.commands import Move, MoveDirection, Side, Turn
from tank_core.geometry import Pose2D
from tank_core.ros import interfaces as names
from tank_core.testing.waiting import wait_for
from tank_executor.plan import Plan, PlanState, PlanStatus
from tank_executor.ros.drawings import plan_markers

COMMANDS = (
    Move(MoveDirection.FORWARD, 0.6),
    Turn(Side.LEFT, 90.0),
    Move(MoveDirection.FORWARD, 20.0),
)
KINDS = {names.PATH: Path, names.PLAN_MARKERS: MarkerArray, names.REACH_MARKER: Marker}


@pytest.mark.slow
def test_who_looks_sees_the_path_the_plan_and_the_reach(peer: Peer) -> None:
    seen: dict[str, list[Any]] = {topic: [] for topic in KINDS}
    for topic, kind in KINDS.items():
        peer.create_subscription(kind, topic, seen[topic].append, names.LATCHED)
    peer.say(*COMMANDS)
    wait_for(lambda: any(len(array.markers) == 4 for array in seen[names.PLAN_MARKERS]), "arrows")
    wait_for(lambda: bool(seen[names.REACH_MARKER]), "the reach")
    assert seen[names.REACH_MARKER][-1].header.frame_id == names.BASE_FRAME
    wait_for(lambda: bool(seen[names.PATH]) and len(seen[names.PATH][-1].poses) > 3, "the path")
    path = seen[names.PATH][-1]
    assert path.header.frame_id == names.ODOM_FRAME
    along = [pose.pose.position.x for pose in path.poses]
    assert along == sorted(along)
    peer.call(names.STOP)
    wait_for(lambda: len(seen[names.PLAN_MARKERS][-1].markers) == 1, "their end")


def test_the_steps_that_are_left_are_drawn_and_the_old_ones_taken_away_first() -> None:
    running = PlanStatus(PlanState.RUNNING, Plan(COMMANDS), step=1)
    array = plan_markers(running, Pose2D(1.0, 0.0, 0.0), "odom")
    assert [marker.action for marker in array.markers] == [Marker.DELETEALL, Marker.ADD, Marker.ADD]
    turn, ahead = array.markers[1:]
    assert turn.id == 1 and ahead.id == 2 and turn.color != ahead.color
    start, end = ahead.points
    assert (start.x, start.y, end.x, end.y) == pytest.approx((1.0, 0.0, 1.0, 20.0))
    assert len(plan_markers(running, None, "odom").markers) == 1
