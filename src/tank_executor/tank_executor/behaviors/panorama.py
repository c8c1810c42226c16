"""The directions that images have shown while the robot looked around. Pure."""

from __future__ import annotations

import math

from tank_core.robot import Camera


class Panorama:
    """Keeps which directions in odom were in an image; feed it with ``note``."""

    def __init__(self, camera: Camera) -> None:
        self._view = 2 * math.atan(camera.width / 2 / camera.focal_px)
        self._newest = -math.inf
        self._yaws: list[float] = []  # [rad] in [0, 2 pi)

    def note(self, time: float, yaw: float) -> None:
        """Take over an image of ``time`` [s], which faced ``yaw`` [rad].

        The same image again, or an older one, changes nothing.
        """
        if time > self._newest:
            self._newest = time
            self._yaws.append(yaw % (2 * math.pi))

    @property
    def shown_deg(self) -> int:
        """The part of the 360 degrees around that was in an image."""
        yaws = sorted(self._yaws)
        if not yaws:
            return 0
        steps = zip(yaws, [*yaws[1:], yaws[0] + 2 * math.pi], strict=True)
        return round(math.degrees(sum(min(self._view, after - yaw) for yaw, after in steps)))
