"""The robot's range sensor, simulated by a fan of rays in its cone.

The shortest counts.
"""

from __future__ import annotations

import math

import mujoco
import numpy as np
import numpy.typing as npt

from tank_core.robot import Robot
from tank_sim import mjcf
from tank_sim.realism.imperfections import Imperfections

# [Hz] an HC-SR04 wants 60 ms between two pings, so that no echo is taken for the next one's
RATE = 20.0
# of the fan: a thing of 3 cm cannot slip between two up to 1.4 m (0.26 rad / 12 * 1.4 m = 3 cm)
COLUMNS = 13
# Rows, as shares of half the cone. From 3.5 cm up, those below the axis meet a 3 cm high thing at
# 0.04 to 0.3, 0.2 to 1.2 and 0.9 to 4 m.
ROWS = (-0.9, -0.23, -0.045, 0.2, 0.6, 1.0)


class SimulatedRangeFinder:
    """Measures the distance to what is in the group of things.

    So it sees neither the robot itself nor the floor, from which grazing sound glances off.
    """

    def __init__(self, model: mujoco.MjModel, robot: Robot, faults: Imperfections) -> None:
        assert robot.range_sensor is not None
        sensor, height = robot.range_sensor, robot.chassis.height
        self._model, self._sensor, self._faults = model, sensor, faults
        self._chassis = model.body(mjcf.CHASSIS).id
        # in the chassis's frame, whose origin is this high over base_link
        self._place = np.array(sensor.position) - (0.0, 0.0, height)
        self._fan = fan(sensor.field_of_view)
        self._count = len(self._fan)
        self._alone = not (model.geom_group == mjcf.THING_GROUP).any()
        self._groups = np.zeros(6, np.uint8)
        self._groups[mjcf.THING_GROUP] = 1
        self._geoms, self._distances = np.empty(self._count, np.int32), np.empty(self._count)
        self.restart()

    def restart(self) -> None:
        """Forget the last reading, because time begins anew."""
        self._pinged = -math.inf  # [s] when it was last used
        self._distance: float | None = None

    def read(self, data: mujoco.MjData) -> float | None:
        """The last reading [m], renewed at the sensor's own rate."""
        if data.time - self._pinged >= 1 / RATE - mjcf.TIMESTEP / 2:
            self._pinged = data.time
            self._distance = self.measure(data)
            if self._distance is not None and self._faults.active:
                self._distance = self._faults.distance(self._distance)
        return self._distance

    def measure(self, data: mujoco.MjData) -> float | None:
        """Distance [m] to the nearest thing in the cone.

        The least that the sensor can tell where that is nearer, None where nothing is in reach.
        """
        if self._alone:
            return None
        turned = data.xmat[self._chassis].reshape(3, 3)
        start = data.xpos[self._chassis] + turned @ self._place
        rays = (self._fan @ turned.T).ravel()
        reach = self._sensor.max_range
        found = self._geoms, self._distances, None
        fixed, nobody = True, -1  # things that stand fast count, and no body is left out
        mujoco.mj_multiRay(
            self._model, data, start, rays, self._groups, fixed, nobody, *found, self._count, reach
        )
        hits = self._distances[self._geoms >= 0]
        nearest = float(hits.min()) if hits.size else math.inf
        return None if nearest > reach else max(nearest, self._sensor.min_range)


def fan(angle: float) -> npt.NDArray[np.float64]:
    """Unit vectors (n, 3) in a cone about +x of full ``angle`` [rad].

    By rows and columns; corners outside the cone are left out.
    """
    half = angle / 2
    up, aside = np.meshgrid(half * np.array(ROWS), np.linspace(-half, half, COLUMNS), indexing="ij")
    inside = np.hypot(up, aside) <= half * (1 + 1e-9)
    up, aside = up[inside], aside[inside]
    return np.stack([np.cos(up) * np.cos(aside), np.cos(up) * np.sin(aside), np.sin(up)], axis=1)
