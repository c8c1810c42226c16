"""Looking over the shoulder of a robot's perception, for whoever measures or films it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tank_core.state import CameraFrame, Detections
from tank_episode.perception_loop import PerceptionLoop
from tank_perception.view import Lens, View


@dataclass(frozen=True)
class Glimpse:
    """One image, from where it was taken, and what perception knew after it."""

    frame: CameraFrame
    view: View
    detections: Detections


@contextmanager
def watching(eyes: PerceptionLoop | None, told: Callable[[Glimpse], None]) -> Iterator[None]:
    """Meanwhile ``told`` hears of each image that is looked at.

    Nothing changes for the robot. What ``told`` raises ends what it does.
    """
    if eyes is None:
        yield
        return
    perception, observe = eyes.perception, eyes.perception.observe

    def observed(frame: CameraFrame, view: View, lens: Lens | None = None) -> Detections:
        detections = observe(frame, view, lens)
        told(Glimpse(frame, view, detections))
        return detections

    perception.observe = observed  # type: ignore[method-assign]  # this one object, for this while
    try:
        yield
    finally:
        perception.observe = observe  # type: ignore[method-assign]
