"""Serves the action execute_commands: each goal waits for its plan.

No thread and no callback waits.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any

from rclpy.action import ActionServer, CancelResponse
from rclpy.action.server import ServerGoalHandle
from rclpy.callback_groups import CallbackGroup

from tank_core.ros import interfaces as names
from tank_core.ros.tank_node import TankNode
from tank_executor.plan import Plan, PlanState, PlanStatus
from tank_executor.ros.messages import outcome_to_ros
from tank_msgs.action import ExecuteCommands

Result = ExecuteCommands.Result
_ERRORS = {
    PlanState.SUCCEEDED: Result.NONE,
    PlanState.FAILED: Result.STEP_FAILED,
    PlanState.STOPPED: Result.STOPPED,
    PlanState.REFUSED: Result.INVALID,
}


class _PatientServer(ActionServer):  # type: ignore[misc]  # rclpy has no stubs
    """An action server whose goals begin to execute without a callback.

    The callback that gives the result runs when there is one.
    """

    def notify_execute(
        self, goal_handle: ServerGoalHandle, execute_callback: Callable[..., Any] | None
    ) -> None:
        if execute_callback is not None:
            super().notify_execute(goal_handle, execute_callback)


@dataclass
class _Goal:
    plan: Plan
    handle: ServerGoalHandle
    cancelled: bool = False
    end: PlanStatus | None = None


class Goals:
    """The goals of the action execute_commands.

    Their owner holds ``lock``, a reentrant one, around every method and around the callbacks that
    it gives.
    """

    def __init__(
        self,
        node: TankNode,
        group: CallbackGroup,
        lock: AbstractContextManager[Any],
        judge: Callable[..., Any],
        begin: Callable[[ServerGoalHandle], None],
        cancel: Callable[[Plan], None],
    ) -> None:
        """Serve the action.

        ``judge(request) -> GoalResponse``; ``begin(handle)`` is to call ``add``; ``cancel(plan)``
        stops the robot.
        """
        self._goals: list[_Goal] = []
        self._lock, self._cancel = lock, cancel
        self._base_frame = node.settings["base_frame"]
        self._server = _PatientServer(
            node,
            ExecuteCommands,
            names.EXECUTE_COMMANDS,
            execute_callback=lambda handle: Result(),  # never called: see _PatientServer
            goal_callback=judge,
            handle_accepted_callback=begin,
            cancel_callback=self._on_cancel,
            callback_group=group,
        )

    def add(self, plan: Plan, handle: ServerGoalHandle) -> None:
        """Let a goal wait for the end of this plan from now on."""
        self._goals.append(_Goal(plan, handle))
        handle.execute()

    def tell(self, status: PlanStatus) -> None:
        """Tell a plan's change: feedback for its goal, or its result."""
        for goal in self._goals:
            if goal.plan is status.plan and goal.end is None:
                if status.state is PlanState.RUNNING:
                    feedback = ExecuteCommands.Feedback(
                        step=status.step, progress=status.progress, message=status.message
                    )
                    goal.handle.publish_feedback(feedback)
                else:
                    goal.end = status
        self.settle()

    def settle(self) -> None:
        """Send the results that are due.

        A cancelled goal's waits until rclpy has noted the cancelling.
        """
        for goal in list(self._goals):
            if goal.end is not None and (goal.handle.is_cancel_requested or not goal.cancelled):
                self._goals.remove(goal)
                self._server.notify_execute(
                    goal.handle, partial(_conclude, end=goal.end, base_frame=self._base_frame)
                )

    def close(self) -> None:
        """Let go of the server."""
        self._server.destroy()

    def _on_cancel(self, handle: ServerGoalHandle) -> CancelResponse:
        with self._lock:
            for goal in self._goals:
                if goal.handle is handle and goal.end is None:
                    goal.cancelled = True
                    self._cancel(goal.plan)
                    return CancelResponse.ACCEPT
            return CancelResponse.REJECT


def _conclude(handle: ServerGoalHandle, end: PlanStatus, base_frame: str) -> Any:
    """Set the goal's final state; returns its result."""
    if handle.is_cancel_requested:
        handle.canceled()
    elif end.state is PlanState.SUCCEEDED:
        handle.succeed()
    else:
        handle.abort()
    result = Result(
        error_code=_ERRORS[end.state],
        error_msg="" if end.state is PlanState.SUCCEEDED else end.message,
    )
    result.outcomes = [outcome_to_ros(outcome, base_frame) for outcome in end.outcomes]
    return result
