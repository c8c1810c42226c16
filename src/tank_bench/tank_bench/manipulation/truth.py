"""The truth of an image, against which perception is measured.

The simulator's answer. Nothing that drives the robot looks here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tank_bench.manipulation.tasks import TrueObject, TrueScene
from tank_core.state import Array, Pose2D
from tank_sim.mjcf import CAMERA
from tank_sim.mujoco_backend import MujocoBackend

if TYPE_CHECKING:
    import mujoco

SMALLEST_PX = 12.0  # an object that looks narrower need not be seen
HIDDEN = 0.5  # nor one of which more than this share is outside of the image or behind something
GRID = 7  # rays across an object
VISIBLE_GROUPS = np.array([1, 1, 1, 0, 0, 0], dtype=np.uint8)  # those that MuJoCo draws


@dataclass(frozen=True)
class VisibleObject:
    """An object at the time of an image.

    Place in base_link [m], how wide it looks [px], how much of it shows (0 to 1).
    """

    body: TrueObject
    place: tuple[float, float]
    pixels: float
    share: float

    @property
    def due(self) -> bool:
        """Whether an eye should see it."""
        return self.pixels >= SMALLEST_PX and self.share >= HIDDEN


def scene_of(backend: MujocoBackend, data: mujoco.MjData | None = None) -> TrueScene:
    """The truth as it is now.

    Of ``data`` where that is given: a copy in another state, in which then nothing counts as held.
    """
    there = data or backend.data
    ahead_x, ahead_y = there.site("base_link").xmat[[0, 3]]
    x, y, _ = there.site("base_link").xpos
    objects = {}
    for thing in backend.world.objects:
        at_x, at_y, at_z = there.body(thing.name).xpos.tolist()
        objects[thing.name] = TrueObject(
            at_x, at_y, at_z, str(thing.color), str(thing.shape), thing.size
        )
    return TrueScene(
        Pose2D(float(x), float(y), math.atan2(ahead_y, ahead_x)),
        objects,
        backend.held() if data is None else None,
    )


class Witness:
    """Looks through the camera by rays.

    It keeps a state of its own, because an image is older than the simulation is now.
    """

    def __init__(self, backend: MujocoBackend) -> None:
        import mujoco  # after tank_sim, which says by what OpenGL is spoken

        self._backend, self._mujoco = backend, mujoco
        self._data = mujoco.MjData(backend.model)
        camera = backend.robot.camera
        self._focal, self._half = camera.focal_px, (camera.width / 2, camera.height / 2)

    def look(self, time: float) -> list[VisibleObject] | None:
        """Every object in the image that was taken at ``time`` [s].

        None when that image is not known any more.
        """
        view = self._backend.camera_view()
        if view is None or view[0] != time:
            return None
        self._data.time, self._data.qpos[:] = view
        self._mujoco.mj_kinematics(self._backend.model, self._data)
        self._mujoco.mj_comPos(self._backend.model, self._data)
        self._mujoco.mj_camlight(self._backend.model, self._data)
        scene = scene_of(self._backend, self._data)
        return [self._seen(name, body, scene) for name, body in scene.objects.items()]

    def _seen(self, name: str, body: TrueObject, scene: TrueScene) -> VisibleObject:
        camera = self._data.cam(CAMERA)
        axes = camera.xmat.reshape(3, 3)  # columns: right, up, back
        depth = float((camera.xpos - (body.x, body.y, body.z)) @ axes[:, 2])
        pixels = body.size * self._focal / depth if depth > body.size else 0.0
        share = self._share(name, axes) if pixels >= SMALLEST_PX else 0.0
        return VisibleObject(body, scene.from_robot(body), pixels, share)

    def _share(self, name: str, axes: Array) -> float:
        """The share of its silhouette that can be seen.

        Inside the image and before everything else.
        """
        model, data = self._backend.model, self._data
        eye, geom = data.cam(CAMERA).xpos, data.geom(name)
        number = geom.id
        radius = float(model.geom_rbound[number])
        steps = np.linspace(-radius, radius, GRID)
        across, up = (part.ravel() for part in np.meshgrid(steps, steps))
        rays = geom.xpos - eye + across[:, None] * axes[:, 0] + up[:, None] * axes[:, 1]
        size, kind = model.geom_size[number], int(model.geom_type[number])
        rays = np.array(
            [
                ray
                for ray in rays
                if self._mujoco.mju_rayGeom(geom.xpos, geom.xmat, size, eye, ray, kind) >= 0
            ]
        )
        inside = rays[self._in_image(rays @ axes)]
        if not len(inside):
            return 0.0
        first, distance = np.full(len(inside), -1, dtype=np.int32), np.zeros(len(inside))
        own = int(model.cam_bodyid[data.cam(CAMERA).id])
        self._mujoco.mj_multiRay(
            model,
            data,
            eye,
            inside.ravel(),
            VISIBLE_GROUPS,
            True,
            own,
            first,
            distance,
            None,
            len(inside),
            self._mujoco.mjMAXVAL,
        )
        return float((first == number).sum() / len(rays))

    def _in_image(self, rays: Array) -> npt.NDArray[np.bool_]:
        """Which rays (n, 3) in the camera's axes meet the image; (n,).

        The axes are right, up, back.
        """
        ahead = np.maximum(-rays[:, 2], 1e-9)
        inside: npt.NDArray[np.bool_] = (rays[:, 2] < 0) & (
            np.abs(rays[:, 0]) * self._focal <= self._half[0] * ahead
        )
        return inside & (np.abs(rays[:, 1]) * self._focal <= self._half[1] * ahead)
