"""The node's readings of its robot, over topics and told by hand."""

import math
import time

import pytest
from executor_peer import LONG, Peer
from nav_msgs.msg import Odometry
from rclpy.context import Context
from rclpy.node import Node
from sensor_msgs.msg import Range

from tank_core.robot import RangeSensor
from tank_core.ros import conversions as convert
from tank_core.ros import interfaces as names
from tank_core.ros.tank_messages import detections_to_ros
from tank_core.state import Detection, Detections
from tank_core.state import Odometry as RobotOdometry
from tank_core.testing.waiting import wait_for
from tank_executor.executor_node import ExecutorNode
from tank_executor.plan import PlanState

ODOMETRY, SONAR = RobotOdometry(), RangeSensor((0.15, 0.0, 0.05), 0.26, 0.02, 4.0)


@pytest.mark.parametrize(
    ("distance", "stamp", "known"),
    [
        (0.4, 10.0, 0.4),
        (0.4, 9.6, 0.4),
        (0.4, 9.4, math.nan),  # silent
        (0.4, 11.0, math.nan),
        (None, 10.0, None),
        (math.nan, 10.0, math.nan),
        (0.001, 10.0, 0.02),
    ],
)
def test_the_range_is_known_while_it_is_young(
    idle: ExecutorNode, distance: float | None, stamp: float, known: float | None
) -> None:
    idle._senses.on_range(convert.range_to_ros(distance, SONAR, stamp, "range_link"))
    state = idle._senses.state(convert.odometry_to_ros(ODOMETRY, 10.0, "odom", "base_link"))
    assert state.range_m == (known if known is None else pytest.approx(known, nan_ok=True))
    assert idle.diagnostics.health.count(names.RANGE, "refused") == (
        distance is not None and math.isnan(distance)
    )


def test_the_range_comes_over_ros(peer: Peer) -> None:
    publisher = peer.create_publisher(Range, names.RANGE, names.SENSOR_DATA)

    def known() -> bool:
        publisher.publish(
            convert.range_to_ros(
                0.75, SONAR, peer.get_clock().now().nanoseconds * 1e-9, "range_link"
            )
        )
        return bool(peer.node._state and peer.node._state.range_m == 0.75)

    wait_for(known, "the range")


@pytest.mark.slow
def test_two_senders_of_what_one_should_send_are_told_for_as_long_as_there_are_two(
    idle: ExecutorNode, context: Context
) -> None:
    def told() -> str | None:
        idle._watch()
        return next(
            (
                part.message
                for part in idle.diagnostics.health.report(0.0)
                if part.part == names.ODOM
            ),
            None,
        )

    other = Node("other", context=context)
    senders = [other.create_publisher(Odometry, names.ODOM, names.STREAM) for _ in range(2)]
    wait_for(
        lambda: told() == "2 senders on odom; end all but one, or give each robot a namespace",
        "the diagnosis",
    )
    other.destroy_publisher(senders[0])
    wait_for(lambda: told() == "ok", "its end")
    other.destroy_node()


@pytest.mark.parametrize(
    ("frame", "x", "reason"),
    [
        ("odom", 1.0, "'odom'; they must be in 'base_link'"),
        ("base_link", math.nan, "object 3"),
        ("base_link", 1.0, ""),
    ],
)
def test_detections_are_taken_in_base_link_and_in_numbers_only(
    idle: ExecutorNode, frame: str, x: float, reason: str
) -> None:
    seen = Detections(4.0, (Detection(3, "red", "cube", (x, 0.0, 0.02)),))
    idle._senses.on_detections(detections_to_ros(seen, frame))
    assert (idle._senses.detections == seen) is not bool(reason)
    (part,) = [
        part for part in idle.diagnostics.health.report(0.0) if part.part == names.DETECTIONS
    ] or [None]
    assert reason in part.message if reason else part is None


@pytest.mark.slow
def test_without_odometry_a_list_fails_in_words(peer: Peer) -> None:
    peer.alive = False
    time.sleep(0.2)
    peer.node._state = None
    peer.say(LONG)
    assert (
        peer.wait(PlanState.FAILED).outcomes[0].message
        == "no odometry on 'odom': is the robot running?"
    )
    assert all(twist[1:] == (0.0, 0.0) for twist in peer.twists)
