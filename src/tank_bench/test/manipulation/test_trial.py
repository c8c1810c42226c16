"""Trials in simulation.

What can be done is done, what cannot is a failure, and a robot that lies is found out.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tank_bench.manipulation.tasks import (
    ManipulationTask,
    ManipulationTrial,
    commands_for,
    draw_target,
)
from tank_bench.manipulation.trial import attempt, judge
from tank_bench.manipulation.truth import scene_of
from tank_cli.__main__ import main
from tank_core.commands import Color, Shape
from tank_episode.episode import Episode
from tank_executor.plan import Plan, PlanState, PlanStatus, StepOutcome, StepStatus
from tank_sim.worlds import World, on_floor

Capture = pytest.CaptureFixture[str]


@pytest.mark.slow
def test_what_is_too_wide_for_the_gripper_is_a_failure() -> None:
    episode = Episode(world=World("wide", (on_floor(Color.RED, Shape.CUBE, 0.09, (0.7, 0.0)),)))
    result, last = attempt(episode, ManipulationTrial("wide", 0, ManipulationTask.GRASP))
    episode.close()
    assert not result.claimed and not result.done and not result.good and not result.crashed
    assert result.message and result.target == "red cube" and result.duration > 0.0
    if last is not None:  # where OpenGL works
        assert result.sight.images > 0


def test_a_robot_that_lies_is_found_out_and_one_that_is_modest_too() -> None:
    episode = Episode(world="cells", camera=False)
    before, trial = scene_of(episode.backend), ManipulationTrial("cells", 0, ManipulationTask.GRASP)
    commands = commands_for(trial.task, draw_target(before, trial), before, episode.robot)
    name = next(name for name, body in before.objects.items() if body == draw_target(before, trial))
    outcome = StepOutcome(commands[0], StepStatus.SUCCEEDED, "holding it", 1.0)
    says_yes = PlanStatus(PlanState.SUCCEEDED, Plan(commands), outcomes=(outcome,))
    says_no = replace(
        says_yes, state=PlanState.FAILED, outcomes=(replace(outcome, status=StepStatus.FAILED),)
    )
    held = replace(before, held=name)
    judged = [
        judge(episode.robot, trial, commands, before, after, status)
        for status in (says_yes, says_no)
        for after in (before, held)
    ]
    assert [(one.claimed, one.done) for one in judged] == [
        (True, False),
        (True, True),
        (False, False),
        (False, True),
    ]
    assert [one.good for one in judged] == [False, True, False, False]
    episode.close()


def test_a_crash_is_a_result_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    episode = Episode(world="cells", camera=False)
    monkeypatch.setattr(episode, "run", lambda commands: 1 / 0)
    result, _ = attempt(episode, ManipulationTrial("cells", 0, ManipulationTask.FACE))
    episode.close()
    assert result.crashed and not result.claimed and "ZeroDivisionError" in result.message


@pytest.mark.slow
def test_the_command_measures_and_writes_it_down(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    arguments = [
        "--seeds",
        "1",
        "--worlds",
        "cells",
        "--tasks",
        "face,grasp",
        "--jobs",
        "2",
        "--json",
        str(path),
    ]
    assert main(["bench", "manipulation", *arguments, "--pictures", str(tmp_path)]) == 0
    captured = capsys.readouterr()
    data = json.loads(path.read_text())
    values = {figure["name"]: figure["value"] for figure in data["figures"]}
    assert (
        all(name in captured.out for name in values)
        and "cells: face" in values
        and "cells: grasp" in values
    )
    shares = [
        value
        for name, value in values.items()
        if name in ("cells: face", "cells: grasp") or "sight, r" in name or "precision" in name
    ]
    assert shares and all(0.0 <= share <= 1.0 for share in shares)
    assert len(data["trials"]) == 2 and "3/3 trials" in captured.err
    failed = sum(not (trial["claimed"] and trial["done"]) for trial in data["trials"])
    assert len(list(tmp_path.glob("cells-*.png"))) >= failed


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--tasks", "juggle"], "pick-and-place"),
        (["--worlds", "empty"], "nothing to find"),
        (["--worlds", "moon"], "playground"),
        (["--seeds", "0"], "1 to 100000"),
        (["--realism", "cartoon"], "ideal"),
        (["--json", "/nowhere/f.json"], "/nowhere"),
    ],
)
def test_faults_are_told_in_one_line_before_anything_is_measured(
    capsys: Capture, arguments: list[str], words: str
) -> None:
    assert main(["bench", "manipulation", *arguments]) == 2
    captured = capsys.readouterr()
    assert (
        captured.out == ""
        and words in captured.err
        and captured.err.splitlines()[-1].startswith("tank: ")
    )
