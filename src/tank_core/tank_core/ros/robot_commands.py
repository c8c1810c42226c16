"""Subscriptions of a RobotNode: velocities, trajectories and stops.

What is refused is told, and moves nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import RLock
from typing import Any, Protocol

from geometry_msgs.msg import Twist, TwistStamped
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup, ReentrantCallbackGroup
from std_msgs.msg import Bool
from std_srvs.srv import Trigger
from trajectory_msgs.msg import JointTrajectory

from tank_core.health import Level
from tank_core.pacing import Delays, stamp_fault
from tank_core.robot_controller import RobotController
from tank_core.ros import conversions as convert
from tank_core.ros import interfaces as names
from tank_core.ros.runtime.link import Near
from tank_core.ros.tank_node import TankNode
from tank_core.stop_latch import OPERATOR
from tank_core.trajectory import size_fault

EXECUTOR = "executor"  # who stopped the robot, when it was the topic `stopped`


class CommandedRobot(Protocol):
    """A robot that takes commands; ``lock`` is held around each use of it."""

    lock: RLock

    @property
    def controller(self) -> RobotController: ...

    @property
    def working(self) -> bool:
        """Whether it is active and answers."""

    def robot_time(self) -> float:
        """Now [s] on the controller's clock."""

    def stop_robot(self, reason: str, source: str = OPERATOR) -> None:
        """Stop it and hold it stopped, on this source's behalf."""

    def reset_stop(self, source: str = OPERATOR) -> bool:
        """Take this source's stop back; whether it may move now."""


class RobotCommands:
    """The subscriptions and services of one robot, on its node."""

    def __init__(self, node: TankNode, robot: CommandedRobot) -> None:
        self._node, self._robot = node, robot
        self._diagnostics = node.diagnostics
        self._undoing: list[Callable[[], object]] = []
        self._delays = Delays()  # of cmd_vel
        # Stops are in groups of their own: they come through while another callback runs. Those of
        # the topic keep their order.
        alone, always = MutuallyExclusiveCallbackGroup(), ReentrantCallbackGroup()
        stamped = node.settings["stamped_cmd_vel"]
        kind, on_twist = (
            (TwistStamped, self._on_stamped_twist) if stamped else (Twist, self._on_twist)
        )
        self._undoing += [
            node.hear(
                kind, names.CMD_VEL, on_twist, names.NEWEST_HEARD, alone, near=Near.AT_ONCE
            ).close,
            node.hear(
                JointTrajectory,
                names.JOINT_TRAJECTORY,
                self._on_trajectory,
                names.RELIABLE,
                alone,
                near=Near.AT_ONCE,
            ).close,
            node.hear(Bool, names.STOPPED, self._on_stopped, names.LATCHED, with_info=True).close,
        ]
        self._serve(names.ROBOT_STOP, self._on_robot_stop, always)
        self._serve(names.ROBOT_RESET_STOP, self._on_robot_reset_stop, always)

    def _serve(self, name: str, answer: Callable[..., Any], group: Any) -> None:
        service = self._node.create_service(
            Trigger, name, self._node.guarded(name, answer), callback_group=group
        )
        self._undoing.append(partial(self._node.destroy_service, service))

    def close(self) -> None:
        """Listen no more. Idempotent."""
        while self._undoing:
            self._undoing.pop()()

    def _on_stamped_twist(self, message: TwistStamped) -> None:
        if self._fresh(names.CMD_VEL, message.header.stamp):
            stamp = convert.time_from_ros(message.header.stamp)
            self._on_twist(message.twist, self._delays.later(stamp, self._node.ros_now()))

    def _on_twist(self, message: Twist, late: float = 0.0) -> None:
        """Drive, for ``late`` [s] less: it was under way for so much longer.

        Or a driver that stalls would take what waits for it meanwhile for fresh.
        """
        robot = self._robot
        if not self._ready(names.CMD_VEL):
            return
        self._diagnostics.tick(names.CMD_VEL, "command")
        fault = convert.twist_fault(message)
        with robot.lock:
            if fault:
                # the arm goes on, as it does for any other velocity that is refused
                robot.controller.halt(hold=False)
            else:
                applied = robot.controller.command_twist(
                    convert.twist_from_ros(message), robot.robot_time() - late
                )
        if fault:
            self._diagnostics.warn(names.CMD_VEL, "refused", f"{fault}; the robot is stopped")
        elif applied.message:
            self._diagnostics.warn(
                names.CMD_VEL, "refused" if applied.refused else "clamped", applied.message
            )

    def _on_trajectory(self, message: JointTrajectory) -> None:
        topic, robot = names.JOINT_TRAJECTORY, self._robot
        if not self._fresh(topic, message.header.stamp) or not self._ready(topic):
            return
        reason = size_fault(len(message.points))
        if reason is None:
            # before the lock: a stop waits for that
            trajectory = convert.trajectory_from_ros(message)
            with robot.lock:
                reason = robot.controller.command_trajectory(trajectory, robot.robot_time())
        if reason:
            self._diagnostics.warn(topic, "refused", f"trajectory refused: {reason}")
        else:
            self._diagnostics.set(
                topic, Level.OK, f"took a trajectory of {len(message.points)} points"
            )

    def _fresh(self, topic: str, stamp: Any) -> bool:
        limits = self._node.settings["stamp_max_age"], self._node.settings["stamp_max_ahead"]
        fault = stamp_fault(convert.time_from_ros(stamp), self._node.ros_now(), *limits)
        if fault:
            self._diagnostics.warn(topic, "stale", f"message dropped: {fault}")
        return fault is None

    def _ready(self, topic: str) -> bool:
        if not self._robot.working:
            self._diagnostics.warn(
                topic, "refused", f"{self._node.get_name()} is not active; nothing moves"
            )
        return self._robot.working

    def _on_stopped(self, message: Bool, info: Any) -> None:
        """Stop at True; False is no reset.

        An executor that was started again begins with False, and the stop that its predecessor left
        stays.
        """
        if message.data:
            self._robot.stop_robot("the executor is stopped", EXECUTOR)
        elif info["publication_sequence_number"] > 1:
            self._robot.reset_stop(EXECUTOR)

    def _on_robot_stop(self, _: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        self._robot.stop_robot(f"{names.ROBOT_STOP} was called")
        response.success, response.message = (
            True,
            f"stopped; call {names.ROBOT_RESET_STOP} to let it move again",
        )
        return response

    def _on_robot_reset_stop(
        self, _: Trigger.Request, response: Trigger.Response
    ) -> Trigger.Response:
        response.success = self._robot.reset_stop()
        response.message = (
            "the robot may move"
            if response.success
            else f"still stopped: {self._robot.controller.stop_reason}"
        )
        return response
