"""Two simulations in one domain.

The second one refuses, and where that is too late the robots stop.
"""

import pytest

pytest.importorskip("rclpy", reason="ROS 2 is not installed here")

from rclpy.lifecycle import TransitionCallbackReturn
from rclpy.node import Node
from rclpy.parameter import Parameter
from rosgraph_msgs.msg import Clock
from std_srvs.srv import SetBool, Trigger

from tank_core.ros import interfaces as names
from tank_core.ros.testing import Bench
from tank_sim import sim_node
from tank_sim.sim_node import SimNode

SETTINGS = {"use_sim_time": True, "camera": False, "world": "empty"}


@pytest.fixture
def make(ros):
    """Makes a simulation in a namespace, spun but not configured."""
    benches = []

    def one(namespace, **settings):
        parameters = [Parameter(name, value=value) for name, value in (SETTINGS | settings).items()]
        node = SimNode(parameter_overrides=parameters, namespace=namespace)
        benches.append(Bench(node))
        return node

    yield one
    for bench in benches:
        bench.close()


def up(node):
    if node.trigger_configure() == TransitionCallbackReturn.SUCCESS:
        node.trigger_activate()


@pytest.mark.slow
def test_the_second_simulation_names_the_first_one_and_the_cure_and_the_first_goes_on(make):
    first, second = make("/a"), make("/b")
    up(first)
    up(second)
    assert first.working and not second.working and not first.controller.stopped
    assert (
        second.failure.startswith("/a/sim_node publishes /clock already")
        and f"ROS_DOMAIN_ID={second.context.get_domain_id() + 1}" in second.failure
    )
    assert "\n" not in second.failure
    first.trigger_shutdown()
    Bench.wait(lambda: second.count_publishers(names.CLOCK) == 0, "the first one's clock to go")
    up(second)
    assert second.working


def test_any_other_clock_is_one(make):
    node, stranger = make("/a"), Node("rosbag2_player")
    stranger.create_publisher(Clock, names.CLOCK, names.STREAM)
    up(node)
    assert "/rosbag2_player publishes /clock already" in node.failure
    stranger.destroy_node()


@pytest.mark.slow
def test_of_two_that_start_at_one_moment_one_at_most_goes_on(make, monkeypatch):
    # neither was there when the other one looked
    monkeypatch.setattr(sim_node, "clock_givers", lambda node: [])
    nodes = make("/a"), make("/b")
    for node in nodes:
        up(node)
    Bench.wait(lambda: not all(node.working for node in nodes), "one to give way")
    Bench.wait(lambda: nodes[0].count_publishers(names.CLOCK) < 2, "its clock to go")
    for node in nodes:
        assert node.working or "/a/sim_node and /b/sim_node publish /clock" in node.failure


@pytest.mark.slow
def test_an_old_one_stops_its_robot_until_the_clock_that_came_later_is_gone(make, monkeypatch):
    monkeypatch.setattr(sim_node, "YOUNG_S", 0.0)
    node = make("/a", real_time_factor=0.0)
    up(node)
    stranger = Node("rosbag2_player")
    stranger.create_publisher(Clock, names.CLOCK, names.STREAM)
    Bench.wait(lambda: node.controller.stopped, "the stop")
    assert "/a/sim_node and /rosbag2_player" in node.controller.stop_reason and node.working
    stranger.destroy_node()
    Bench.wait(lambda: not node.controller.stopped, "the end of the stop")


@pytest.mark.slow
def test_pause_and_reset_are_no_second_clock(make):
    node = make("/a", real_time_factor=0.0)
    up(node)
    caller = Bench()
    for kind, name, fields in (
        (SetBool, names.SET_PAUSE, {"data": True}),
        (Trigger, names.RESET_WORLD, {}),
        (SetBool, names.SET_PAUSE, {"data": False}),
    ):
        client = caller.node.create_client(kind, f"/a/{name}")
        assert client.wait_for_service(20.0)
        answer = client.call_async(kind.Request(**fields))
        caller.wait(answer.done, name)
        assert answer.result().success
    before = node.robot_time()
    caller.wait(lambda: node.robot_time() > before + 5.0, "time to pass")
    caller.close()
    assert node.working and not node.controller.stopped
