"""From results to figures.

Every rate is one, lies are counted as lies, and failures are grouped by how they ended.
"""

from __future__ import annotations

import json
from pathlib import Path

from tank_bench.common.report import table, write_json
from tank_bench.manipulation.figures import (
    as_details,
    failure_groups,
    failure_lines,
    figures,
    wanted,
)
from tank_bench.manipulation.sight import SightScore
from tank_bench.manipulation.tasks import TASKS, ManipulationTask, ManipulationTrial
from tank_bench.manipulation.trial import ManipulationResult


def result(
    task: ManipulationTask,
    seed: int = 0,
    claimed: bool = True,
    done: bool = True,
    message: str = "done",
    world: str = "playground",
) -> ManipulationResult:
    return ManipulationResult(
        ManipulationTrial(world, seed, task),
        "red cube",
        claimed,
        done,
        message,
        10.0,
        3.0,
        (6.0, 4.0),
        sight=SightScore(2, 4, 3, 4, 4),
    )


def test_rates_and_counts_are_those_of_the_trials() -> None:
    results = [result(ManipulationTask.FACE, seed, done=seed != 1) for seed in range(4)] + [
        result(ManipulationTask.GRASP, 0, claimed=False)
    ]
    values = {figure.name: figure.value for figure in figures(results, [])}
    assert values["playground: face"] == 0.75 and values["playground: grasp"] == 0.0
    assert (
        values["playground: claims that are false"] == 1
        and values["playground: done, but not claimed"] == 1
    )
    assert (
        values["playground: sight, recall"] == 0.75
        and values["playground: sight, precision"] == 1.0
    )


def test_the_arm_s_own_time_is_added_to_that_of_the_way() -> None:
    arm = [result(ManipulationTask.REACH, seed, world="cells") for seed in range(3)]
    values = {
        figure.name: figure.value for figure in figures([result(task) for task in TASKS], arm)
    }
    assert values["playground: face, time by the speeds alone"] == 10.0 / 3.0
    assert values["playground: grasp, time by the speeds alone"] == 10.0 / (3.0 + 6.0)
    assert values["playground: pick-and-place, time by the speeds alone"] == 10.0 / (
        3.0 + 6.0 + 4.0
    )


def test_the_shares_that_the_project_asks_for_are_wanted() -> None:
    assert [
        wanted("playground", task)
        for task in (
            ManipulationTask.FACE,
            ManipulationTask.APPROACH,
            ManipulationTask.GRASP,
            ManipulationTask.PLACE,
        )
    ] == [0.99, 0.99, 0.97, 0.95]
    assert [
        wanted("dim", task)
        for task in (
            ManipulationTask.FACE,
            ManipulationTask.APPROACH,
            ManipulationTask.GRASP_SHAPE,
            ManipulationTask.PLACE,
        )
    ] == [0.95, 0.95, 0.90, 0.85]
    assert wanted("light", ManipulationTask.FACE) is None
    missed = {
        figure.name: figure.met
        for figure in figures([result(ManipulationTask.FACE, done=False)], [])
    }
    assert (
        missed["playground: face"] is False and missed["playground: claims that are false"] is False
    )


def test_failures_that_differ_in_names_and_numbers_alone_are_one_group() -> None:
    results = [
        result(
            ManipulationTask.GRASP,
            1,
            False,
            False,
            "I see a blue cube and two green balls, but no red cube",
        ),
        result(
            ManipulationTask.GRASP,
            2,
            False,
            False,
            "I see an orange ball, a white cylinder and a blue cube, but no green ball",
        ),
        result(
            ManipulationTask.GRASP, 3, False, False, "nothing to grasp within 8 cm of the red cube"
        ),
        result(
            ManipulationTask.GRASP,
            4,
            False,
            False,
            "nothing to grasp within 6 cm of the white object",
        ),
        result(
            ManipulationTask.GRASP, 5, True, False, "nothing to grasp within 8 cm of the red cube"
        ),
        result(ManipulationTask.GRASP, 6),
    ]
    groups = failure_groups(results)
    assert [len(group) for _, group in groups] == [2, 2, 1]
    assert groups[2][0].startswith("FALSE CLAIM")
    text = "\n".join(failure_lines(results))
    assert "playground, seed 1, grasp" in text and "seed 6" not in text


def test_json_and_table_tell_every_figure(tmp_path: Path) -> None:
    results = [result(task, seed, claimed=seed % 2 == 0) for task in TASKS for seed in range(3)]
    found = figures(results, [])
    write_json(tmp_path / "f.json", "manipulation", found, as_details(results))
    data = json.loads((tmp_path / "f.json").read_text())
    text = table("A title.", found)
    assert all(figure.name in text for figure in found)
    assert {figure["name"]: figure["value"] for figure in data["figures"]} == {
        figure.name: figure.value for figure in found
    }
    assert [(one["seed"], one["task"]) for one in data["trials"]] == [
        (one.trial.seed, one.trial.task) for one in results
    ]


def test_of_a_kit_less_is_wanted_and_only_in_the_playground() -> None:
    assert wanted("playground", ManipulationTask.GRASP) == 0.97
    assert {wanted("playground", task, "rasptank") for task in ManipulationTask} == {0.9}
    assert wanted("clutter", ManipulationTask.GRASP, "rasptank") is None
