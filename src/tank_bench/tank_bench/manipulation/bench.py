"""Finding, approaching, grasping and placing objects by sight.

In simulated worlds, judged by the simulator's truth. Each trial is an episode of its own; the seed
places the objects, draws the robot's imperfections and the object that is meant.
"""

from __future__ import annotations

import argparse
import time
from functools import partial
from pathlib import Path

from tank_bench.common.pool import kept_episode, run_trials
from tank_bench.common.report import Measured
from tank_bench.manipulation.figures import (
    as_details,
    failure_lines,
    figures,
    frame_figures,
    sight_lines,
)
from tank_bench.manipulation.options import Options, add_options, read_options
from tank_bench.manipulation.tasks import ManipulationTask, ManipulationTrial
from tank_bench.manipulation.trial import ManipulationResult, attempt
from tank_core.exceptions import TankError
from tank_core.io.console import say
from tank_episode.episode import Episode
from tank_episode.perception_loop import PerceivedImage
from tank_perception.perception import Perception

ARM_SEEDS = 10  # trials by which the arm's own time is known
FRAMES = 60  # images of each world whose time is taken
WARM_UP = 5  # images before the clock counts
ROUNDS = 3  # an image's time is the least of these: the rest is what else this machine does


def configure(parser: argparse.ArgumentParser) -> None:
    """Worlds, tasks, seeds, and how it is done."""
    add_options(parser)


def measure(args: argparse.Namespace) -> Measured:
    """All trials, then perception's time alone."""
    options = read_options(args)
    _need_perception(options)
    trials = [
        ManipulationTrial(world, seed, task, options.robot, options.realism)
        for world, seed, task in options.cases()
    ]
    arm = [
        ManipulationTrial("cells", seed, ManipulationTask.REACH, options.robot, options.realism)
        for seed in options.seeds[:ARM_SEEDS]
    ]
    work = partial(_work, pictures=options.pictures)
    results = run_trials(work, [*trials, *arm], options.jobs, good=lambda one: one.good)
    results, reaching = results[: len(trials)], results[len(trials) :]
    say("measuring perception alone ...")
    found = figures(results, reaching) + frame_figures(_frame_times(options))
    return Measured(
        found, as_details(results), [*sight_lines(results), *failure_lines([*results, *reaching])]
    )


def _work(trial: ManipulationTrial, pictures: Path | None) -> ManipulationResult:
    """Carry a trial out in a process of the pool."""
    episode = kept_episode(trial.robot, trial.world, trial.realism)
    result, last = attempt(episode, trial)
    if pictures is not None and not result.good and last is not None:
        from tank_bench.manipulation.pictures import draw_failure

        draw_failure(episode, result, last, pictures)
    return result


def _need_perception(options: Options) -> None:
    """Without OpenGL there is nothing to measure. Raises TankError."""
    episode = Episode(options.robot, options.worlds[0])
    try:
        episode.backend.camera()
        loop = episode.perception_loop
        if loop is None or loop.problem:
            problem = loop.problem if loop else "this robot has no camera"
            raise TankError(f"nothing can be measured: {problem}")
    finally:
        episode.close()


def _frame_times(options: Options) -> list[float]:
    """Milliseconds for each of some images of each world.

    As they come in an episode, on one thread, while nothing else runs.
    """
    import cv2

    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        return [taken for world in options.worlds for taken in _times_in(world, options)]
    finally:
        cv2.setNumThreads(threads)


def _times_in(world: str, options: Options) -> list[float]:
    images: list[PerceivedImage] = []
    episode = Episode(options.robot, world, realism=options.realism)
    try:
        attempt(
            episode,
            ManipulationTrial(world, 0, ManipulationTask.GRASP, options.robot, options.realism),
            images.append,
        )
    finally:
        episode.close()
    runs = [_replay(Perception(episode.robot), images[:FRAMES]) for _ in range(ROUNDS)]
    return [min(times) for times in list(zip(*runs, strict=True))[WARM_UP:]]


def _replay(perception: Perception, images: list[PerceivedImage]) -> list[float]:
    """Milliseconds for each image, in their order."""
    times = []
    for image in images:
        began = time.perf_counter()
        perception.observe(image.frame, image.view)
        times.append((time.perf_counter() - began) * 1000)
    return times
