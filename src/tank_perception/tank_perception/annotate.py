"""Draws what was seen into the image, for people. Pure."""

from __future__ import annotations

import math

import cv2
import numpy as np

from tank_core.commands import Color
from tank_core.robot.frames import Transform, matrix
from tank_core.state import Detection, Detections, Gate, Image, Rgb
from tank_perception.view import Lens, View

PAINT: dict[str, Rgb] = {  # how a color's name is shown, whatever shade the object has
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
LETTER_SCALE = 0.4  # of OpenCV's letters; 9 pixels high
FONT = cv2.FONT_HERSHEY_SIMPLEX


def annotate(rgb: Image, detections: Detections, view: View, lens: Lens) -> Image:
    """Return a copy of the image with what is known drawn into it.

    A box, name and distance for each object that is in it; a cross for one that is only remembered
    there. A line on the floor between the uprights of each gate.
    """
    picture = np.array(rgb)  # contiguous, whatever the image was
    labels = TextLabels(picture)
    for thing in detections.objects:
        if thing.age == 0.0 and thing.box[2] > 0:
            _draw_box(picture, thing, labels)
        else:
            _draw_remembered(picture, thing, view, lens, labels)
    for gate in detections.gates:
        _draw_gate(picture, gate, view, lens, labels)
    return picture


def label(thing: Detection) -> str:
    """Return a text such as "red cube 0.62 m".

    The distance is over the floor from base_link.
    """
    return f"{thing.name} {distance(thing):.2f} m"


def gate_label(gate: Gate) -> str:
    """Return a text such as "red gate, 0.45 m wide, 1.32 m"."""
    return f"{gate.name}, {gate.width:.2f} m wide, {math.hypot(gate.pose.x, gate.pose.y):.2f} m"


def distance(thing: Detection) -> float:
    """Return the distance over the floor [m] from base_link."""
    return math.hypot(thing.position[0], thing.position[1])


def project(
    position: tuple[float, float, float], camera: Transform, lens: Lens
) -> tuple[int, int] | None:
    """Return the pixel in which a camera sees a point; None: it does not.

    ``position`` [m] and the pose ``camera`` are in base_link. What is behind or far beside the
    camera is not seen.
    """
    there = matrix(camera.rotation).T @ (np.array(position) - camera.translation)
    # where distortion is not fitted any more
    if there[2] <= 0.0 or math.hypot(there[0], there[1]) > 3.0 * there[2]:
        return None
    x, y = lens.pixels(there[None, :2] / there[2])[0]
    return round(float(x)), round(float(y))


class TextLabels:
    """Texts in the image, each on a dark ground.

    They do not cover one another where there is room.
    """

    def __init__(self, picture: Image) -> None:
        self._picture = picture
        self._taken: list[tuple[int, int, int, int]] = []  # left, top, right, bottom [px]

    def write(self, text: str, x: int, above: int, below: int) -> None:
        """Write a text from column ``x`` on, over row ``above``.

        It goes under row ``below`` where that is out of the image or taken.
        """
        (width, height), _ = cv2.getTextSize(text, FONT, LETTER_SCALE, 1)
        rows, columns = self._picture.shape[:2]
        width, height = width + 4, height + 6
        left = max(0, min(x, columns - width))
        steps = range(0, 5 * height, height)
        tops = [above - height - step for step in steps] + [below + step for step in steps]
        tops.sort(key=lambda top: min(abs(top + height - above), abs(top - below)))
        places = [(left, top, left + width, top + height) for top in tops]
        inside = [place for place in places if place[1] >= 0 and place[3] <= rows]
        inside = inside or [(left, 0, left + width, height)]
        place = next((place for place in inside if self._is_free(place)), inside[0])
        self._taken.append(place)
        cv2.rectangle(self._picture, place[:2], (place[2] - 1, place[3] - 1), DARK, cv2.FILLED)
        corner = place[0] + 2, place[3] - 4
        cv2.putText(self._picture, text, corner, FONT, LETTER_SCALE, BRIGHT, 1, cv2.LINE_AA)

    def _is_free(self, place: tuple[int, int, int, int]) -> bool:
        return not any(_overlap(place, other) for other in self._taken)


def _overlap(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _draw_box(picture: Image, thing: Detection, labels: TextLabels) -> None:
    left, top, width, height = thing.box
    corners = (left, top), (left + width - 1, top + height - 1)
    cv2.rectangle(picture, *corners, DARK, 3)
    cv2.rectangle(picture, *corners, PAINT.get(thing.color or "", UNKNOWN), 1)
    labels.write(label(thing), left, top - 2, top + height + 2)


def _draw_remembered(
    picture: Image, thing: Detection, view: View, lens: Lens, labels: TextLabels
) -> None:
    place = project(thing.position, view.camera, lens)
    if place is None or not (0 <= place[0] < picture.shape[1] and 0 <= place[1] < picture.shape[0]):
        return
    for color, width in ((DARK, 3), (PAINT.get(thing.color or "", UNKNOWN), 1)):
        cv2.drawMarker(picture, place, color, cv2.MARKER_TILTED_CROSS, 14, width)
    labels.write(f"{label(thing)}, {thing.age:.0f} s ago", place[0] - 7, place[1] - 9, place[1] + 9)


def _draw_gate(picture: Image, gate: Gate, view: View, lens: Lens, labels: TextLabels) -> None:
    ends = [
        project((*gate.pose.to_world((0.0, side * gate.width / 2)), 0.0), view.camera, lens)
        for side in (1, -1)
    ]
    if ends[0] is None or ends[1] is None:
        return
    rows, columns = picture.shape[:2]
    inside, start, end = cv2.clipLine((0, 0, columns, rows), ends[0], ends[1])
    if not inside:
        return
    for color, width in ((DARK, 5), (PAINT.get(gate.color or "", UNKNOWN), 2)):
        cv2.line(picture, start, end, color, width)
    text = gate_label(gate) + (f", {gate.age:.0f} s ago" if gate.age > 0.0 else "")
    labels.write(text, min(start[0], end[0]), min(start[1], end[1]) - 5, max(start[1], end[1]) + 5)
