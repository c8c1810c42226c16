"""The node on real ROS, in this process: commands in.

Velocities, trajectories and statuses out; and stops that win.
"""

import math
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from action_msgs.msg import GoalStatus
from geometry_msgs.msg import TwistStamped
from nav_msgs.msg import Odometry
from rclpy.action import ActionClient
from rclpy.context import Context
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile
from sensor_msgs.msg import JointState, Range
from std_msgs.msg import Bool, String
from std_srvs.srv import Trigger
from trajectory_msgs.msg import JointTrajectory

from tank_core.commands import Command, Grasp, Move, Stop, Turn, Wait
from tank_core.mock_backend import MockBackend
from tank_core.robot import RangeSensor, Robot
from tank_core.robot_controller import RobotController
from tank_core.ros import conversions as convert
from tank_core.ros import interfaces as names
from tank_core.ros.runtime.executor import GroupExecutor
from tank_core.ros.tank_messages import detections_to_ros
from tank_core.ros.testing import alone
from tank_core.state import Detection, Detections
from tank_core.state import Odometry as RobotOdometry
from tank_core.testing.lateness import Lateness
from tank_executor.executor_node import GAP_S, ExecutorNode
from tank_executor.plan import Plan, PlanState, PlanStatus, StepStatus
from tank_executor.plan_runner import PlanRunner
from tank_executor.ros.messages import plan_to_ros, status_from_ros
from tank_msgs.action import ExecuteCommands
from tank_msgs.msg import Command as CommandMsg
from tank_msgs.msg import CommandList, ExecutionStatus

LONG = Move("forward", 20.0)
PATIENCE = 60.0
ODOMETRY, SONAR = RobotOdometry(), RangeSensor((0.15, 0.0, 0.05), 0.26, 0.02, 4.0)
# The publisher keeps one status for who comes late; who is there must not miss one of several in a
# row.
HISTORY = QoSProfile(depth=100, durability=DurabilityPolicy.TRANSIENT_LOCAL)


class Peer(Node):
    """Robot and operator on the other side of the topics.

    ``alive`` False: no odometry, no joint states.
    """

    def __init__(self, robot: Robot, context: Context) -> None:
        super().__init__("peer", context=context)
        self.controller = RobotController(MockBackend(robot))
        self.alive, self.began = True, time.monotonic()
        self.statuses: list[PlanStatus] = []
        self.twists: list[tuple[float, float, float]] = []
        self.trajectories: list[JointTrajectory] = []
        self.stopped: list[bool] = []
        self.odom = self.create_publisher(Odometry, names.ODOM, names.STREAM)
        self.joints = self.create_publisher(JointState, names.JOINT_STATES, names.STREAM)
        self.commands = self.create_publisher(CommandList, names.COMMANDS, names.RELIABLE)
        self.robot_stopped = self.create_publisher(Bool, names.ROBOT_STOPPED, names.LATCHED)
        self.create_subscription(
            ExecutionStatus,
            names.EXECUTION_STATUS,
            lambda m: self.statuses.append(status_from_ros(m)),
            HISTORY,
        )
        self.create_subscription(TwistStamped, names.CMD_VEL, self._on_twist, names.RELIABLE)
        self.create_subscription(
            JointTrajectory, names.JOINT_TRAJECTORY, self._on_trajectory, names.RELIABLE
        )
        self.create_subscription(
            Bool, names.STOPPED, lambda m: self.stopped.append(m.data), names.LATCHED
        )
        self.triggers = {
            name: self.create_client(Trigger, name) for name in (names.STOP, names.RESET_STOP)
        }
        self.action = ActionClient(self, ExecuteCommands, names.EXECUTE_COMMANDS)
        self.create_timer(0.02, self._tick)

    def _tick(self) -> None:
        self.controller.backend.advance(0.02)
        state = self.controller.step(time.monotonic() - self.began)
        now = self.get_clock().now().nanoseconds * 1e-9
        if self.alive:
            self.joints.publish(convert.joints_to_ros(state.joints, now))
            self.odom.publish(convert.odometry_to_ros(state.odometry, now, "odom", "base_link"))

    def _on_twist(self, message: TwistStamped) -> None:
        twist = message.twist
        self.twists.append((time.monotonic(), twist.linear.x, twist.angular.z))
        self.controller.command_twist(convert.twist_from_ros(twist), time.monotonic() - self.began)

    def _on_trajectory(self, message: JointTrajectory) -> None:
        self.trajectories.append(message)
        assert (
            self.controller.command_trajectory(
                convert.trajectory_from_ros(message), time.monotonic() - self.began
            )
            is None
        )

    def say(self, *commands: Command, instruction: str = "") -> None:
        self.commands.publish(
            plan_to_ros(Plan(commands, instruction, self.get_clock().now().nanoseconds))
        )

    def call(self, name: str) -> Trigger.Response:
        future = self.triggers[name].call_async(Trigger.Request())
        wait_for(future.done, f"an answer of {name}")
        return future.result()

    def goal(self, *commands: CommandMsg) -> Any:
        future = self.action.send_goal_async(ExecuteCommands.Goal(commands=list(commands)))
        wait_for(future.done, "an answer to the goal")
        return future.result()

    def has(self, state: PlanState) -> PlanStatus | None:
        return next((status for status in self.statuses if status.state is state), None)

    def wait(self, state: PlanState) -> PlanStatus:
        wait_for(lambda: self.has(state) is not None, f"a status {state.name}")
        status = self.has(state)
        assert status is not None
        return status

    def wait_moving(self) -> None:
        wait_for(lambda: bool(self.twists) and self.twists[-1][1] > 0.1, "a velocity")


def wait_for(condition: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"{what} did not come"
        time.sleep(0.005)


@pytest.fixture
def context() -> Iterator[Context]:
    with alone(Context()) as context:
        yield context


@pytest.fixture
def peer(context: Context, robot: Robot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Peer]:
    """A peer, connected to an active executor node, which takes no pause of this machine's for a
    new robot.
    """
    monkeypatch.setattr("tank_executor.executor_node.GAP_S", PATIENCE)
    node, peer = ExecutorNode(context=context), Peer(robot, context)
    faults: list[BaseException] = []
    executor = GroupExecutor(context=context, on_error=faults.append)
    executor.add_node(node)
    executor.add_node(peer)
    executor.start()
    node.trigger_configure()
    node.trigger_activate()
    peer.node = node
    wait_for(lambda: bool(peer.statuses and peer.stopped), "the latched status")
    wait_for(
        lambda: (
            peer.commands.get_subscription_count() > 0 and peer.odom.get_subscription_count() > 0
        ),
        "the subscriptions",
    )
    wait_for(
        lambda: (
            peer.action.server_is_ready()
            and all(client.service_is_ready() for client in peer.triggers.values())
        ),
        "the services",
    )
    wait_for(lambda: node.count_publishers(names.ODOM) > 0, "the odometry")
    yield peer
    executor.shutdown()
    node.trigger_shutdown()
    node.destroy_node()
    peer.destroy_node()
    assert not faults


def assert_at_rest(peer: Peer) -> None:
    """The last velocity that was sent is zero, and none follows."""
    wait_for(lambda: peer.twists[-1][1:] == (0.0, 0.0), "a zero velocity")
    count = len(peer.twists)
    time.sleep(0.15)
    assert all(twist[1:] == (0.0, 0.0) for twist in peer.twists[count:])


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


def test_odometry_that_ends_stops_the_robot(peer: Peer) -> None:
    peer.say(LONG)
    peer.wait_moving()
    peer.alive = False
    assert "not up to date" in peer.wait(PlanState.FAILED).outcomes[0].message
    assert_at_rest(peer)


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


@pytest.mark.parametrize("ended", [True, False])
def test_what_was_said_ends_when_nobody_listens_any_more(peer: Peer, ended: bool) -> None:
    """Whoever hears a "stop" is stuck, or ends, here; that a killed one is noticed too is shown
    by kill_proof with real processes.
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


@pytest.fixture
def idle(context: Context) -> Iterator[ExecutorNode]:
    """A node that is configured and hears nobody: its senses are told by hand."""
    node = ExecutorNode(context=context)
    node.trigger_configure()
    yield node
    node.trigger_shutdown()
    node.destroy_node()


@pytest.mark.parametrize(
    ("distance", "stamp", "known"),
    [
        (0.4, 10.0, 0.4),
        (0.4, 9.6, 0.4),
        (0.4, 9.4, None),
        (0.4, 11.0, None),
        (None, 10.0, None),
        (math.nan, 10.0, None),
        (0.001, 10.0, 0.02),
    ],
)
def test_the_range_is_known_while_it_is_young(
    idle: ExecutorNode, distance: float | None, stamp: float, known: float | None
) -> None:
    idle._senses.on_range(convert.range_to_ros(distance, SONAR, stamp, "range_link"))
    state = idle._senses.state(convert.odometry_to_ros(ODOMETRY, 10.0, "odom", "base_link"))
    assert state.range_m == (known if known is None else pytest.approx(known))
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


@pytest.mark.parametrize("wanted", [True, False])
def test_whether_obstacles_stop_it_is_a_parameter(
    context: Context, monkeypatch: pytest.MonkeyPatch, wanted: bool
) -> None:
    asked: list[bool] = []

    class Runner(PlanRunner):
        def __init__(self, robot: Robot, stop_for_obstacles: bool = True) -> None:
            asked.append(stop_for_obstacles)
            super().__init__(robot, stop_for_obstacles)

    monkeypatch.setattr("tank_executor.executor_node.PlanRunner", Runner)
    node = ExecutorNode(
        context=context, parameter_overrides=[Parameter("stop_for_obstacles", value=wanted)]
    )
    node.trigger_configure()
    assert asked == [wanted]
    node.trigger_shutdown()
    node.destroy_node()
