"""Draws a picture of a dataset: some of its episodes, each as a row of images."""

from __future__ import annotations

import numpy as np

from tank_core.state import Image
from tank_episode.film.picture import beside, caption
from tank_learning.skills.dataset.reader import Dataset
from tank_learning.skills.dataset.spec import DatasetError
from tank_skills.views import small_view

ROWS, COLUMNS = 8, 6
WIDTH_PX = 200  # of an image


def contact_sheet(dataset: Dataset) -> Image:
    """A row of images for each of at most eight episodes.

    Evenly chosen, from the first frame to the last, and a strip for each camera.

    Raises DatasetError where there are no images.
    """
    if not dataset.spec.cameras or not dataset.episodes:
        raise DatasetError(f"{dataset.folder} has no images to draw; leave out --picture")
    rows = []
    for number in chosen(len(dataset.episodes), ROWS):
        episode = dataset.episodes[number]
        seconds = episode.length / dataset.spec.fps
        text = f"episode {number}, {seconds:.1f} s: {episode.task}"
        strips = [_strip(dataset, number, camera) for camera in dataset.spec.cameras]
        rows.append(caption(np.concatenate(strips), text))
    return np.concatenate(rows)


def chosen(count: int, most: int) -> list[int]:
    """At most ``most`` numbers below ``count``, evenly: first and last, too."""
    return sorted({round(one) for one in np.linspace(0, count - 1, min(most, count))})


def _strip(dataset: Dataset, number: int, camera: str) -> Image:
    width, height = dataset.spec.cameras[camera]
    size = WIDTH_PX, round(WIDTH_PX * height / width)
    length = dataset.episodes[number].length
    # a short episode has its last image again, so that all rows are as long
    frames = (chosen(length, COLUMNS) + [length - 1] * COLUMNS)[:COLUMNS]
    images = dataset.images(number, camera)
    return beside(*(small_view(images[frame], size) for frame in frames))
