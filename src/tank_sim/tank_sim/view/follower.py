"""A viewer's camera that keeps the robot in sight.

The window uses ``follow`` itself, the web viewer by a plugin of mujoco-studio.
"""

from __future__ import annotations

from typing import Any

import mujoco
from mujoco.studio import messages, plugin, ux

from tank_sim.mjcf import CHASSIS

VIEW = 1.6, 140.0, -24.0  # distance [m], azimuth and elevation [deg] to begin with


def follow(camera: Any, model: Any) -> None:
    """Make a viewer's camera track the robot's chassis."""
    camera.type = mujoco.mjtCamera.mjCAMERA_TRACKING
    camera.trackbodyid = model.body(CHASSIS).id
    camera.fixedcamid = -1
    camera.distance, camera.azimuth, camera.elevation = VIEW


class Follower(plugin.ViewerPlugin):  # type: ignore[misc]
    """Follows from the start; dragging and scrolling move around the robot."""

    @messages.handler()  # type: ignore[untyped-decorator]
    def on_model(self, event: messages.ModelEvent) -> None:
        follow(self.viewer.camera, event.model)
        self.viewer.camera_index = ux.TRACKING_CAMERA_IDX
