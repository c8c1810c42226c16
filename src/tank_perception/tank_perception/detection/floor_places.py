"""Turns angles into places on the floor, and says how sure they are."""

from __future__ import annotations

import numpy as np

from tank_core.state import Array
from tank_perception.detection.ground import Eye
from tank_perception.detection.shapes import Fits

TILT_RAD = 0.003  # how well the camera's pitch is known


def places(axes: Array, values: Array, eye: Eye, plane: float = 0.0) -> tuple[Array, Array]:
    """Return centers [m] (n, 3) and widths [m] (n,) of objects on the floor.

    They stand on a level ``plane`` [m] over it. ``values`` are their s, u, v [rad] (n, 3). A center
    is half the width over the plane, and the camera H over it: H - d sin(depression) = d s / 2.
    """
    scale = values[:, 0]
    rays = axes[:, 2] + values[:, 1, None] * axes[:, 0] + values[:, 2, None] * axes[:, 1]
    rays /= np.linalg.norm(rays, axis=1, keepdims=True)
    distance = (eye.height - plane) / np.maximum(scale / 2 - rays[:, 2], 0.02)
    return eye.origin + distance[:, None] * rays, scale * distance


def spreads(axes: Array, fits: Fits, eye: Eye) -> Array:
    """Return covariances [m^2] (n, 3, 3) of the centers from those of s, u, v.

    D = H / (sin(depression) + s / 2), so along the ray dd/ds = -d^2 / 2 H and dd/dv = -d^2
    cos(depression) / H, and across it d times the angle.
    """
    right, down, ray = axes[:, 0], axes[:, 1], axes[:, 2]
    cosine = np.hypot(ray[:, 0], ray[:, 1])[:, None]
    distance = eye.height / np.maximum(fits.values[:, 0] / 2 - ray[:, 2], 0.02)[:, None]
    along = distance**2 / eye.height
    jacobian = np.stack(
        (-along / 2 * ray, distance * right, distance * down - along * cosine * ray), axis=2
    )
    spread: Array = (
        jacobian
        @ (fits.covariance + np.diag((0.0, TILT_RAD**2, TILT_RAD**2)))
        @ jacobian.swapaxes(1, 2)
    )
    return spread
