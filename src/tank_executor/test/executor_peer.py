"""The other side of the executor's topics: a robot and an operator."""

import time
from typing import Any

from geometry_msgs.msg import TwistStamped
from nav_msgs.msg import Odometry
from rclpy.action import ActionClient
from rclpy.context import Context
from rclpy.node import Node
from sensor_msgs.msg import JointState
from std_msgs.msg import Bool
from std_srvs.srv import Trigger
from trajectory_msgs.msg import JointTrajectory

from tank_core.commands import Command, Move
from tank_core.mock_backend import MockBackend
from tank_core.robot import Robot
from tank_core.robot_controller import RobotController
from tank_core.ros import conversions as convert
from tank_core.ros import interfaces as names
from tank_core.testing.waiting import wait_for
from tank_executor.plan import Plan, PlanState, PlanStatus
from tank_executor.ros.messages import plan_to_ros, status_from_ros
from tank_msgs.action import ExecuteCommands
from tank_msgs.msg import Command as CommandMsg
from tank_msgs.msg import CommandList, ExecutionStatus

LONG = Move("forward", 20.0)  # does not end within a test
PATIENCE = 300.0  # [s] of wall time that a test waits for anything


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
            names.EVERY_STATUS,
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


def assert_at_rest(peer: Peer) -> None:
    """The last velocity that was sent is zero, and none follows."""
    wait_for(lambda: peer.twists[-1][1:] == (0.0, 0.0), "a zero velocity")
    count = len(peer.twists)
    time.sleep(0.15)
    assert all(twist[1:] == (0.0, 0.0) for twist in peer.twists[count:])
