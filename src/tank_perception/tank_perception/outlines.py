"""Blobs to outlines: each one's border as angles around its middle, and which parts of it are cut or hidden."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from tank_core.state import Array
from tank_perception.ground import Eye
from tank_perception.segmentation import Blob, Image
from tank_perception.shapes import supports

NEAR_PX = 3.0  # what is this near to a border hides what may be behind
LEVEL_PX = 4  # of two that touch, the one whose foot is lower in the image by more than this is nearer; else nobody can tell ...
LEVEL_WEIGHT = 0.1  # ... and where they touch is believed so much
BORDER_PX = 1  # outlines that come this near to the image's edge are cut there
UP: Array = np.array([0.0, 0.0, 1.0])
_TURNS = np.arange(8) * (math.pi / 4)
_AROUND: Array = np.rint(NEAR_PX * np.column_stack((np.cos(_TURNS), np.sin(_TURNS)))).astype(np.intp)  # (8, 2)
_MINE = 254  # more blobs than this there are never


@dataclass(frozen=True)
class Outline:
    """One blob as it looks from its own direction."""

    blob: Blob
    axes: Array  # unit vectors in base_link: right, down, and the ray to its middle, as rows  # (3, 3)
    pixel: float  # angle of one pixel there [rad]
    reach: Array  # support function [rad]  # (directions,)
    weight: Array  # 1: the object's own border; 0: cut by the image's edge or by something nearer; in between: perhaps  # (directions,)
    solidity: float  # area over that of the convex hull


def trace(blobs: tuple[Blob, ...], hidden: Image, eye: Eye, edge: float) -> list[Outline]:
    """The outlines of all blobs of an image. ``hidden`` is 255 where the robot is; ``edge`` [px] is added all around."""
    owners = _owners(blobs, hidden)
    bottoms = np.full(256, -(1 << 20))  # of the floor, which hides nothing
    bottoms[255] = 1 << 20  # of the robot itself, which is nearer than anything
    for index, blob in enumerate(blobs[:_MINE]):
        bottoms[index + 1] = blob.box[1] + blob.box[3]
    return [_outline(blob, index + 1, owners, bottoms, eye, edge) for index, blob in enumerate(blobs[:_MINE])]


def _owners(blobs: tuple[Blob, ...], hidden: Image) -> Image:
    """Which blob each pixel belongs to: its number from 1 on; 255: the robot, 0: the floor."""
    owners = hidden.copy()
    for index, blob in enumerate(blobs[:_MINE]):
        cv2.drawContours(owners, [blob.contour.reshape(-1, 1, 2)], -1, index + 1, cv2.FILLED)
    return owners


def _outline(blob: Blob, number: int, owners: Image, bottoms: Array, eye: Eye, edge: float) -> Outline:
    contour = blob.contour.astype(np.float64)
    left, top, width, height = blob.box
    middle = np.array([left + (width - 1) / 2, top + (height - 1) / 2])
    aside = contour - middle
    grown = contour + aside * (edge / np.maximum(np.hypot(aside[:, 0], aside[:, 1]), 0.5))[:, None]
    flat = eye.flat(np.vstack((middle, grown)))
    ray = np.append(flat[0], 1.0)
    long = float(np.linalg.norm(ray))
    axes = _axes(eye.rotation @ (ray / long))
    turned = np.column_stack((flat[1:], np.ones(len(contour)))) @ (axes @ eye.rotation).T
    reach, first = supports(turned[:, :2] / turned[:, 2:])
    weight = _free(blob.contour[first], number, owners, bottoms)
    hull = cv2.contourArea(cv2.convexHull(blob.contour))
    solidity = (cv2.contourArea(blob.contour) + 1) / (hull + 1)
    return Outline(blob, axes, 1 / (eye.focal * long**1.5), reach, weight, solidity)


def _axes(ray: Array) -> Array:
    right = np.array([ray[1], -ray[0], 0.0]) / max(math.hypot(ray[0], ray[1]), 1e-9)  # ray x up
    down = np.array([
        ray[1] * right[2] - ray[2] * right[1],
        ray[2] * right[0] - ray[0] * right[2],
        ray[0] * right[1] - ray[1] * right[0],
    ])  # fmt: skip
    return np.stack((right, down, ray))


def _free(points: Array, number: int, owners: Image, bottoms: Array) -> Array:
    """How far border points of blob ``number`` are its own, not where the image ends or something nearer begins.  # (n, 2) -> (n,)"""
    height, width = owners.shape
    cut = (points[:, 0] <= BORDER_PX) | (points[:, 1] <= BORDER_PX)
    cut |= (points[:, 0] >= width - 1 - BORDER_PX) | (points[:, 1] >= height - 1 - BORDER_PX)
    around = points[:, None] + _AROUND
    np.clip(around[..., 0], 0, width - 1, out=around[..., 0])
    np.clip(around[..., 1], 0, height - 1, out=around[..., 1])
    beside = owners[around[..., 1], around[..., 0]]
    lower = np.where(beside == number, -LEVEL_PX - 1, bottoms[beside] - bottoms[number]).max(axis=1)
    weight: Array = np.where(lower > LEVEL_PX, 0.0, np.where(lower >= -LEVEL_PX, LEVEL_WEIGHT, 1.0))
    weight[cut] = 0.0
    return weight
