"""Traces blobs to outlines.

Each one's border as angles around its middle, and which parts of it are cut or hidden.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from tank_core.state import Array, Image
from tank_perception.detection.edges import edge_offsets
from tank_perception.detection.ground import Eye
from tank_perception.detection.segmentation import Blob, Pixels, Spots
from tank_perception.detection.shapes import DIRECTIONS, Index, supports

NEAR_PX = 3.0  # what is this near to a border hides what may be behind
# of two that touch, the one whose foot is lower in the image by more than this is nearer; else
# nobody can tell ...
LEVEL_PX = 4
LEVEL_WEIGHT = 0.1  # ... and where they touch is believed so much
BORDER_PX = 1  # outlines that come this near to the image's edge are cut there
_TURNS = np.arange(8) * (math.pi / 4)
# (8, 2)
_AROUND: Array = np.rint(NEAR_PX * np.column_stack((np.cos(_TURNS), np.sin(_TURNS)))).astype(
    np.intp
)
MOST_BLOBS = 254  # an image of owners has one byte a pixel


@dataclass(frozen=True)
class Traced:
    """The outlines of n blobs, each seen from its own direction."""

    blobs: tuple[Blob, ...]
    # unit vectors in base_link: right, down, and the ray to the middle, as rows  # (n, 3, 3)
    axes: Array
    pixel: Array  # angle of one pixel there [rad]  # (n,)
    reach: Array  # support function [rad]  # (n, directions)
    # 1: the object's own border; 0: cut by the image's edge or by something nearer; in between:
    # perhaps  # (n, directions)
    weight: Array

    def only(self, rows: list[int]) -> Traced:
        """Return some of them, in this order."""
        blobs = tuple(self.blobs[row] for row in rows)
        return Traced(blobs, self.axes[rows], self.pixel[rows], self.reach[rows], self.weight[rows])


def trace(
    blobs: tuple[Blob, ...],
    rgb: Image,
    hidden: Image,
    eye: Eye,
    edge: float,
    over: Mapping[int, int] | None = None,
) -> Traced:
    """Return the outlines of all blobs, at least one, of an image (h, w, 3).

    ``hidden`` is 255 where the robot is; ``edge`` [px] is added where none shows in the image.
    ``over``: the numbers of blobs that stand on others, and so hide them though their feet are
    higher in the image.
    """
    contours = np.concatenate([blob.contour for blob in blobs])
    ends = np.cumsum([len(blob.contour) for blob in blobs])
    middles, grown = _grown(blobs, contours, rgb, edge)
    flat = eye.flat(np.concatenate((middles, grown)))
    rays = np.column_stack((flat, np.ones(len(flat))))
    long = np.linalg.norm(rays[: len(blobs)], axis=1)
    axes = _axes((rays[: len(blobs)] / long[:, None]) @ eye.rotation.T)
    reach, first = _reaches(rays[len(blobs) :], ends, axes @ eye.rotation)
    weight = _free(contours[first], _owners(blobs, hidden), _bottoms(blobs, over or {}))
    for row, blob in enumerate(blobs):
        if blob.cuts:
            weight[row, _near(contours[first[row]], blob.cuts)] = 0.0
    return Traced(blobs, axes, 1 / (eye.focal * long**1.5), reach, weight)


def _grown(
    blobs: tuple[Blob, ...], contours: Array, rgb: Image, edge: float
) -> tuple[Array, Array]:
    """Return middles (n, 2) of the blobs' boxes, and their grown borders.

    The borders (points, 2) lie where the image shows the edge.
    """
    boxes = np.array([blob.box for blob in blobs])
    middles = boxes[:, :2] + (boxes[:, 2:] - 1) / 2
    aside = contours - np.repeat(middles, [len(blob.contour) for blob in blobs], axis=0)
    outward = aside / np.maximum(np.hypot(aside[:, 0], aside[:, 1]), 0.5)[:, None]
    return middles, contours + outward * edge_offsets(rgb, contours, outward, edge)[:, None]


def _reaches(rays: Array, ends: Index, turns: Array) -> tuple[Array, Index]:
    """Return each blob's support function [rad], and which points reach it.

    Both are (n, directions); the points are counted over all blobs.
    """
    reach, first = np.empty((len(turns), DIRECTIONS)), np.empty((len(turns), DIRECTIONS), np.intp)
    start = 0
    for row, (end, turn) in enumerate(zip(ends.tolist(), turns, strict=True)):
        turned = rays[start:end] @ turn.T
        reach[row], at = supports(turned[:, :2] / turned[:, 2:])
        first[row] = at + start
        start = end
    return reach, first


def _axes(rays: Array) -> Array:
    """Return right, down and ahead (n, 3, 3) as seen along rays (n, 3)."""
    level = np.maximum(np.hypot(rays[:, 0], rays[:, 1]), 1e-9)
    x, y, z = rays[:, 0] / level, rays[:, 1] / level, rays[:, 2]
    right = np.stack((y, -x, np.zeros(len(rays))), axis=1)  # ray x up
    down = np.stack((x * z, y * z, -level), axis=1)  # ray x right
    return np.stack((right, down, rays), axis=1)


def _owners(blobs: tuple[Blob, ...], hidden: Image) -> Image:
    """Return the number of the blob that each pixel belongs to, from 1 on.

    255: the robot, 0: the floor.
    """
    owners = hidden.copy()
    for index, blob in enumerate(blobs):
        cv2.drawContours(owners, [blob.contour.reshape(-1, 1, 2)], -1, index + 1, cv2.FILLED)
    return owners


def _near(points: Pixels, spots: Spots) -> npt.NDArray[np.bool_]:
    """Return which points (n, 2) are as near to some spot as what hides them.

    The answer is (n,).
    """
    near: npt.NDArray[np.bool_] = (
        np.linalg.norm(points[:, None] - np.array(spots), axis=2) <= NEAR_PX
    ).any(axis=1)
    return near


def _bottoms(blobs: tuple[Blob, ...], over: Mapping[int, int]) -> Index:
    """Return how low in the image each owner's foot is [px], (256,).

    What is lower is nearer.
    """
    bottoms = np.full(256, -(1 << 20))  # of the floor, which hides nothing
    bottoms[255] = 1 << 20  # of the robot itself, which is nearer than anything
    bottoms[1 : len(blobs) + 1] = [blob.box[1] + blob.box[3] for blob in blobs]
    for upper, lower in over.items():
        bottoms[upper + 1] = bottoms[lower + 1] + LEVEL_PX + 1
    return bottoms


def _free(points: Array, owners: Image, bottoms: Index) -> Array:
    """Return how far border points (n, k, 2) are their blob's own: (n, k).

    They are not where the image ends or something nearer begins.
    """
    height, width = owners.shape
    right, down = points[..., 0], points[..., 1]
    cut = (
        (right <= BORDER_PX)
        | (down <= BORDER_PX)
        | (right >= width - 1 - BORDER_PX)
        | (down >= height - 1 - BORDER_PX)
    )
    across = np.clip(right[..., None] + _AROUND[:, 0], 0, width - 1)
    beside = owners[np.clip(down[..., None] + _AROUND[:, 1], 0, height - 1), across]  # (n, k, 8)
    mine = np.arange(1, len(points) + 1)[:, None, None]
    lower = np.where(beside == mine, -LEVEL_PX - 1, bottoms[beside] - bottoms[mine]).max(axis=2)
    weight: Array = np.where(lower > LEVEL_PX, 0.0, np.where(lower >= -LEVEL_PX, LEVEL_WEIGHT, 1.0))
    weight[cut] = 0.0
    return weight
