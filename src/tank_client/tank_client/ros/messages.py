"""Converts the stack's reports from ROS messages."""

from __future__ import annotations

from dataclasses import replace

from tank_client.narrator import Understanding
from tank_core.commands import Command
from tank_core.exceptions import InvalidCommandError
from tank_core.ros.tank_messages import command_from_ros
from tank_executor.plan import Plan, PlanState, PlanStatus
from tank_executor.ros.messages import stamp_from_ros, status_from_ros
from tank_msgs.msg import CommandList, ExecutionStatus


def understanding_from_ros(message: CommandList) -> Understanding:
    """Convert a tank_msgs/CommandList.

    One whose commands are not of the language is told as not understood.
    """
    commands: tuple[Command, ...] = ()
    reason = message.reason
    try:
        commands = (
            tuple(map(command_from_ros, message.commands))
            if message.verdict == CommandList.OK
            else ()
        )
    except InvalidCommandError as error:
        reason = f"the commands are not valid: {error}"
    return Understanding(
        stamp_from_ros(message.header.stamp), message.instruction, commands, reason, message.latency
    )


def report_from_ros(message: ExecutionStatus) -> PlanStatus:
    """Convert a tank_msgs/ExecutionStatus.

    A status about a list that had no valid step still names that list.
    """
    status = status_from_ros(message)
    if status.plan is None and status.state is not PlanState.IDLE:
        return replace(
            status, plan=Plan((), message.instruction, stamp_from_ros(message.commands_stamp))
        )
    return status
