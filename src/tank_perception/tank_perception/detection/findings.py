"""Finds the things in one image, and remembers nothing.

They are what stands on the floor, what is held, and what is neither.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from tank_core.commands import Color, Shape
from tank_core.robot import Robot
from tank_core.state import Array, Image
from tank_perception.color_model import ColorModel, load_colors
from tank_perception.detection import shapes
from tank_perception.detection.floor_places import places, spreads
from tank_perception.detection.ground import Eye
from tank_perception.detection.outlines import MOST_BLOBS, Traced, trace
from tank_perception.detection.planes import BLACK, NAMES, OTHER, WHITE, Palette, Planes
from tank_perception.detection.segmentation import Blob, segment
from tank_perception.detection.self_mask import SERVO_M, RobotBody, draw
from tank_perception.detection.shapes import DIRECTIONS, Outlines
from tank_perception.detection.stacks import candidates, stands
from tank_perception.detection.touching import parted
from tank_perception.view import Lens, View

# a border pixel's middle lies this much inside the border, measured on rendered objects
EDGE_PX = 0.15
NOISE_PX = 0.3  # standard deviation of how far an outline reaches
SMALLEST_M, LARGEST_M = 0.015, 0.12  # what is smaller is a speck, what is larger an obstacle
# share of the outline below which what is pale is floor that the sun reaches, cut by the image
PALE_SEEN = 0.6
SHAPE_PX = 8.0  # narrower outlines do not tell a shape
# chi-square by which the best shape must be better than the next for one image to tell it:
# docs/LOG.md
IMAGE_SHAPE_MARGIN = 20.0
SHAPE_SEEN = 0.5  # share of the outline that must be seen to tell a shape,
ODD_SEEN = 0.6  # and to tell that it is none; what something nearer bites into looks odd
SURE_FIT = 2.7  # times the noise; outlines that fit worse are the less sure
WORST_FIT = 4.7  # times the noise; outlines that fit worse are no cube, ball or cylinder ...
WORST_SHARE = 0.06  # ... unless the misfit is less than this share of the width
# area over that of the convex hull that all shapes have, where this share of the outline is seen
SHAPE_SOLIDITY, WHOLE = 0.8, 0.9
OBSTACLE_SURE = 0.3  # confidence in what has none of the shapes ...
OBSTACLE_M = 0.03  # ... and how far off its edge may be
HELD_PX = 12  # colored pixels between the fingers that are something held
HELD_SPREAD_M = 0.008  # it may sit as much off the middle
# of what shows between the fingers, for white or black to be held: parts of the robot may look so,
# too
GRAY_SHARE = 0.5
# what is held may stick out from between the fingers by this, and is no object on the floor there
HELD_MARGIN_M = 0.012


@dataclass(frozen=True)
class Finding:
    """A thing in one image, in base_link."""

    color: Color | None
    shape: Shape | None
    position: Array  # center [m]  # (3,)
    covariance: Array  # [m^2]  # (3, 3)
    size: tuple[float, float, float]  # width, depth, height [m]
    box: tuple[int, int, int, int]  # left, top, width, height [px]
    confidence: float
    pixels: float  # width [px]
    seen: float = 1.0  # share of the outline that is neither cut nor hidden
    held: bool = False
    obstacle: bool = False  # none of the known shapes, or too large
    # chi-square of each Shape over that of the best one; empty: tells nothing of the shape
    excess: tuple[float, ...] = ()


@dataclass(frozen=True)
class ImageFindings:
    """The findings of one image.

    ``hidden`` is the mask (255) of what the robot itself hides.
    """

    findings: tuple[Finding, ...]
    eye: Eye
    hidden: Image
    # where the fingers are [m] (3,), if they are as far apart as something between them would keep
    # them
    tool: Array | None


def find_objects(
    rgb: Image,
    view: View,
    robot: Robot,
    lens: Lens | None = None,
    colors: ColorModel | None = None,
    palette: Palette | None = None,
) -> ImageFindings:
    """Return everything in an image (height, width, 3).

    ``palette`` spares making the tables from ``colors`` anew.
    """
    eye = Eye(view, lens or Lens.of(robot.camera))
    palette = palette or Palette(colors or load_colors())
    body = RobotBody(robot, view.joints)
    size = (rgb.shape[0], rgb.shape[1])
    hidden = draw(eye, body.boxes(SERVO_M), size)
    if body.may_hold:
        hidden = cv2.bitwise_or(hidden, draw(eye, body.held_box(HELD_MARGIN_M), size))
    planes = Planes(rgb, hidden, palette, eye.widths(robot.gripper.max_object, rgb.shape[0]))
    held = _held(planes, palette, eye, body, size) if body.may_hold else []
    blobs = parted(segment(planes, palette), hidden)[:MOST_BLOBS]
    lying = filter(_is_a_place, _lying(blobs, rgb, hidden, eye)) if blobs else ()
    return ImageFindings((*held, *lying), eye, hidden, body.tool if body.may_hold else None)


def _is_a_place(finding: Finding) -> bool:
    """False for what would stand on the floor above the horizon.

    That is seen through a lens that is not the camera's.
    """
    return bool(
        np.isfinite(finding.position).all()
        and np.isfinite(finding.covariance).all()
        and math.isfinite(finding.size[0])
    )


def _held(
    planes: Planes, palette: Palette, eye: Eye, body: RobotBody, size: tuple[int, int]
) -> list[Finding]:
    """Return what is between the fingers, by the color of what shows there.

    Its place is the tool's. The robot's own parts are gray, too, so white and black count only
    where they are most of what is seen. Fingers that only are told to close are where they were
    told to be when they hold nothing: there the color of what they hold must be, which is not black
    unless they were told to stay farther apart than that; then it must show beside the robot's own
    parts.
    """
    told = not body.robot.joint_feedback
    shut = told and body.gap < 4 * body.robot.gripper.finger_half_size[1]
    space = draw(eye, body.held_core() if told else body.held_box(0.0), size)
    beside = (
        space if shut else cv2.bitwise_and(space, cv2.bitwise_not(draw(eye, body.boxes(0.0), size)))
    )
    left, top, width, height = box = cv2.boundingRect(beside)
    if not (width and height):
        return []
    names = planes.indices(box, palette)[beside[top : top + height, left : left + width] > 0]
    counts = np.bincount(names, minlength=len(NAMES))
    counts[[0, OTHER, *([BLACK] if shut else [])]] = 0
    best = int(counts.argmax())
    share = float(counts[best] / len(names))
    if counts[best] < HELD_PX or ((told or best in (WHITE, BLACK)) and share < GRAY_SHARE):
        return []
    room = body.room
    confidence, pixels = min(1.0, 0.5 + share), math.sqrt(counts[best])
    spread, sizes, color = HELD_SPREAD_M**2 * np.eye(3), (room, room, room), NAMES[best]
    return [Finding(color, None, body.tool, spread, sizes, box, confidence, pixels, held=True)]


def _lying(blobs: tuple[Blob, ...], rgb: Image, hidden: Image, eye: Eye) -> Iterator[Finding]:
    """Yield the objects behind all blobs: on the floor, and on one another."""
    found = {one.box: one for one in _standing(trace(blobs, rgb, hidden, eye, EDGE_PX), eye)}
    over = candidates(blobs)
    if over:
        traced = trace(blobs, rgb, hidden, eye, EDGE_PX, over)
        for upper, lower in over.items():
            below = next(_standing(traced.only([lower]), eye), None)
            whole = found.get(blobs[lower].box)
            if below is None or below.obstacle or (whole and whole.shape is Shape.BALL):
                continue  # what is behind a ball ends where its top would carry it
            plane = below.size[2]
            above = next(_standing(traced.only([upper]), eye, plane), None)
            if above is None or above.obstacle:
                continue
            if stands(blobs[upper], above.position, below.position, plane, eye):
                found |= {below.box: below, above.box: above}
    yield from found.values()


def _standing(traced: Traced, eye: Eye, plane: float = 0.0) -> Iterator[Finding]:
    """Yield the objects behind all outlines, on a level ``plane`` [m].

    White ones may have sides that do not stand out from the floor. Those of which nothing is seen
    are nothing.
    """
    seen = traced.weight.any(axis=1)
    white = np.array([blob.color is Color.WHITE for blob in traced.blobs])
    for some, family in ((seen & ~white, shapes.PLAIN_FAMILY), (seen & white, shapes.WHITE_FAMILY)):
        if some.any():
            yield from _fitted(traced.only(np.flatnonzero(some).tolist()), eye, family, plane)


def _fitted(
    traced: Traced, eye: Eye, family: shapes.Family, plane: float = 0.0
) -> Iterator[Finding]:
    """Yield the objects behind outlines of one family; specks are left out."""
    sine = -traced.axes[:, 2, 2]  # of the depression
    distance = (eye.height - plane) / np.maximum(sine, 0.05)
    fits = shapes.fit(
        Outlines(traced.reach, traced.weight, np.arcsin(sine), distance, NOISE_PX * traced.pixel),
        family,
    )
    position, across = places(traced.axes, fits.values, eye, plane)
    covariance = spreads(traced.axes, fits, eye)
    widths = (fits.values[:, 0] / traced.pixel).tolist()
    seen = (traced.weight.sum(axis=1) / DIRECTIONS).tolist()
    for row, (blob, size, width, share) in enumerate(
        zip(traced.blobs, across.tolist(), widths, seen, strict=True)
    ):
        rms = fits.rms[row].item()
        if size < SMALLEST_M or (blob.pale and share < PALE_SEEN):
            continue
        if size > LARGEST_M or _odd(blob, rms, width, share):
            if not blob.pale:  # else it is floor that the sun reaches between shadows
                yield _obstacle(blob, float(traced.weight[row].mean()), eye)
            continue
        excess = (
            tuple(fits.excess[row].tolist()) if width >= SHAPE_PX and share >= SHAPE_SEEN else ()
        )
        shape = fits.shape[row] if excess and sorted(excess)[1] >= IMAGE_SHAPE_MARGIN else None
        confidence = _confidence(rms, width, share, bool(excess))
        place, spread, sizes, look = position[row], covariance[row], (size,) * 3, blob.box
        seen_as = confidence, width, share
        yield Finding(blob.color, shape, place, spread, sizes, look, *seen_as, excess=excess)


def _odd(blob: Blob, rms: float, width: float, seen: float) -> bool:
    """Whether it looks like none of the shapes."""
    misfit = rms > max(WORST_FIT, WORST_SHARE * width / NOISE_PX)
    return (misfit and seen > ODD_SEEN) or (seen > WHOLE and blob.solidity < SHAPE_SOLIDITY)


def _confidence(rms: float, width: float, seen: float, tells: bool) -> float:
    return (
        min(1.0, max(0.3, width / 12))
        * (0.3 + 0.7 * seen)
        * min(1.0, SURE_FIT / max(rms, 1e-6))
        * (1.0 if tells else 0.8)
    )


def _obstacle(blob: Blob, seen: float, eye: Eye) -> Finding:
    """Return something else, which stands where its lowest point is.

    It is as wide as it looks there.
    """
    contour = blob.contour
    left, _, width, _ = box = blob.box
    foot = contour[contour[:, 1].argmax()].astype(np.float64)
    nearest, start, end = eye.on_plane(np.array([foot, (left, foot[1]), (left + width, foot[1])]))
    across = float(np.linalg.norm(end - start))
    away = nearest[:2] - eye.origin[:2]
    center = np.append(
        nearest[:2] + away / max(float(np.linalg.norm(away)), 1e-6) * min(across, LARGEST_M) / 2,
        across / 2,
    )
    spread = (OBSTACLE_M**2 + across**2 / 12) * np.eye(3)
    sizes, sure, pixels = (across,) * 3, OBSTACLE_SURE, float(width)
    color = blob.color
    return Finding(color, None, center, spread, sizes, box, sure, pixels, seen, obstacle=True)
