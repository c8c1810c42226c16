"""The learner's work on facing, in simulation, and the report of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="training tools are not installed: ./tank setup --train")

import torch

from tank_core.exceptions import TankError
from tank_core.robot import load_robot
from tank_learning.skills.auto.command import budget_s
from tank_learning.skills.auto.face_work import THIRDS_DEG, FaceWork
from tank_learning.skills.auto.learner import FOCUSES, Learner, Settings
from tank_learning.skills.auto.picture import draw
from tank_learning.skills.auto.thinkers import FixedThinker
from tank_learning.skills.auto.working import carry_out
from tank_learning.skills.face.training import skill_path
from tank_skills import load_skill

SMALL = Settings(collect=13, updates=1, pause=True)


@pytest.mark.slow
def test_two_rounds_collect_among_other_things_and_never_from_the_validation(
    tmp_path: Path,
) -> None:
    torch.set_num_threads(1)
    robot, steps = load_robot("rasptank"), iter(range(100))
    with FaceWork(robot, 0, validated=12) as work:
        held = work.validation
        learner = Learner(FixedThinker(SMALL), 9.0, settings=SMALL)
        events = carry_out(learner, work, lambda: float(next(steps)))
        assert [event.state for event in events[:6]] == [
            "collect", "train", "validate", "think", "pause", "collect",
        ]  # fmt: skip
        assert work.validation is held and work.variety == 1
        assert work.data is not None and len(work.data) == 26
        assert not {picture.tobytes() for picture in held.before} & {
            picture.tobytes() for picture in work.data.before
        }
        assert np.isfinite(learner.rounds[0].validation) and len(learner.rounds[0].parts) == 3
        work.distill(tmp_path, frames=3, updates=1)
        assert draw(tmp_path / "auto.png", events, learner.rounds, "a test").stat().st_size > 5000
    skill = load_skill(skill_path(tmp_path, robot), robot)
    assert "by the autonomous learner: 26 turns" in skill.card.trained_on


@pytest.mark.slow
def test_the_focus_says_where_the_wanted_thing_stands() -> None:
    assert set(THIRDS_DEG) == set(FOCUSES)
    with FaceWork(load_robot("rasptank"), 1, validated=1) as work:
        work.collect(replace(SMALL, collect=1, focus="left"))
        assert work.data is not None
        low, high = THIRDS_DEG["left"]
        starts = work.data.bearings_before[0]
        assert ((starts >= low - 1) & (starts <= high + 1)).any()


@pytest.mark.parametrize(("said", "seconds"), [("20m", 1200.0), ("1.5 min", 90.0), ("45s", 45.0)])
def test_a_budget_is_in_minutes_or_seconds(said: str, seconds: float) -> None:
    assert budget_s(said) == seconds


@pytest.mark.parametrize("said", ["20", "0m", "-1m", "an hour", "1h"])
def test_a_budget_that_is_none_is_refused_with_what_to_say(said: str) -> None:
    with pytest.raises(TankError, match="say CPU minutes as 20m"):
        budget_s(said)
