"""Goals of the action execute_commands: feedback, results, cancelling."""

from typing import Any

from action_msgs.msg import GoalStatus
from executor_peer import Peer, assert_at_rest, wait_for

from tank_core.ros import interfaces as names
from tank_executor.plan import PlanState, StepStatus
from tank_msgs.action import ExecuteCommands
from tank_msgs.msg import Command as CommandMsg


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
