"""Goals of the action execute_commands: feedback, results, cancelling."""

from typing import Any

import pytest
from action_msgs.msg import GoalStatus
from executor_peer import LONG, Peer, assert_at_rest

from tank_core.commands import Report, Topic
from tank_core.ros import interfaces as names
from tank_core.testing.waiting import wait_for
from tank_executor.plan import PlanState, StepStatus
from tank_msgs.action import ExecuteCommands
from tank_msgs.msg import Command as CommandMsg


@pytest.mark.slow
def test_a_goal_is_carried_out_with_feedback(peer: Peer) -> None:
    feedback: list[Any] = []
    goal = ExecuteCommands.Goal(
        commands=[CommandMsg(action="turn", direction="left", angle_deg=20.0)]
    )
    sent = peer.action.send_goal_async(
        goal, feedback_callback=lambda message: feedback.append(message.feedback)
    )
    wait_for(sent.done, "an answer to the goal")
    done = sent.result().get_result_async()
    wait_for(done.done, "a result")
    assert done.result().status == GoalStatus.STATUS_SUCCEEDED
    assert done.result().result.error_code == ExecuteCommands.Result.NONE
    assert [outcome.status for outcome in done.result().result.outcomes] == [StepStatus.SUCCEEDED]
    assert feedback and feedback[0].message == "turn left 20 degrees"


def test_a_goal_that_fails_says_which_step(peer: Peer) -> None:
    handle = peer.goal(CommandMsg(action="release"), CommandMsg(action="wait", duration_s=0.1))
    done = handle.get_result_async()
    wait_for(done.done, "a result")
    assert done.result().status == GoalStatus.STATUS_ABORTED
    result = done.result().result
    assert (
        result.error_code == ExecuteCommands.Result.STEP_FAILED
        and "nothing is held" in result.error_msg
    )
    assert [outcome.status for outcome in result.outcomes] == [
        StepStatus.FAILED,
        StepStatus.SKIPPED,
    ]


def test_a_bad_goal_is_refused_with_a_reason(peer: Peer) -> None:
    assert not peer.goal(
        CommandMsg(action="move", direction="forward", distance_m=float("inf"))
    ).accepted
    assert "distance_m is inf" in peer.wait(PlanState.REFUSED).message


def test_cancelling_a_goal_stops_the_robot(peer: Peer) -> None:
    handle = peer.goal(CommandMsg(action="move", direction="forward", distance_m=20.0))
    peer.wait_moving()
    cancelled = handle.cancel_goal_async()
    wait_for(cancelled.done, "an answer to the cancelling")
    assert len(cancelled.result().goals_canceling) == 1
    done = handle.get_result_async()
    wait_for(done.done, "a result")
    assert done.result().status == GoalStatus.STATUS_CANCELED
    assert done.result().result.error_code == ExecuteCommands.Result.STOPPED
    assert_at_rest(peer)


def test_a_stop_ends_a_goal(peer: Peer) -> None:
    handle = peer.goal(CommandMsg(action="move", direction="forward", distance_m=20.0))
    peer.wait_moving()
    peer.call(names.STOP)
    done = handle.get_result_async()
    wait_for(done.done, "a result")
    assert done.result().status == GoalStatus.STATUS_ABORTED
    assert done.result().result.error_code == ExecuteCommands.Result.STOPPED


@pytest.mark.slow
def test_a_question_is_answered_while_another_goal_drives_on_to_its_end(peer: Peer) -> None:
    drive = peer.goal(CommandMsg(action="move", direction="forward", distance_m=1.2))
    driven = drive.get_result_async()
    peer.wait_moving()
    began, asked = peer.get_clock().now(), peer.goal(CommandMsg(action="report", what="position"))
    answered = asked.get_result_async()
    wait_for(answered.done, "an answer")
    seconds = (peer.get_clock().now() - began).nanoseconds * 1e-9
    assert not driven.done() and seconds < 1.0
    assert answered.result().status == GoalStatus.STATUS_SUCCEEDED
    (outcome,) = answered.result().result.outcomes
    assert 0.0 < outcome.answer[0].pose.pose.position.x < 1.2
    wait_for(  # on the topic, too, for whoever listens; it may come after the result
        lambda: any(
            outcome.answer is not None for status in peer.statuses for outcome in status.outcomes
        ),
        "the answer on the topic",
    )
    peer.say(Report(Topic.STATUS), instruction="what are you doing")
    wait_for(
        lambda: any(
            status.message.startswith("I am doing this: move forward 1.2 m.")
            for status in peer.statuses
        ),
        "an answer to the list",
    )
    wait_for(driven.done, "the end of the drive")
    assert driven.result().status == GoalStatus.STATUS_SUCCEEDED
    assert abs(peer.controller.state.odometry.pose.x - 1.2) < 0.02


def test_cancelling_a_question_does_not_stop_the_robot(peer: Peer) -> None:
    peer.say(LONG)
    peer.wait_moving()
    asked = peer.goal(CommandMsg(action="report", what="objects"))  # there is no camera: it waits
    cancelled = asked.cancel_goal_async()
    wait_for(cancelled.done, "an answer to the cancelling")
    done = asked.get_result_async()
    wait_for(done.done, "a result")
    assert done.result().status == GoalStatus.STATUS_CANCELED
    count = len(peer.twists)
    wait_for(lambda: len(peer.twists) > count + 5, "velocities")
    assert all(linear > 0.1 for _, linear, _ in peer.twists[count:])
