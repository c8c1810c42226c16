"""Moves the panel of a world with a moving shadow.

The physics, the camera and the viewers all do it by this.
"""

from __future__ import annotations

import mujoco

from tank_sim.mjcf import SHADOW_PANEL
from tank_sim.worlds import ShadowPanel


def move(model: mujoco.MjModel, data: mujoco.MjData) -> None:
    """Put the panel where it is at the time of ``data``.

    Does nothing in worlds that have none.
    """
    if model.nmocap:
        x, y, z, along, aside, up, period = model.numeric(SHADOW_PANEL).data.tolist()
        panel = ShadowPanel(center=(x, y, z), swing=(along, aside, up), period=period)
        data.mocap_pos[0] = panel.place(data.time)
