"""Results of trials as figures, as groups of failures, and as JSON. Pure."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator, Sequence
from typing import Any

from tank_bench.common.report import Figure, percentile
from tank_bench.manipulation.sight import BANDS, SightScore
from tank_bench.manipulation.tasks import ManipulationTask
from tank_bench.manipulation.trial import ManipulationResult
from tank_core.commands import Color, Shape

# The shares of success that the project asks for: face, approach, grasp, pick and place.
WANTED = {
    "playground": (0.99, 0.99, 0.97, 0.95),
    "clutter": (0.95, 0.95, 0.90, 0.85),
    "dim": (0.95, 0.95, 0.90, 0.85),
}
# in the playground, of each: a low camera, a short arm, servos that tell nothing
WANTED_OF_KITS = 0.9
ERROR_M = 0.015  # median up to 1 m
FRAME_MS = 6.0


def wanted(world: str, task: ManipulationTask, robot: str = "tank") -> float | None:
    """The share of trials that has to succeed; None where nothing is wanted."""
    if robot != "tank":
        return WANTED_OF_KITS if world == "playground" else None
    if world not in WANTED:
        return None
    face, approach, grasp, place = WANTED[world]
    return {
        ManipulationTask.FACE: face,
        ManipulationTask.APPROACH: approach,
        ManipulationTask.PLACE: place,
    }.get(task, grasp)


def figures(
    results: Sequence[ManipulationResult], arm: Sequence[ManipulationResult]
) -> list[Figure]:
    """Figures of all trials.

    ``arm``: trials that begin with the object in reach, for the time that the arm itself needs.
    """
    grasping, placing = arm_times(arm)
    found: list[Figure] = []
    for world in dict.fromkeys(result.trial.world for result in results):
        here = [result for result in results if result.trial.world == world]
        for task in dict.fromkeys(result.trial.task for result in here):
            found += _of_task(
                world,
                task,
                [result for result in here if result.trial.task == task],
                grasping,
                placing,
            )
        found += _of_world(world, here)
        found += _of_sight(world, merged(here))
    return [
        *found,
        Figure("arm alone: grasp, median", grasping, "s"),
        Figure("arm alone: release, median", placing, "s"),
    ]


def arm_times(arm: Sequence[ManipulationResult]) -> tuple[float, float]:
    """Median time [s] of a grasp, and of a release, of what begins in reach.

    0 where nothing of that kind succeeded.
    """
    grasps, releases = (
        [result.steps[step] for result in arm if result.good and len(result.steps) > step]
        for step in (0, 1)
    )
    return statistics.median(grasps or [0.0]), statistics.median(releases or [0.0])


def merged(results: Sequence[ManipulationResult]) -> SightScore:
    """The sum of what perception saw in all trials."""
    score = SightScore()
    for result in results:
        score.merge(result.sight)
    return score


def _of_task(
    world: str,
    task: ManipulationTask,
    results: list[ManipulationResult],
    grasping: float,
    placing: float,
) -> Iterator[Figure]:
    good = [result for result in results if result.good]
    yield Figure(
        f"{world}: {task}",
        len(good) / len(results),
        "",
        at_least=wanted(world, task, results[0].trial.robot),
    )
    if good:
        alone = {
            ManipulationTask.FACE: 0.0,
            ManipulationTask.APPROACH: 0.0,
            ManipulationTask.PLACE: grasping + placing,
        }.get(task, grasping)
        needed = sum(result.straight + alone for result in good)
        yield Figure(
            f"{world}: {task}, median time",
            statistics.median(result.duration for result in good),
            "s",
        )
        if needed:  # 0 where everything was straight ahead
            yield Figure(
                f"{world}: {task}, time by the speeds alone",
                sum(result.duration for result in good) / needed,
                "times",
            )


def _of_world(world: str, results: list[ManipulationResult]) -> Iterator[Figure]:
    yield Figure(
        f"{world}: claims that are false",
        sum(result.claimed and not result.done for result in results),
        "",
        at_most=0,
    )
    yield Figure(
        f"{world}: done, but not claimed",
        sum(result.done and not result.claimed for result in results),
    )
    yield Figure(
        f"{world}: other objects pushed, a trial",
        sum(len(result.bumped) for result in results) / len(results),
    )
    yield Figure(f"{world}: crashes", sum(result.crashed for result in results), "", at_most=0)


def _of_sight(world: str, score: SightScore) -> Iterator[Figure]:
    shares = (("recall", score.found, score.due), ("precision", score.true, score.said),
        ("right color", score.right_color, score.true),
              ("right shape, where told", score.right_shape, score.shapes_told),
              ("shape told", score.shapes_told, score.true))  # fmt: skip
    for name, part, whole in shares:
        if whole:
            yield Figure(f"{world}: sight, {name}", part / whole)
    yield from _of_errors(world, score)


def _of_errors(world: str, score: SightScore) -> Iterator[Figure]:
    near = score.errors_between(0.0, 1.0)
    if near:
        yield Figure(
            f"{world}: position error up to 1 m, median",
            statistics.median(near) * 1000,
            "mm",
            at_most=ERROR_M * 1000,
        )
    for nearest, farthest in BANDS:
        errors = score.errors_between(nearest, farthest)
        if errors:
            name = f"{world}: position error {nearest:g} to {farthest:g} m"
            yield Figure(f"{name}, median", statistics.median(errors) * 1000, "mm")
            yield Figure(f"{name}, 90 %", percentile(errors, 0.9) * 1000, "mm")


def frame_figures(times_ms: Sequence[float]) -> list[Figure]:
    """Perception's time per image."""
    return [
        Figure(
            "sight, one 640x480 image, median", statistics.median(times_ms), "ms", at_most=FRAME_MS
        ),
        Figure("sight, one 640x480 image, 95 %", percentile(times_ms, 0.95), "ms"),
    ]


# -- Failures
# --------------------------------------------------------------------------------------------------

_SHAPES = "|".join((*Shape, "object"))
_THING = re.compile(
    rf"\b(?:an? |the )?(?:{'|'.join(Color)}|some)(?: (?:{_SHAPES}))?s?\b"
    rf"|\b(?:an? |the )(?:{_SHAPES})\b"
)


def failure_groups(
    results: Sequence[ManipulationResult],
) -> list[tuple[str, list[ManipulationResult]]]:
    """Trials that did not succeed by how they ended.

    In words in which every object is X and every number #; the largest first.
    """
    groups: dict[str, list[ManipulationResult]] = {}
    for result in results:
        if not result.good:
            groups.setdefault(f"{_kind(result)}: {_plain(result.message)}", []).append(result)
    return sorted(groups.items(), key=lambda group: -len(group[1]))


def _kind(result: ManipulationResult) -> str:
    if result.claimed:
        return "FALSE CLAIM"
    return "done all the same" if result.done else "failed"


def _plain(message: str) -> str:
    text = re.sub(r"\d+(?:\.\d+)?", "#", _THING.sub("X", message))
    return re.sub(r"\bX(?:(?:, | and |, and )(?:two |three |four |five )?X)+", "X ...", text)


def failure_lines(results: Sequence[ManipulationResult], most: int = 6) -> Iterator[str]:
    """The groups for people, with trials by which to see each again."""
    for text, group in failure_groups(results):
        yield f"  {len(group)} x {text}"
        trials = "; ".join(str(one.trial) for one in group[:most])
        yield f"      {trials}{' ...' if len(group) > most else ''}"


def sight_lines(results: Sequence[ManipulationResult], most: int = 8) -> Iterator[str]:
    """Lines for people: what perception got wrong most often."""
    score = merged(results)
    for name, counts in (
        ("not seen", score.missed),
        ("seen, but not there", score.made_up),
        ("taken for another", score.confused),
    ):
        often = sorted(counts.items(), key=lambda item: -item[1])[:most]
        if often:
            yield f"  {name}, images: {', '.join(f'{words} {number}' for words, number in often)}"


def as_details(results: Sequence[ManipulationResult]) -> dict[str, Any]:
    """Every trial, and the failures in groups, for JSON."""
    groups = [
        {"message": text, "trials": [str(one.trial) for one in group]}
        for text, group in failure_groups(results)
    ]
    worlds = {
        world: merged([one for one in results if one.trial.world == world])
        for world in {one.trial.world: None for one in results}
    }
    sight = {
        world: {"missed": score.missed, "made_up": score.made_up, "confused": score.confused}
        for world, score in worlds.items()
    }
    return {"trials": [_trial(result) for result in results], "failures": groups, "sight": sight}


def _trial(result: ManipulationResult) -> dict[str, Any]:
    trial, sight = result.trial, result.sight
    return {
        "world": trial.world, "seed": trial.seed, "task": str(trial.task), "realism": trial.realism,
        "target": result.target,
        "claimed": result.claimed, "done": result.done, "message": result.message,
        "duration_s": result.duration,
        "straight_s": result.straight, "steps_s": list(result.steps), "bumped": list(result.bumped),
        "crashed": result.crashed,
        "wall_s": result.wall_s, "images": sight.images, "due": sight.due, "found": sight.found,
        "said": sight.said, "true": sight.true,
    }  # fmt: skip
