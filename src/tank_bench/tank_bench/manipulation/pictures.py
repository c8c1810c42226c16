"""A picture of how a trial ended.

The world from above beside what the robot saw, and what it said.
"""

from __future__ import annotations

import re
from pathlib import Path

import cv2

from tank_bench.manipulation.trial import ManipulationResult
from tank_episode.episode import Episode
from tank_episode.film.picture import beside, caption, from_above, write
from tank_episode.perception_loop import PerceivedImage
from tank_perception.annotate import annotate
from tank_perception.view import Lens

HEIGHT = 600  # [px]


def draw_failure(
    episode: Episode, result: ManipulationResult, last: PerceivedImage, folder: Path
) -> Path:
    """Write FOLDER/WORLD-SEED-TASK.png.

    Raises TankError when it cannot be written.
    """
    above = from_above(episode.backend, (800, HEIGHT))
    seen = annotate(last.frame.rgb, last.detections, last.view, Lens.of(episode.robot.camera))
    seen = cv2.resize(
        seen, (round(seen.shape[1] * HEIGHT / seen.shape[0]), HEIGHT), interpolation=cv2.INTER_AREA
    )
    told = "FALSE CLAIM" if result.claimed else "done, but not claimed" if result.done else "failed"
    picture = caption(
        beside(above, seen), f"{result.trial}: the {result.target}. {told}: {result.message}"
    )
    trial = result.trial
    path = folder / f"{re.sub(r'[^a-z0-9]+', '-', trial.world)}-{trial.seed:03d}-{trial.task}.png"
    write(path, picture)
    return path
