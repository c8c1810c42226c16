"""Scores what perception sees, counted over images. Pure.

What was found, what was missed, what was made up, and where.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tank_bench.manipulation.truth import VisibleObject
from tank_core.state import Detection

# a detection means an object this near its place, and this share of its distance more
MATCH_M, MATCH_SHARE = 0.05, 0.05
BANDS = ((0.0, 0.5), (0.5, 1.0), (1.0, 1.5), (1.5, 2.0))  # [m] from base_link


@dataclass
class SightScore:
    """Counts over images of what was seen and what was there.

    ``errors`` are (distance, error over the floor) [m] of the detections that mean an object.
    """

    images: int = 0
    due: int = 0  # objects that an eye should see
    found: int = 0  # of those
    said: int = 0  # detections of something that is in the image
    true: int = 0  # of those that mean an object
    right_color: int = 0  # of those
    shapes_told: int = 0  # of those
    right_shape: int = 0  # of those
    errors: list[tuple[float, float]] = field(default_factory=list)
    made_up: dict[str, int] = field(default_factory=dict)  # by what was said
    missed: dict[str, int] = field(default_factory=dict)  # by what is there
    confused: dict[str, int] = field(default_factory=dict)  # by both

    def add(self, detections: Sequence[Detection], objects: Sequence[VisibleObject]) -> None:
        """Score an image: what was said of it, and what is really there."""
        now = [detection for detection in detections if detection.age == 0.0]
        pairs = match(now, objects)
        self.images += 1
        self.said += len(now)
        self.true += len(pairs)
        for number, detection in enumerate(now):
            if number in pairs:
                self._compare(detection, objects[pairs[number]])
            else:
                _count(self.made_up, f"{detection.color} {detection.shape}")
        found = set(pairs.values())
        for number, thing in enumerate(objects):
            if thing.due:
                self.due += 1
                self.found += number in found
                if number not in found:
                    _count(self.missed, thing.body.kind)

    def _compare(self, detection: Detection, thing: VisibleObject) -> None:
        self.right_color += detection.color == thing.body.color
        self.shapes_told += detection.shape_told
        self.right_shape += detection.shape == thing.body.shape
        if detection.color != thing.body.color or (
            detection.shape_told and detection.shape != thing.body.shape
        ):
            _count(
                self.confused, f"{thing.body.kind} taken for {detection.color} {detection.shape}"
            )
        self.errors.append(
            (math.hypot(*thing.place), math.dist(detection.position[:2], thing.place))
        )

    def merge(self, other: SightScore) -> None:
        """Add the counts of other images."""
        for name in (
            "images",
            "due",
            "found",
            "said",
            "true",
            "right_color",
            "shapes_told",
            "right_shape",
        ):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.errors += other.errors
        for name in ("made_up", "missed", "confused"):
            mine = getattr(self, name)
            for words, number in getattr(other, name).items():
                mine[words] = mine.get(words, 0) + number

    def errors_between(self, nearest: float, farthest: float) -> list[float]:
        """Errors [m] of objects at these distances [m] from base_link."""
        return [error for distance, error in self.errors if nearest <= distance < farthest]


def _count(counts: dict[str, int], name: str) -> None:
    counts[name] = counts.get(name, 0) + 1


def match(detections: Sequence[Detection], objects: Sequence[VisibleObject]) -> dict[int, int]:
    """Detection to object, both by their number.

    The nearest pairs first, each at most once.
    """
    pairs = sorted(_candidates(detections, objects))
    matched: dict[int, int] = {}
    taken: set[int] = set()
    for _, one, other in pairs:
        if one not in matched and other not in taken:
            matched[one] = other
            taken.add(other)
    return matched


def _candidates(
    detections: Sequence[Detection], objects: Sequence[VisibleObject]
) -> Iterable[tuple[float, int, int]]:
    for one, detection in enumerate(detections):
        for other, thing in enumerate(objects):
            away = math.dist(detection.position[:2], thing.place)
            if away <= MATCH_M + MATCH_SHARE * math.hypot(*thing.place):
                yield away, one, other
