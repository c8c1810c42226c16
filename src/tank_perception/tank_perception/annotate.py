"""Draws what was seen into the image, for people. Pure."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from tank_core.commands import Color
from tank_core.frames import Transform, matrix
from tank_core.state import Detection, Detections
from tank_perception.view import Lens, View

Image = npt.NDArray[np.uint8]  # (height, width, 3)
Rgb = tuple[int, int, int]

PAINT: dict[str, Rgb] = {  # how a colour's name is shown, whatever shade the object has
    Color.RED: (230, 40, 40),
    Color.GREEN: (40, 180, 60),
    Color.BLUE: (60, 100, 255),
    Color.YELLOW: (250, 220, 40),
    Color.ORANGE: (255, 140, 20),
    Color.PURPLE: (170, 70, 210),
    Color.WHITE: (245, 245, 245),
    Color.BLACK: (25, 25, 25),
}
UNKNOWN: Rgb = (150, 150, 150)
DARK, BRIGHT = (0, 0, 0), (255, 255, 255)
LETTERS = 0.45  # of OpenCV's letters; 10 pixels high
FONT = cv2.FONT_HERSHEY_SIMPLEX


def annotate(rgb: Image, detections: Detections, view: View, lens: Lens) -> Image:
    """A copy of the image: a box, name and distance for each object that is in it; a cross for one that is only remembered there."""
    picture = np.array(rgb)  # contiguous, whatever the image was
    for thing in detections.objects:
        if thing.age == 0.0 and thing.box[2] > 0:
            _draw_box(picture, thing)
        else:
            _draw_remembered(picture, thing, view, lens)
    return picture


def label(thing: Detection) -> str:
    """Such as "red cube 0.62 m": the distance over the floor from base_link."""
    return f"{thing.color or 'some'} {thing.shape or 'object'} {distance(thing):.2f} m"


def distance(thing: Detection) -> float:
    """Over the floor [m] from base_link."""
    return math.hypot(thing.position[0], thing.position[1])


def project(position: tuple[float, float, float], camera: Transform, lens: Lens) -> tuple[int, int] | None:
    """The pixel in which the camera at pose ``camera`` in base_link sees a point [m] of base_link; None behind or beside it."""
    there = matrix(camera.rotation).T @ (np.array(position) - camera.translation)
    if there[2] <= 0.0 or math.hypot(there[0], there[1]) > 3.0 * there[2]:  # where distortion is not fitted any more
        return None
    pixels, _ = cv2.projectPoints(there.reshape(1, 1, 3), np.zeros(3), np.zeros(3), lens.matrix, lens.distortion)
    x, y = np.asarray(pixels).ravel()
    return round(float(x)), round(float(y))


def _draw_box(picture: Image, thing: Detection) -> None:
    left, top, width, height = thing.box
    corners = (left, top), (left + width - 1, top + height - 1)
    cv2.rectangle(picture, *corners, DARK, 3)
    cv2.rectangle(picture, *corners, PAINT.get(thing.color or "", UNKNOWN), 1)
    _write(picture, label(thing), (left, top - 5 if top > 16 else top + height + 13))


def _draw_remembered(picture: Image, thing: Detection, view: View, lens: Lens) -> None:
    place = project(thing.position, view.camera, lens)
    if place is None or not (0 <= place[0] < picture.shape[1] and 0 <= place[1] < picture.shape[0]):
        return
    for color, width in ((DARK, 3), (PAINT.get(thing.color or "", UNKNOWN), 1)):
        cv2.drawMarker(picture, place, color, cv2.MARKER_TILTED_CROSS, 14, width)
    _write(picture, f"{label(thing)}, {thing.age:.0f} s ago", (place[0] + 10, place[1] + 4))


def _write(picture: Image, text: str, place: tuple[int, int]) -> None:
    """Inside the image, with a dark rim, so that it is read on any ground."""
    (width, height), _ = cv2.getTextSize(text, FONT, LETTERS, 1)
    x = max(2, min(place[0], picture.shape[1] - width - 2))
    y = max(height + 2, min(place[1], picture.shape[0] - 4))
    for color, thickness in ((DARK, 3), (BRIGHT, 1)):
        cv2.putText(picture, text, (x, y), FONT, LETTERS, color, thickness, cv2.LINE_AA)
