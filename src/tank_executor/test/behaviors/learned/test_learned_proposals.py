"""The timing of proposals: while the robot stands, nothing has passed."""

from types import SimpleNamespace

import numpy as np
import pytest
from scripted_skill import ScriptedSkill

from tank_core.skill import Observation, SkillTarget
from tank_core.state import CameraFrame, RobotState
from tank_executor.behaviors.learned.proposals import Proposals
from tank_executor.learned import Learned, Thought, think

LENGTH, TICK_S = 20, 0.1
LEARNED = Learned({})


@pytest.mark.parametrize("delay", [0.0, 0.2, 1.0])
def test_the_first_chunk_is_driven_from_its_beginning_and_a_late_one_is_not(delay) -> None:
    """A robot that waits for its first chunk is still where that chunk begins."""
    numbers = [(0.01 * number, 0.0) for number in range(LENGTH)]
    skill = ScriptedSkill("face", lambda _: (numbers, False), horizon=LENGTH, ask_after=10)

    def slowly(skill: ScriptedSkill, seen: Observation, anew: bool) -> Thought:
        chunk = think(skill, seen, anew)
        return lambda: chunk if context.now >= seen.state.time + delay - 1e-9 else None

    context = SimpleNamespace(now=0.0, learned=SimpleNamespace(think=slowly), frame=None)
    proposals, driven = Proposals(context, skill, SkillTarget), []
    for tick in range(40):
        context.now = tick * TICK_S
        context.state = RobotState(context.now)
        driven.append(proposals.next())
    late = round(delay / TICK_S)
    assert all(action is None for action in driven[:late])
    indices = [round(100 * action.twist.linear) for action in driven[late:]]
    # the first from its beginning, until the second is there, of which so much has passed
    again = 10 + late
    assert indices[:again] == list(range(again))
    assert indices[again] == late


@pytest.mark.parametrize(
    ("age", "said"),
    [(0.2, None), (60.0, "an image came, but "), (-60.0, "an image came, but ")],
)
def test_an_image_of_another_time_is_never_looked_at(age: float, said: str | None) -> None:
    """Nor is a skill waited for that has no other."""
    skill = ScriptedSkill(
        "face", lambda _: ([(0.1, 0.0)] * 5, False), image=(64, 48), patience=60.0
    )
    context = SimpleNamespace(now=100.0, learned=LEARNED, frame=None)
    proposals, fault = Proposals(context, skill, SkillTarget), None
    for tick in range(40):
        context.now = 100.0 + tick * TICK_S
        context.state = RobotState(context.now)
        context.frame = CameraFrame(context.now - age, np.zeros((48, 64, 3), np.uint8))
        fault = fault or proposals.fault()
        proposals.next()
    assert (skill.seen == []) == (said is not None)
    assert fault is None if said is None else fault.startswith("no image came for 3 s; " + said)
