"""Stops win, whoever gives them, and whatever fails ends in a stop."""

import time

import pytest
from executor_peer import LONG, PATIENCE, Peer, assert_at_rest
from rclpy.duration import Duration
from rclpy.qos import QoSProfile
from std_msgs.msg import Bool, Header, String

from tank_core.commands import Stop, Turn, Wait
from tank_core.ros import interfaces as names
from tank_core.testing.lateness import Lateness
from tank_core.testing.waiting import wait_for
from tank_executor.executor_node import GAP_S
from tank_executor.plan import PlanState
from tank_msgs.msg import Command as CommandMsg


def test_the_stop_service_stops_and_latches(peer: Peer) -> None:
    peer.say(LONG)
    peer.say(LONG)
    peer.wait_moving()
    answer = peer.call(names.STOP)
    assert answer.success and "reset_stop" in answer.message
    assert peer.wait(PlanState.STOPPED).message == "the service stop was called"
    assert_at_rest(peer)
    wait_for(lambda: peer.stopped[-1] is True, "stopped")
    peer.say(LONG)
    assert "reset the stop first" in peer.wait(PlanState.REFUSED).message
    assert not peer.goal(CommandMsg(action="wait", duration_s=0.1)).accepted
    assert peer.call(names.RESET_STOP).success
    wait_for(lambda: peer.stopped[-1] is False, "stopped False")
    peer.say(Wait(0.1))
    peer.wait(PlanState.SUCCEEDED)


def test_a_spoken_stop_is_obeyed_at_once_and_not_latched(peer: Peer) -> None:
    peer.say(LONG)
    peer.say(LONG)
    peer.wait_moving()
    with Lateness() as lateness:
        said = time.monotonic()
        peer.say(Stop())
        wait_for(lambda: peer.twists[-1][1:] == (0.0, 0.0), "a zero velocity")
        assert peer.twists[-1][0] - said < 0.1 + lateness.allowance()
    peer.wait(PlanState.STOPPED)
    assert_at_rest(peer)
    assert peer.stopped[-1] is False
    peer.say(Wait(0.1))
    wait_for(
        lambda: (
            peer.statuses[-1].state is PlanState.SUCCEEDED
            and peer.statuses[-1].plan.commands == (Wait(0.1),)
        ),
        "the next plan",
    )


@pytest.mark.slow
def test_odometry_that_ends_stops_the_robot(peer: Peer) -> None:
    peer.say(LONG)
    peer.wait_moving()
    peer.alive = False
    assert "not up to date" in peer.wait(PlanState.FAILED).outcomes[0].message
    assert_at_rest(peer)


@pytest.mark.slow
def test_a_robot_that_was_started_again_does_not_go_on(
    peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tank_executor.executor_node.GAP_S", GAP_S)
    peer.say(LONG)
    peer.wait_moving()
    peer.alive = False
    time.sleep(1.0)  # what a new process takes at the least
    peer.alive = True
    assert "started again" in peer.wait(PlanState.STOPPED).message
    wait_for(lambda: peer.twists[-1][1:] == (0.0, 0.0), "zero velocity")
    peer.say(Turn("left", 10.0))
    peer.wait(PlanState.SUCCEEDED)


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever listens may be silent for long, however busy the machine is."""
    alive = QoSProfile(
        depth=1,
        liveliness=names.ALIVE.liveliness,
        liveliness_lease_duration=Duration(seconds=PATIENCE),
    )
    monkeypatch.setattr(names, "ALIVE", alive)
    monkeypatch.setattr(names, "LISTENING_SILENCE", PATIENCE)


@pytest.mark.slow
@pytest.mark.parametrize("ended", [True, False])
def test_what_was_said_ends_when_nobody_listens_any_more(
    patience: None, peer: Peer, monkeypatch: pytest.MonkeyPatch, ended: bool
) -> None:
    """Whoever hears a "stop" is stuck, or ends, here.

    That a killed one is noticed too is shown by kill_proof with real processes.
    """
    ears = peer.create_publisher(String, names.LISTENING, names.ALIVE_OFFERED)
    life = peer.create_timer(
        names.LISTENING_PERIOD, lambda: ears.publish(String(data="elsewhere/1"))
    )
    wait_for(lambda: peer.node._hearing.heard_at is not None, "a sign of life")
    peer.say(LONG)
    peer.wait_moving()
    assert not peer.has(PlanState.STOPPED)
    life.cancel()
    if ended:
        peer.destroy_publisher(ears)
    else:
        monkeypatch.setattr(names, "LISTENING_SILENCE", 2 * names.LISTENING_PERIOD)
    assert "nobody listens any more: the language node" in peer.wait(PlanState.STOPPED).message
    wait_for(lambda: peer.twists[-1][1:] == (0.0, 0.0), "zero velocity")
    peer.say(Turn("left", 10.0))  # by somebody who speaks to the executor itself
    peer.wait(PlanState.SUCCEEDED)


def test_a_stop_of_the_robot_that_is_taken_back_at_once_ends_the_list_too(peer: Peer) -> None:
    peer.say(LONG)
    peer.wait_moving()
    for stopped in (True, False):
        peer.robot_stopped.publish(Bool(data=stopped))
    assert "robot was stopped" in peer.wait(PlanState.STOPPED).message


@pytest.mark.slow
def test_a_world_that_was_reset_ends_all_lists(peer: Peer) -> None:
    resets = peer.create_publisher(Header, names.WORLD_RESET, names.RELIABLE)
    wait_for(lambda: resets.get_subscription_count() > 0, "the subscription")
    peer.say(LONG)
    peer.say(LONG)
    peer.wait_moving()
    resets.publish(Header(stamp=peer.get_clock().now().to_msg(), frame_id="odom"))
    assert peer.wait(PlanState.FAILED).message.endswith("the world was reset")
    assert peer.wait(PlanState.STOPPED).message == "the world was reset"
    assert_at_rest(peer)
    peer.say(Turn("left", 10.0))
    peer.wait(PlanState.SUCCEEDED)


def test_a_robot_that_was_stopped_by_itself_ends_the_list(peer: Peer) -> None:
    peer.say(LONG)
    peer.wait_moving()
    peer.robot_stopped.publish(Bool(data=True))
    assert "robot/reset_stop" in peer.wait(PlanState.STOPPED).message
    peer.say(LONG)
    peer.wait(PlanState.REFUSED)
    peer.robot_stopped.publish(Bool(data=False))
    wait_for(lambda: not peer.node.runner.stopped, "the end of the stop")


def test_the_robots_own_stop_is_not_sent_back_to_it(peer: Peer) -> None:
    peer.robot_stopped.publish(Bool(data=True))
    wait_for(lambda: peer.node.runner.stopped, "the robot's stop")
    peer.call(names.STOP)
    wait_for(lambda: peer.stopped[-1] is True, "stopped")
    assert not peer.call(names.RESET_STOP).success
    wait_for(
        lambda: peer.stopped[-1] is False,
        "stopped False, or robot and executor keep each other stopped for ever",
    )


def test_a_fault_within_a_step_stops_the_robot(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    peer.say(LONG)
    peer.wait_moving()

    def broken(*_: object) -> None:
        raise ZeroDivisionError("a fault made by the test")

    monkeypatch.setattr(peer.node.runner, "step", broken)
    assert "the executor failed: ZeroDivisionError" in peer.wait(PlanState.STOPPED).message
    assert_at_rest(peer)


def test_deactivating_stops_the_robot(peer: Peer) -> None:
    peer.say(LONG)
    peer.wait_moving()
    peer.node.trigger_deactivate()
    peer.wait(PlanState.STOPPED)
    assert_at_rest(peer)
    peer.say(LONG)
    assert "not active" in peer.wait(PlanState.REFUSED).message
