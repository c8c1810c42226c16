"""Converts the executor's types to tank_msgs and back.

Pairs ``x_to_ros`` / ``x_from_ros`` undo each other.
"""

from __future__ import annotations

from builtin_interfaces.msg import Time
from visualization_msgs.msg import Marker

from tank_core.commands import MAX_COMMANDS
from tank_core.exceptions import InvalidCommandError
from tank_core.pacing import stamp_fault
from tank_core.ros import interfaces as names
from tank_core.ros.conversions import header
from tank_core.ros.tank_messages import command_from_ros, command_to_ros
from tank_executor.findings import Photo
from tank_executor.plan import Plan, PlanState, PlanStatus, StepOutcome, StepStatus
from tank_executor.ros.findings import answer_from_ros, answer_to_ros
from tank_msgs.msg import Command as CommandMsg
from tank_msgs.msg import CommandList, ExecutionStatus
from tank_msgs.msg import StepOutcome as StepOutcomeMsg

MARKER_HEIGHT = 0.6  # [m] over the floor
MARKER_LETTERS = 0.06  # [m] height of a letter


def stamp_to_ros(nanoseconds: int) -> Time:
    """Convert a plan's stamp [ns], exactly."""
    return Time(sec=nanoseconds // 10**9, nanosec=nanoseconds % 10**9)


def stamp_from_ros(time: Time) -> int:
    return int(time.sec) * 10**9 + int(time.nanosec)


def plan_from_ros(commands: list[CommandMsg], instruction: str, stamp: int) -> Plan:
    """Convert a command list.

    Raises InvalidCommandError that names the first bad step.
    """
    if not 1 <= len(commands) <= MAX_COMMANDS:
        raise InvalidCommandError(
            f"the command list has {len(commands)} steps; give 1 to {MAX_COMMANDS}"
        )
    steps = []
    for number, command in enumerate(commands, start=1):
        try:
            steps.append(command_from_ros(command))
        except InvalidCommandError as error:
            raise InvalidCommandError(f"step {number}: {error}") from None
    return Plan(tuple(steps), instruction, stamp)


def is_stop(message: CommandList) -> bool:
    """True for a command list that is a stop and nothing else."""
    actions = [command.action for command in message.commands]
    return bool(message.verdict == CommandList.OK and actions == [CommandMsg.STOP])


def due_plan(message: CommandList, now: float, max_age: float) -> Plan:
    """Convert a command list that is to be executed at ``now`` [s].

    Raises InvalidCommandError, which says why, for one that is not: nothing was understood, a step
    is bad, or it is older than ``max_age`` [s]. A stop is never too old.
    """
    if message.verdict != CommandList.OK:
        raise InvalidCommandError(
            f"nothing to execute: {message.reason or 'the instruction was not understood'}"
        )
    stamp = stamp_from_ros(message.header.stamp)
    plan = plan_from_ros(list(message.commands), message.instruction, stamp)
    old = stamp_fault(stamp * 1e-9, now, max_age, names.STAMP_MAX_AHEAD)
    if old and not plan.preempts:
        raise InvalidCommandError(f"the command list is not executed: {old}")
    return plan


def plan_to_ros(plan: Plan) -> CommandList:
    """Convert a plan to what the language node would have published."""
    message = CommandList(instruction=plan.instruction, verdict=CommandList.OK)
    message.header.stamp = stamp_to_ros(plan.stamp)
    message.commands = [command_to_ros(command) for command in plan.commands]
    return message


def outcome_to_ros(outcome: StepOutcome, base_frame: str = names.BASE_FRAME) -> StepOutcomeMsg:
    """Convert an outcome; of a picture its path goes along."""
    answer, photo = outcome.answer, outcome.photo
    return StepOutcomeMsg(
        command=command_to_ros(outcome.command),
        status=int(outcome.status),
        message=outcome.message,
        duration=outcome.duration,
        answer=[answer_to_ros(answer, base_frame)] if answer is not None else [],
        photo=photo.path if photo is not None else "",
    )


def outcome_from_ros(message: StepOutcomeMsg) -> StepOutcome:
    return StepOutcome(
        command_from_ros(message.command),
        StepStatus(message.status),
        message.message,
        message.duration,
        answer_from_ros(message.answer[0]) if message.answer else None,
        Photo(message.photo) if message.photo else None,
    )


def status_to_marker(status: PlanStatus, frame: str) -> Marker:
    """Return the status as a text that rviz shows over the robot.

    The time is 0, which follows the frame.
    """
    marker = Marker(
        header=header(0.0, frame),
        ns="execution",
        type=Marker.TEXT_VIEW_FACING,
        action=Marker.ADD,
        frame_locked=True,
    )
    marker.pose.position.z, marker.scale.z = MARKER_HEIGHT, MARKER_LETTERS
    marker.color.r = marker.color.g = marker.color.b = marker.color.a = 1.0
    said = status.plan.instruction if status.plan else ""
    doing = status.message or status.state.name.lower()
    marker.text = "\n".join(filter(None, (said, doing)))
    return marker


def status_to_ros(
    status: PlanStatus, seconds: float, base_frame: str = names.BASE_FRAME
) -> ExecutionStatus:
    """Convert a status that is told at ``seconds``."""
    message = ExecutionStatus(
        header=header(seconds, ""),
        state=int(status.state),
        step=status.step,
        progress=status.progress,
        queued=status.queued,
        message=status.message,
    )
    message.outcomes = [outcome_to_ros(outcome, base_frame) for outcome in status.outcomes]
    if status.plan is not None:
        message.commands_stamp = stamp_to_ros(status.plan.stamp)
        message.instruction = status.plan.instruction
    return message


def status_from_ros(message: ExecutionStatus) -> PlanStatus:
    """Convert a status; the plan's commands are those of its outcomes.

    So a plan that was refused for its commands comes back empty.
    """
    outcomes = tuple(outcome_from_ros(outcome) for outcome in message.outcomes)
    commands = tuple(outcome.command for outcome in outcomes)
    state, plan = PlanState(message.state), None
    if commands or state is not PlanState.IDLE:
        plan = Plan(commands, message.instruction, stamp_from_ros(message.commands_stamp))
    return PlanStatus(
        state, plan, message.step, message.progress, outcomes, message.queued, message.message
    )
