"""Goes from pixels to places on the floor and back.

Rays through a lens, where they meet the floor, and where points of the world are in the image.
"""

from __future__ import annotations

import numpy as np

from tank_core.robot.frames import as_pose
from tank_core.state import Array
from tank_perception.view import Lens, View

# points nearer than this to the camera's plane, or behind it, are drawn as if they were here
NEAREST_M = 0.02


class Eye:
    """A camera at its place.

    Points and rays are in base_link [m], pixels are (right, down) with (0, 0) the first one's
    middle.
    """

    def __init__(self, view: View, lens: Lens) -> None:
        self.rotation, self.origin = as_pose(view.camera)  # of the optical frame: (3, 3), (3,)
        self.lens = lens
        matrix = lens.matrix
        self._scale = np.array([matrix[0, 0], matrix[1, 1]])
        self._middle = matrix[:2, 2]

    @property
    def focal(self) -> float:
        """Focal length [px]."""
        return float(self._scale[0])

    @property
    def height(self) -> float:
        """Height of the camera over the floor [m]."""
        return float(self.origin[2])

    def flat(self, pixels: Array) -> Array:
        """Return pixels (n, 2) in the plane of a pinhole at distance 1, (n, 2).

        The lens's distortion is taken out.
        """
        return self.lens.flat(pixels)

    def rays(self, pixels: Array) -> Array:
        """Return unit vectors (n, 3) from the camera through pixels (n, 2)."""
        flat = self.flat(pixels)
        rays = np.column_stack((flat, np.ones(len(flat)))) @ self.rotation.T
        unit: Array = rays / np.linalg.norm(rays, axis=1, keepdims=True)
        return unit

    def widths(self, size: float, rows: int) -> Array:
        """Return how wide [px] a thing of ``size`` [m] looks at each row.

        It is (rows,). The thing stands on the floor and ends at that row in the image's middle.
        """
        middle = np.column_stack(
            (np.full(rows, self._middle[0]), np.arange(rows, dtype=np.float64))
        )
        down = -self.rays(middle)[:, 2]
        nearest: Array = self.focal * size * np.maximum(down, 0.0) / max(self.height - size, size)
        return nearest

    def on_plane(self, pixels: Array, height: float = 0.0) -> Array:
        """Return where rays through pixels (n, 2) meet a level plane: (n, 3).

        The plane is at ``height`` [m]. Not a number where they do not meet it.
        """
        rays = self.rays(pixels)
        with np.errstate(divide="ignore", invalid="ignore"):
            reach = (height - self.origin[2]) / rays[:, 2]
        reach[~(reach > 0)] = np.nan
        points: Array = self.origin + rays * reach[:, None]
        return points

    def depths(self, points: Array) -> Array:
        """Return distances [m] (n,) of points (n, 3) from the camera's plane.

        They are negative behind it.
        """
        distances: Array = (points - self.origin) @ self.rotation[:, 2]
        return distances

    def pixels(self, points: Array) -> Array:
        """Return where points (n, 3) are in the image, in it or not: (n, 2)."""
        seen = (points - self.origin) @ self.rotation
        seen = seen[:, :2] / np.maximum(seen[:, 2:], NEAREST_M)
        return self.lens.pixels(seen)
