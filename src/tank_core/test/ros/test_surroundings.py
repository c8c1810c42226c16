"""Nodes tell of others on the graph: ends that do not match, a second clock."""

import pytest

pytest.importorskip("rclpy", reason="ROS 2 is not installed here")

from geometry_msgs.msg import Twist, TwistStamped
from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy, qos_check_compatible
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import Image
from std_msgs.msg import Bool, String

from tank_core.ros import conversions as convert
from tank_core.ros import interfaces as names
from tank_core.ros.matching import lacking
from tank_core.ros.mock_robot_node import MockRobotNode
from tank_core.ros.runtime.environment import SAFE_DOMAIN
from tank_core.ros.surroundings import endpoints
from tank_core.ros.testing import Bench, starting
from tank_core.state import RobotCommand, Twist2D

BEST_EFFORT = QoSProfile(depth=10, reliability=ReliabilityPolicy.BEST_EFFORT)


@pytest.fixture
def start(open_ros):
    """The same as in test_robot_node, heard by other programs."""
    with starting(MockRobotNode) as start:
        yield start


def message_of(part, name):
    return part(name).message if part(name) else ""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "stamped", "cure"),
    [(Twist, True, "with --twist"), (TwistStamped, False, "without --twist")],
)
def test_a_velocity_of_the_other_type_is_named_until_it_goes(start, foreign, kind, stamped, cure):
    _, bench = start(stamped_cmd_vel=stamped)
    part = bench.diagnostics()
    publisher = foreign.create_publisher(kind, names.CMD_VEL, 10)
    bench.wait(lambda: part("matching") and part("matching").level == b"\1", "a warning")
    text = part("matching").message
    assert (
        text.startswith("/stranger publishes /cmd_vel as geometry_msgs/msg/")
        and cure in text
        and "\n" not in text
    )
    foreign.destroy_publisher(publisher)
    bench.wait(lambda: part("matching").level == b"\0", "it to be over")


@pytest.mark.slow
def test_a_strict_listener_of_a_loose_topic_is_named(start, foreign):
    _, bench = start()
    part = bench.diagnostics()
    foreign.create_subscription(Image, names.IMAGE, lambda _: None, 10)
    bench.wait(
        lambda: "let /stranger subscribe best effort" in message_of(part, "matching"), "a warning"
    )


@pytest.mark.slow
def test_where_everybody_is_heard_that_is_said(start, foreign):
    _, bench = start()
    part = bench.diagnostics()
    foreign.create_publisher(TwistStamped, names.CMD_VEL, BEST_EFFORT)
    foreign.create_publisher(Bool, names.STOPPED, BEST_EFFORT)
    foreign.create_subscription(Image, names.IMAGE, lambda _: None, BEST_EFFORT)
    bench.wait(lambda: part("matching"), "a report")
    arrays = len(bench.received[names.DIAGNOSTICS])
    bench.wait(lambda: len(bench.received[names.DIAGNOSTICS]) > arrays + 4, "reports")
    assert (part("matching").level, part("matching").message) == (b"\0", "everybody is heard")


def test_a_best_effort_velocity_drives_and_a_best_effort_stop_stops(start, foreign):
    node, bench = start()
    velocity = foreign.create_publisher(TwistStamped, names.CMD_VEL, BEST_EFFORT)
    stopped = foreign.create_publisher(Bool, names.STOPPED, BEST_EFFORT)
    bench.wait(
        lambda: velocity.get_subscription_count() and stopped.get_subscription_count(),
        "both to be joined",
    )
    velocity.publish(TwistStamped(twist=convert.twist_to_ros(Twist2D(0.3, 0.0))))
    bench.wait(
        lambda: (node.mock.applied or [RobotCommand()])[-1].twist.linear == 0.3, "the velocity"
    )
    stopped.publish(Bool(data=True))
    bench.wait(lambda: node.controller.stopped, "the stop")


@pytest.mark.parametrize("ours", [names.RELIABLE, names.LATCHED, names.SENSOR_DATA, names.ALIVE])
@pytest.mark.parametrize(
    "theirs", [names.RELIABLE, names.LATCHED, names.SENSOR_DATA, names.ALIVE_OFFERED]
)
def test_what_the_graph_shows_is_judged_as_ros_does(open_ros, foreign, ours, theirs):
    node = Node("hearer")
    node.create_subscription(String, "said", lambda _: None, ours)
    foreign.create_publisher(String, "said", theirs)

    def ends(query):
        return endpoints(query("said"))

    Bench.wait(
        lambda: (
            ends(node.get_publishers_info_by_topic) and ends(node.get_subscriptions_info_by_topic)
        ),
        "both ends",
    )
    (publisher,), (subscriber,) = (
        ends(node.get_publishers_info_by_topic),
        ends(node.get_subscriptions_info_by_topic),
    )
    assert bool(lacking(publisher, subscriber)) == (int(qos_check_compatible(theirs, ours)[0]) == 2)
    node.destroy_node()


@pytest.mark.slow
def test_where_a_second_clock_comes_the_robot_stops_until_it_goes(start, foreign):
    node, bench = start(use_sim_time=True)
    part = bench.diagnostics()
    bench.node.create_publisher(Clock, names.CLOCK, names.STREAM)
    bench.wait(lambda: part("robot"), "a report")
    assert not node.controller.stopped
    second = foreign.create_publisher(Clock, names.CLOCK, names.STREAM)
    bench.wait(lambda: node.controller.stopped, "the stop")
    bench.wait(lambda: part("clock") and part("clock").level == b"\2", "an error")
    text = message_of(part, "clock")
    assert text.startswith("/listener and /stranger publish /clock")
    assert f"ROS_DOMAIN_ID={(node.context.get_domain_id() + 1) % (SAFE_DOMAIN + 1)}" in text
    foreign.destroy_publisher(second)
    bench.wait(
        lambda: not node.controller.stopped and part("clock").level == b"\0", "one clock again"
    )


@pytest.mark.slow
def test_two_clocks_are_nothing_to_who_lives_by_the_wall(start, foreign):
    node, bench = start()
    part = bench.diagnostics()
    for owner in (bench.node, foreign):
        owner.create_publisher(Clock, names.CLOCK, names.STREAM)
    bench.wait(lambda: node.count_publishers(names.CLOCK) == 2 and part("robot"), "two clocks")
    arrays = len(bench.received[names.DIAGNOSTICS])
    bench.wait(lambda: len(bench.received[names.DIAGNOSTICS]) > arrays + 2, "reports")
    assert not node.controller.stopped and part("clock") is None
