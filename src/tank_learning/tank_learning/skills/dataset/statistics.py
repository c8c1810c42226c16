"""Statistics of a dataset's features, as LeRobot makes them. Pure.

Of a whole dataset minimum, maximum, mean and deviation are exact; quantiles are the mean of the
episodes' ones, weighted by frames (lerobot/datasets/compute_stats.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from tank_core.state import Array
from tank_learning.skills.dataset.demonstration import Frames

# of a feature: min, max, mean, std, count, q01 to q99
Statistics = dict[str, npt.NDArray[Any]]
QUANTILES = {"q01": 0.01, "q10": 0.10, "q50": 0.50, "q90": 0.90, "q99": 0.99}
# LeRobot looks at so many images of an episode, and at every other pixel of large ones
FEWEST_IMAGES, IMAGES_POWER = 100, 0.75
LARGE_PX, WANTED_PX = 300, 150
LEVELS = np.arange(256)


def of_numbers(values: npt.NDArray[Any]) -> Statistics:
    """Statistics of the columns of ``values`` (n, k)."""
    numbers = values.astype(np.float64)
    return {
        "min": numbers.min(axis=0),
        "max": numbers.max(axis=0),
        "mean": numbers.mean(axis=0),
        "std": numbers.std(axis=0),
        "count": np.array([len(numbers)]),
        **{name: np.quantile(numbers, share, axis=0) for name, share in QUANTILES.items()},
    }


def of_images(images: Frames) -> Statistics:
    """Statistics of the channels of images, 0 to 1, each (3, 1, 1)."""
    chosen = images[_sampled(len(images))]
    longest = max(chosen.shape[1:3])
    step = int(longest / WANTED_PX) if longest >= LARGE_PX else 1
    channels = [_of_levels(chosen[:, ::step, ::step, one]) for one in range(3)]
    together = {
        name: np.array([channel[name] for channel in channels]).reshape(3, 1, 1)
        for name in channels[0]
    }
    return together | {"count": np.array([len(chosen)])}


def merged(one: Statistics, other: Statistics) -> Statistics:
    """Statistics of two sets of frames together."""
    counts = one["count"][0], other["count"][0]
    share = counts[0] / sum(counts), counts[1] / sum(counts)

    def both(name: str) -> Array:
        mean: Array = one[name] * share[0] + other[name] * share[1]
        return mean

    mean = both("mean")
    spread = [part["std"] ** 2 + (part["mean"] - mean) ** 2 for part in (one, other)]
    return {
        "min": np.minimum(one["min"], other["min"]),
        "max": np.maximum(one["max"], other["max"]),
        "mean": mean,
        "std": np.sqrt(spread[0] * share[0] + spread[1] * share[1]),
        "count": np.array([sum(counts)]),
        **{name: both(name) for name in QUANTILES},
    }


def to_lists(statistics: Mapping[str, Statistics]) -> dict[str, dict[str, Any]]:
    """Statistics by feature, as JSON has them."""
    return {
        feature: {name: value.tolist() for name, value in some.items()}
        for feature, some in statistics.items()
    }


def _sampled(count: int) -> npt.NDArray[np.int64]:
    wanted = min(count, max(FEWEST_IMAGES, int(count**IMAGES_POWER)))
    return np.linspace(0, count - 1, wanted).round().astype(np.int64)


def _of_levels(values: npt.NDArray[np.uint8]) -> dict[str, float]:
    """Exact statistics of bytes, by counting them; fast."""
    counts = np.bincount(values.ravel(), minlength=len(LEVELS))
    present = np.flatnonzero(counts)
    mean = float(counts @ LEVELS) / values.size
    below = counts.cumsum()
    return {
        "min": present[0] / 255,
        "max": present[-1] / 255,
        "mean": mean / 255,
        "std": float(np.sqrt(counts @ (LEVELS - mean) ** 2 / values.size)) / 255,
        **{
            name: int(np.searchsorted(below, share * (values.size - 1), side="right")) / 255
            for name, share in QUANTILES.items()
        },
    }
