"""The camera that looks down."""

import numpy as np

from tank_core.commands import Color, Shape
from tank_core.robot import load_robot
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.view.top_view import TopView
from tank_sim.worlds import World, on_floor


def test_forward_is_up_left_is_left_and_a_moved_thing_is_seen_where_it_is() -> None:
    world = World("one", (on_floor(Color.RED, Shape.CUBE, 0.06, (0.8, 0.3)),))
    center, extent, size = (0.5, 0.0), 2.0, (100, 100)
    with (
        MujocoBackend(load_robot("tank"), world) as backend,
        TopView(backend, size, center, extent) as top,
    ):
        for x, y in ((0.8, 0.3), (0.9, -0.5)):
            backend.place("red_cube", (x, y, 0.03))
            rgb = top.look().astype(int)
            assert rgb.shape == (100, 100, 3)
            rows, columns = np.nonzero(rgb[..., 0] > 2 * rgb[..., 1:].max(-1) + 20)
            seen = (
                center[0] + (49.5 - rows.mean()) / 100 * extent,
                center[1] + (49.5 - columns.mean()) / 100 * extent,
            )
            assert np.abs(np.subtract(seen, (x, y))).max() < 0.04  # two pixels
