"""Conversions undo each other.

What is outside the command language does not come in.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_core.commands import (
    MAX_COMMANDS,
    Approach,
    Command,
    Face,
    Grasp,
    Move,
    Release,
    Stop,
    Turn,
    Wait,
)
from tank_core.exceptions import InvalidCommandError
from tank_executor.plan import Plan, PlanState, PlanStatus, StepOutcome, StepStatus
from tank_executor.ros import messages as convert
from tank_msgs.msg import Command as CommandMsg

COMMANDS: tuple[Command, ...] = (
    Move("forward", 1.25, "slow"), Turn("left", 90.0), Stop(), Wait(0.5),
    Grasp("left", "red", "cube"), Release("right"), Face("blue"),
    Approach(shape="ball"),
)  # fmt: skip
lists = st.lists(st.sampled_from(COMMANDS), min_size=1, max_size=MAX_COMMANDS).map(tuple)
plans = st.builds(Plan, lists, st.text(max_size=40), st.integers(0, 4 * 10**18))


@given(plans)
def test_plans_come_back(plan: Plan) -> None:
    message = convert.plan_to_ros(plan)
    stamp = convert.stamp_from_ros(message.header.stamp)
    assert convert.plan_from_ros(list(message.commands), message.instruction, stamp) == plan


@given(
    plans, st.sampled_from(list(PlanState)), st.sampled_from(list(StepStatus)), st.floats(0.0, 1.0)
)
def test_statuses_come_back(
    plan: Plan, state: PlanState, step: StepStatus, progress: float
) -> None:
    outcomes = tuple(StepOutcome(command, step, "because", 1.5) for command in plan.commands)
    status = PlanStatus(state, plan, len(outcomes) - 1, progress, outcomes, 3, "a sentence")
    assert convert.status_from_ros(convert.status_to_ros(status, 12.5)) == status


def test_a_status_without_a_plan_comes_back() -> None:
    assert convert.status_from_ros(convert.status_to_ros(PlanStatus(), 0.0)) == PlanStatus()


def test_a_plan_that_was_refused_for_its_commands_keeps_its_name() -> None:
    status = PlanStatus(PlanState.REFUSED, Plan((), "jump", 5), message="step 1: action is 'jump'")
    assert convert.status_from_ros(convert.status_to_ros(status, 0.0)) == status


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (CommandMsg(action="jump"), "jump"),
        (CommandMsg(action="move", direction="forward", distance_m=float("nan")), "distance_m"),
        (CommandMsg(action="move", direction="forward", distance_m=-1.0), "distance_m"),
        (CommandMsg(action="turn", direction="left", angle_deg=1e9), "angle_deg"),
        (CommandMsg(action="wait", duration_s=float("inf")), "duration_s"),
        (CommandMsg(action="grasp", cell="behind"), "cell"),
    ],
)
def test_a_bad_command_is_named_by_its_step(message: CommandMsg, reason: str) -> None:
    with pytest.raises(InvalidCommandError, match=f"step 2: .*{reason}"):
        convert.plan_from_ros([CommandMsg(action="stop"), message], "", 0)


@pytest.mark.parametrize("count", [0, MAX_COMMANDS + 1])
def test_too_few_and_too_many_steps_are_refused(count: int) -> None:
    with pytest.raises(InvalidCommandError, match=f"has {count} steps"):
        convert.plan_from_ros([CommandMsg(action="stop")] * count, "", 0)


def test_states_are_numbered_as_in_the_messages() -> None:
    from tank_msgs.msg import ExecutionStatus
    from tank_msgs.msg import StepOutcome as StepOutcomeMsg

    assert all(getattr(ExecutionStatus, state.name) == state for state in PlanState)
    assert all(getattr(StepOutcomeMsg, status.name) == status for status in StepStatus)
