"""Takes command lists and goals, and hands them to the runner as plans."""

from __future__ import annotations

from collections.abc import Callable
from threading import RLock
from typing import Any

from rclpy.action import GoalResponse
from rclpy.action.server import ServerGoalHandle
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup, ReentrantCallbackGroup

from tank_core.exceptions import InvalidCommandError
from tank_core.instruction_queue import split_at_last_stop
from tank_core.ros import interfaces as names
from tank_core.ros.tank_node import TankNode
from tank_executor.plan import Plan, PlanStatus
from tank_executor.plan_runner import PlanRunner
from tank_executor.ros.goals import Goals
from tank_executor.ros.messages import due_plan, is_stop, plan_from_ros, stamp_from_ros
from tank_executor.running.plan_run import Output
from tank_msgs.msg import CommandList


class Orders:
    """The lists of the topic commands, and the goals of execute_commands.

    Its owner holds ``lock`` around ``tell`` and ``settle``; it is held around what it is given.
    """

    def __init__(
        self,
        node: TankNode,
        lock: RLock,
        runner: PlanRunner,
        refusal: Callable[[], str | None],
        begins: Callable[[], None],
        send: Callable[[Output], None],
    ) -> None:
        """Take orders.

        ``refusal()`` says why the node takes none now. ``begins()`` comes before a plan is handed
        to a runner that has none. ``send(output)`` sends at once, and tells what has changed.
        """
        self._node, self._lock, self._runner = node, lock, runner
        self._refusal, self._begins, self._send = refusal, begins, send
        # Lists are taken in order: none may overtake the stop that followed it.
        self._lists = node.hear(
            CommandList,
            names.COMMANDS,
            self._on_commands,
            names.RELIABLE,
            MutuallyExclusiveCallbackGroup(),
        )
        group = ReentrantCallbackGroup()
        self._goals = Goals(node, group, lock, self._judge, self._on_goal, self._cancel)

    def tell(self, status: PlanStatus) -> None:
        """Tell the goal that waits for it of a plan's change."""
        self._goals.tell(status)

    def settle(self) -> None:
        """Send the results that are due; to be called often."""
        self._goals.settle()

    def close(self) -> None:
        """Hear no more orders."""
        self._lists.close()
        self._goals.close()

    def _on_commands(self, message: CommandList) -> None:
        with self._lock:
            # A stop in the middle of a burst does not wait for the lists before it.
            ended, due = split_at_last_stop([message, *self._lists.waiting()], is_stop)
            for each in due:
                self._take(each)
            for each in ended:
                self._refuse(each, "ended by the stop that followed it")
            self._send(self._runner.take_output())

    def _take(self, message: CommandList) -> None:
        try:
            now = self._node.get_clock().now().nanoseconds * 1e-9
            plan = due_plan(message, now, self._node.settings["commands_max_age"])
        except InvalidCommandError as error:
            self._refuse(message, str(error))
        else:
            self._submit(plan)
        self._send(self._runner.take_output())

    def _refuse(self, message: CommandList, reason: str) -> None:
        stamp = stamp_from_ros(message.header.stamp)
        self._runner.refuse(Plan((), message.instruction, stamp), reason)

    def _submit(self, plan: Plan) -> None:
        reason = self._refusal()
        if reason:
            self._runner.refuse(plan, reason)
            return
        if not self._runner.running:
            self._begins()
        self._runner.submit(plan)

    def _judge(self, goal: Any) -> GoalResponse:
        with self._lock:
            try:
                plan = self._plan_of(goal)
                reason = self._refusal() or self._runner.refusal(plan)
            except InvalidCommandError as error:
                plan = Plan((), goal.instruction, self._node.get_clock().now().nanoseconds)
                reason = str(error)
            if reason is None:
                return GoalResponse.ACCEPT
            self._runner.refuse(plan, reason)
            self._send(self._runner.take_output())
            return GoalResponse.REJECT

    def _on_goal(self, handle: ServerGoalHandle) -> None:
        with self._lock:
            plan = self._plan_of(handle.request)
            self._goals.add(plan, handle)
            self._submit(plan)
            self._send(self._runner.take_output())

    def _plan_of(self, goal: Any) -> Plan:
        stamp = self._node.get_clock().now().nanoseconds
        return plan_from_ros(list(goal.commands), goal.instruction, stamp)

    def _cancel(self, plan: Plan) -> None:
        with self._lock:
            self._send(self._runner.cancel(plan, "the goal was cancelled"))
