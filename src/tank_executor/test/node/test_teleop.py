"""Driving by hand over ROS, as the tools of others publish it."""

import json
import math
import time
from typing import Any

import pytest
from executor_peer import LONG, Peer, assert_at_rest
from geometry_msgs.msg import TwistStamped
from rclpy.context import Context
from rclpy.parameter import Parameter
from rclpy.qos import QoSProfile, qos_profile_sensor_data
from std_msgs.msg import Bool, String

from tank_core.ros import conversions as convert
from tank_core.ros import interfaces as names
from tank_core.testing.lateness import Lateness
from tank_core.testing.waiting import wait_for
from tank_executor.executor_node import ExecutorNode
from tank_executor.plan import PlanState
from tank_executor.running.wheel import DEAD_MAN_S

JOYSTICK = "teleop_twist_joy"  # its frame, where nobody says another one
TOOL_QOS = QoSProfile(depth=10)  # of teleop_twist_joy and teleop_twist_keyboard


class Hand:
    """Publishes as such a tool does, and hears who drives."""

    def __init__(self, peer: Peer, qos: QoSProfile = TOOL_QOS) -> None:
        self.peer, self.states = peer, [dict[str, Any]()]
        self.publisher = peer.create_publisher(TwistStamped, names.TELEOP, qos)
        peer.create_subscription(
            String,
            names.TELEOP_STATE,
            lambda message: self.states.append(json.loads(message.data)),
            names.LATCHED,
        )
        wait_for(lambda: self.publisher.get_subscription_count() > 0, "who hears a hand")
        wait_for(lambda: self.states[-1].get("state") == "free", "who drives")

    def push(self, linear: float, frame: str = "", age: float = 0.0, **more: float) -> float:
        message = TwistStamped()
        now = self.peer.get_clock().now().nanoseconds - round(age * 1e9)
        message.header.stamp.sec, message.header.stamp.nanosec = divmod(now, 10**9)
        message.header.frame_id = frame
        message.twist.linear.x = linear
        message.twist.linear.y = more.get("sideways", 0.0)
        message.twist.angular.z = more.get("angular", 0.0)
        self.publisher.publish(message)
        return time.monotonic()

    def drive(self, linear: float, frame: str = "", hertz: float = 20.0) -> float:
        """Push until the robot moves so; when it was pushed last."""
        pushed = [0.0]

        def moves() -> bool:
            if time.monotonic() - pushed[0] >= 1.0 / hertz:
                pushed[0] = self.push(linear, frame)
            return bool(self.peer.twists) and self.peer.twists[-1][1] == pytest.approx(linear)

        wait_for(moves, "the robot to be driven by hand")
        return pushed[0]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("frame", "qos"),
    [(JOYSTICK, TOOL_QOS), ("", TOOL_QOS), ("base_link", qos_profile_sensor_data)],
)
def test_a_joystick_ends_the_plan_and_its_silence_stops_the_robot(
    peer: Peer, frame: str, qos: QoSProfile
) -> None:
    hand = Hand(peer, qos)
    peer.say(LONG)
    peer.say(LONG)
    peer.wait_moving()
    with Lateness() as lateness:
        last = hand.drive(-0.15, frame)
        assert peer.wait(PlanState.STOPPED).message == "driven by hand"
        assert hand.states[-1]["state"] == "driven"
        wait_for(lambda: peer.twists[-1][1:] == (0.0, 0.0), "the dead-man")
        assert peer.twists[-1][0] - last < DEAD_MAN_S + 0.1 + lateness.allowance(last)
    assert_at_rest(peer)
    wait_for(lambda: hand.states[-1]["state"] == "free", "the wheel to be free")
    assert peer.statuses[-1].state is PlanState.STOPPED  # what waited does not begin


@pytest.mark.slow
def test_a_zero_stops_at_once_and_a_key_alone_ends_by_the_dead_man(peer: Peer) -> None:
    hand = Hand(peer)
    hand.drive(0.1)
    hand.push(0.0)
    wait_for(lambda: hand.states[-1]["state"] == "free", "the wheel to be free")
    assert peer.twists[-1][1:] == (0.0, 0.0)
    count = len(peer.twists)
    hand.push(0.5)  # as teleop_twist_keyboard does: one message for each key
    wait_for(lambda: any(twist[1] > 0.0 for twist in peer.twists[count:]), "a velocity")
    assert_at_rest(peer)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"linear": math.nan}, "must be a number"),
        ({"linear": 0.1, "angular": math.inf}, "must be a number"),
        ({"linear": 50.0}, "far over the limit"),
        ({"linear": 0.0, "sideways": 0.3}, "linear.y is 0.3"),
        ({"linear": 0.1, "sideways": math.nan}, "linear.y is nan"),
        ({"linear": 0.1, "age": 2.0}, "s old"),
        ({"linear": 0.1, "age": -2.0}, "in the future"),
        ({"linear": 0.1, "frame": "odom"}, "frame 'odom'"),
    ],
)
def test_what_no_hand_means_is_refused_in_words_and_ends_no_plan(
    peer: Peer, bad: dict[str, Any], words: str
) -> None:
    hand = Hand(peer)
    peer.say(LONG)
    peer.wait_moving()
    hand.push(**bad)
    wait_for(lambda: hand.states[-1]["state"] == "refused", "the refusal")
    assert words in hand.states[-1]["why"]
    assert not peer.has(PlanState.STOPPED) and peer.twists[-1][1] > 0.1


@pytest.mark.slow
@pytest.mark.parametrize("who", ["operator", "robot"])
def test_a_held_stop_refuses_the_hand_whoever_holds_it(peer: Peer, who: str) -> None:
    hand = Hand(peer)
    hand.drive(0.1)
    if who == "robot":
        peer.robot_stopped.publish(Bool(data=True))
        wait_for(lambda: peer.node.runner.stopped, "the robot's own stop")
    else:
        peer.call(names.STOP)
    wait_for(lambda: peer.twists[-1][1:] == (0.0, 0.0), "the stop")
    count = len(peer.twists)
    hand.push(0.1)
    wait_for(lambda: hand.states[-1]["state"] == "refused", "the refusal")
    assert "reset the stop first" in hand.states[-1]["why"]
    if who == "robot":
        peer.robot_stopped.publish(Bool(data=False))
        wait_for(lambda: not peer.node.runner.stopped, "the robot's release")
    else:
        peer.call(names.RESET_STOP)
    hand.push(0.1)  # the same push: it has to let go first
    wait_for(lambda: hand.states[-1]["state"] == "free", "the end of the refusals")
    assert all(twist[1:] == (0.0, 0.0) for twist in peer.twists[count:])
    hand.push(0.0)
    hand.drive(0.1)


def test_a_tool_that_knows_no_simulated_time_drives_a_simulation(context: Context) -> None:
    simulated = Parameter("use_sim_time", value=True)
    node = ExecutorNode(context=context, parameter_overrides=[simulated])
    node.trigger_configure()
    message = TwistStamped()
    for clock in (time.time(), 0.1):  # the wall's, and one that has begun just now
        message.header.stamp = convert.time_to_ros(clock)
        assert node._teleop._fault(message) is None
    message.header.stamp = convert.time_to_ros(time.time() - 2.0)
    assert "stamp" in str(node._teleop._fault(message))
    node.trigger_shutdown()
    node.destroy_node()


def test_the_state_has_the_robots_speeds(peer: Peer) -> None:
    told = Hand(peer).states[-1]["speeds"]
    assert told == {
        word.value: [pace.linear, pace.angular]
        for word, pace in peer.node.runner.robot.speeds.items()
    }
