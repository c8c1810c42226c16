"""Sentences to say where something was not done."""

from __future__ import annotations

import pytest

from tank_client.phrases import PHRASES
from tank_cockpit.views.instead import MOST, nearest, ways_out
from tank_core.commands import command_from_dict
from tank_executor.plan import Plan, PlanState, PlanStatus, StepOutcome, StepStatus

GRASP = command_from_dict({"action": "grasp", "color": "red"})


def failed(reason: str) -> PlanStatus:
    outcome = StepOutcome(GRASP, StepStatus.FAILED, reason)
    plan = Plan((GRASP,), "grab the red one")
    return PlanStatus(PlanState.FAILED, plan, 0, 0.0, (outcome,), 0, reason)


def test_what_was_not_understood_has_its_nearest_phrases() -> None:
    assert nearest("please turn rightwards 45 degree")[0] == "turn right 45 degrees"
    assert set(nearest("make me a sandwich")) <= set(PHRASES)
    assert len(nearest("")) == MOST


@pytest.mark.parametrize(
    ("reason", "way"),
    [
        ("stopped after 0.40 of 1.00 m: an obstacle 12 cm ahead", "back up a bit"),
        ("I looked all around and see no red object", "what do you see"),
        ("already holding the blue ball; release it first", "put it down"),
        ("nothing is held", "pick up the cube"),
        ("the red cube slipped out of the fingers", "grasp the red object"),
        ("I know no place called desk", "go back to the start"),
        ("the world was reset", "grab the red one"),
        ("something that nobody has thought of", "grab the red one"),
    ],
)
def test_a_failure_has_a_way_out(reason: str, way: str) -> None:
    assert ways_out(failed(reason))[0] == way


def test_only_what_was_not_done_has_one_and_a_stopped_robot_takes_nothing() -> None:
    plan = Plan((GRASP,), "grab the red one")
    for state in (PlanState.RUNNING, PlanState.SUCCEEDED, PlanState.STOPPED):
        assert ways_out(PlanStatus(state, plan, message="an obstacle")) == []
    held = PlanStatus(PlanState.REFUSED, plan, message="stopped (a test); reset the stop first")
    assert ways_out(held) == []
    full = PlanStatus(PlanState.REFUSED, plan, message="16 command lists wait already; say stop")
    assert ways_out(full) == ["stop"]
