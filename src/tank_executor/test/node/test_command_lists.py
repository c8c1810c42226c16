"""Command lists in; velocities, trajectories and statuses out."""

import math
from typing import Any

import pytest
from executor_peer import LONG, Peer, assert_at_rest
from rclpy.context import Context
from rclpy.parameter import Parameter

from tank_core.commands import Grasp, Move, Turn, Wait
from tank_core.robot import Robot
from tank_core.testing.waiting import wait_for
from tank_executor.executor_node import ExecutorNode
from tank_executor.motion.travel import Compass
from tank_executor.plan import Plan, PlanState, StepStatus
from tank_executor.plan_runner import PlanRunner
from tank_executor.ros.messages import plan_to_ros
from tank_msgs.msg import Command as CommandMsg
from tank_msgs.msg import CommandList


@pytest.mark.slow
def test_a_command_list_is_driven_and_told(peer: Peer) -> None:
    assert peer.statuses[0].state is PlanState.IDLE and peer.stopped == [False]
    peer.say(Move("forward", 0.2), Turn("left", 15.0), instruction="forward a bit")
    status = peer.wait(PlanState.SUCCEEDED)
    assert [outcome.status for outcome in status.outcomes] == [StepStatus.SUCCEEDED] * 2
    assert (
        status.plan is not None
        and status.plan.instruction == "forward a bit"
        and status.plan.stamp > 0
    )
    pose = peer.controller.state.odometry.pose
    assert abs(pose.x - 0.2) < 0.02 and abs(pose.yaw - 0.262) < 0.03
    # two steps, and 5 Hz
    assert sum(status.state is PlanState.RUNNING for status in peer.statuses) >= 4
    assert_at_rest(peer)


def test_the_arm_is_told_what_to_do(peer: Peer, robot: Robot) -> None:
    peer.say(Grasp())
    wait_for(
        lambda: any(
            set(robot.arm.joint_names) <= set(message.joint_names) for message in peer.trajectories
        ),
        "an arm trajectory",
    )
    assert any(robot.gripper.joint in message.joint_names for message in peer.trajectories)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (CommandList(verdict=CommandList.OK), "has 0 steps"),
        (
            CommandList(verdict=CommandList.REJECTED, reason="the model is missing"),
            "the model is missing",
        ),
        (CommandList(verdict=CommandList.EMPTY), "not understood"),
        (CommandList(commands=[CommandMsg(action="jump")]), "step 1: action is 'jump'"),
        (
            CommandList(
                commands=[CommandMsg(action="move", direction="forward", distance_m=float("nan"))]
            ),
            "distance_m is nan",
        ),
        (
            CommandList(commands=[CommandMsg(action="move", direction="forward", distance_m=1e30)]),
            "distance_m",
        ),
        (CommandList(commands=[CommandMsg(action="wait", duration_s=1.0)] * 33), "has 33 steps"),
    ],
)
def test_a_bad_list_is_refused_and_nothing_is_lost(
    peer: Peer, message: CommandList, reason: str
) -> None:
    peer.say(Wait(0.6))
    peer.say(Wait(0.1))
    peer.wait(PlanState.RUNNING)
    peer.commands.publish(message)
    assert reason in peer.wait(PlanState.REFUSED).message
    wait_for(
        lambda: sum(status.state is PlanState.SUCCEEDED for status in peer.statuses) >= 2,
        "both plans",
    )


def test_a_list_from_long_ago_is_refused(peer: Peer) -> None:
    peer.commands.publish(plan_to_ros(Plan((LONG,), "", 1_000_000_000)))
    assert "old" in peer.wait(PlanState.REFUSED).message
    assert not peer.twists


@pytest.mark.parametrize(
    ("parameter", "wanted", "asked"),
    [
        ("stop_for_obstacles", True, True),
        ("stop_for_obstacles", False, False),
        ("north_deg", 90, Compass(math.pi / 2)),
        ("north_deg", -1.0, None),
    ],
)
def test_whether_obstacles_stop_it_and_where_north_is_are_parameters(
    context: Context, monkeypatch: pytest.MonkeyPatch, parameter: str, wanted: Any, asked: Any
) -> None:
    made: list[dict[str, Any]] = []

    class Runner(PlanRunner):
        def __init__(self, robot: Robot, **options: Any) -> None:
            made.append(options)
            super().__init__(robot, **options)

    monkeypatch.setattr("tank_executor.executor_node.PlanRunner", Runner)
    node = ExecutorNode(context=context, parameter_overrides=[Parameter(parameter, value=wanted)])
    node.trigger_configure()
    name = {"north_deg": "compass"}.get(parameter, parameter)
    assert [options[name] for options in made] == [asked]
    node.trigger_shutdown()
    node.destroy_node()
