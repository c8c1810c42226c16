"""The robot's camera, rendered off screen.

Without OpenGL there are no images and a reason; everything else goes on.
"""

from __future__ import annotations

import copy
import math
import weakref
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import ClassVar

import mujoco
import numpy as np
import numpy.typing as npt

from tank_core.robot import Camera as CameraSpec
from tank_core.state import CameraFrame
from tank_sim import mjcf, shadows
from tank_sim.mjcf.names import VISUAL_GROUP
from tank_sim.realism.camera_faults import CameraFaults
from tank_sim.realism.levels import IDEAL, Realism
from tank_sim.sensors import opengl, render_backend
from tank_sim.worlds import Fixture

View = tuple[float, npt.NDArray[np.float64]]  # time [s], qpos (nq,)

# In software an image costs what it fills and what it has of corners, so its own copy of the model
# is made cheaper where one does not see
# it: 19 ms of one core for 640x480 instead of 34.
# [texels]; with 512, shadows of the faces themselves draw stripes on small things
SHADOW_SIZE = 768
SHADOW_REACH = 0.5  # of the lamp's cone, 0.6 by default: finer, and still 2.5 m around the robot
SLICES, STACKS = 20, 10  # of round shapes: a ball of 40 px is off by a quarter of a pixel
UNSEEN_GROUP = 5
# Without shadows all lamps are drawn in one pass, where OpenGL cuts light off at 1: the floor would
# be a third darker than with them. So all of them are dimmed by this, and the image made lighter.
DIMMED = 2 / 3
LIGHTER = np.minimum(np.rint(np.arange(256) / DIMMED), 255).astype(np.uint8)
SKY_MARGIN = 0.05  # [rad] under the horizon


class SimulatedCamera:
    """Renders the robot's view, on its own copy of the model and thread.

    An OpenGL context belongs to one thread. Nothing is loaded before the first frame. ``problem``
    says why there are no images, or is None.
    """

    # Why OpenGL did not start. It is not tried again: mujoco 4.0.0 aborts the process at the second
    # failure.
    _no_opengl: ClassVar[str | None] = None

    def __init__(
        self,
        model: mujoco.MjModel,
        spec: CameraSpec,
        realism: Realism = IDEAL,
        shadows: bool = True,
    ) -> None:
        self.problem: str | None = None
        self._spec, self._realism, self._with_shadows = spec, realism, shadows
        self._period = 1 / spec.rate - mjcf.TIMESTEP / 2  # [s] from when on another frame is due
        self._model = _cheap_copy(model, spec)
        if not shadows:
            _dim(self._model)
        self._data = mujoco.MjData(self._model)
        self._mounting = self._model.camera(mjcf.CAMERA).quat.copy()
        self._renderers: list[mujoco.Renderer] = []  # one, once it is loaded
        self._painter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="camera")
        # Who forgets a camera does not know its thread: without this its context would stay for
        # good.
        self._closer = weakref.finalize(self, _let_go, self._painter, self._renderers)
        self._closer.atexit = False  # the thread has ended by then
        self._on_the_way: deque[View] = deque(
            maxlen=math.ceil(realism.camera_latency * spec.rate) + 2
        )
        self.restart(0)

    def start(self) -> None:
        """Begin to load OpenGL, without waiting for it.

        So ``problem`` is known before anybody wants an image.
        """
        self._painter.submit(self._load)

    @property
    def ready(self) -> bool:
        """Whether OpenGL is loaded, so that no frame takes long any more."""
        return bool(self._renderers)

    def restart(self, seed: int, fixtures: tuple[Fixture, ...] = ()) -> None:
        """Forget the last frame, because time begins anew.

        ``seed`` draws the camera's faults; ``fixtures`` stand where they are then.
        """
        self._painter.submit(mjcf.place_fixtures, self._model, fixtures).result()
        self._newest: CameraFrame | None = None
        self._on_the_way.clear()
        self._faults = (
            CameraFaults(self._realism, self._spec.width, self._spec.height, seed)
            if self._realism != IDEAL
            else None
        )
        if self._faults is not None:
            turn = np.empty(4)
            mujoco.mju_euler2Quat(turn, self._faults.tilt, "xyz")
            mujoco.mju_mulQuat(self._model.camera(mjcf.CAMERA).quat, self._mounting, turn)

    def due(self, time: float) -> bool:
        """Whether a camera with latency takes a frame at ``time`` [s]."""
        return bool(
            self._realism.camera_latency
            and (not self._on_the_way or time - self._on_the_way[-1][0] >= self._period)
        )

    def take(self, view: View) -> None:
        """Take a frame of a view, which comes out later.

        It is painted only if somebody wants it then.
        """
        self._on_the_way.append(view)

    def retake(self, view: View) -> None:
        """Take what was taken at this very moment anew.

        Somebody has moved things since, while time stood.
        """
        if self._newest is not None and self._newest.time == view[0]:
            self._newest = None
        if self._on_the_way and self._on_the_way[-1][0] == view[0]:
            self._on_the_way[-1] = view

    def out(self, view: View) -> View | None:
        """The view of the newest frame that is out; None before the first.

        ``view`` is the world as it is now.
        """
        if not self._realism.camera_latency:
            return view
        arrived = [
            taken
            for taken in self._on_the_way
            if view[0] - taken[0] >= self._realism.camera_latency - mjcf.TIMESTEP / 2
        ]
        return arrived[-1] if arrived else None

    def frame(self, time: float, qpos: npt.NDArray[np.float64]) -> CameraFrame | None:
        """The frame of a world with positions ``qpos`` (nq,) at ``time`` [s].

        The last frame again within its period; None where there is a problem.
        """
        if self.problem is not None:
            return None
        if self._newest is None or time - self._newest.time >= self._period:
            self._newest = self.look(time, qpos)
        return self._newest

    def look(self, time: float, qpos: npt.NDArray[np.float64]) -> CameraFrame | None:
        """A frame that is painted now, whatever the camera's rate.

        None where there is a problem.
        """
        if self.problem is not None:
            return None
        try:
            painted = self._painter.submit(self._paint, time, qpos)
        except RuntimeError:  # it was closed meanwhile, as when another world was built
            return None
        return painted.result()

    def _load(self) -> mujoco.Renderer | None:
        if not self._renderers and SimulatedCamera._no_opengl is None:
            try:
                self._renderers.append(self._make_renderer())
            except Exception as error:
                # drivers fail in ways of their own: ImportError, AttributeError, RuntimeError,
                # FatalError ...
                SimulatedCamera._no_opengl = (
                    f"no camera images, because {render_backend.explained(error)}"
                )
        if not self._renderers and self.problem is None:
            self.problem = SimulatedCamera._no_opengl
        return self._renderers[0] if self._renderers else None

    def _make_renderer(self) -> mujoco.Renderer:
        """A renderer that leaves out what the camera does not see.

        That is mirrors, which nothing here is, and sky and haze where it looks down. mujoco has no
        options for the texture filter and the buffer's format, so they are changed in its OpenGL
        context.
        """
        renderer = mujoco.Renderer(self._model, self._spec.height, self._spec.width)
        renderer.scene.flags[mujoco.mjtRndFlag.mjRND_REFLECTION] = 0
        renderer.scene.flags[mujoco.mjtRndFlag.mjRND_SHADOW] = int(self._with_shadows)
        if self._spec.pitch - math.radians(self._spec.fovy) / 2 > SKY_MARGIN:
            renderer.scene.flags[mujoco.mjtRndFlag.mjRND_SKYBOX] = renderer.scene.flags[
                mujoco.mjtRndFlag.mjRND_HAZE
            ] = 0
        flat = self._model.tex_type == mujoco.mjtTexture.mjTEXTURE_2D
        opengl.blur_textures_less(renderer._mjr_context.texture[: self._model.ntex][flat].tolist())
        renderer._mjr_context.offFBO = (
            opengl.make_buffer(self._spec.width, self._spec.height) or renderer._mjr_context.offFBO
        )
        mujoco.mjr_setBuffer(mujoco.mjtFramebuffer.mjFB_OFFSCREEN, renderer._mjr_context)
        return renderer

    def _paint(self, time: float, qpos: npt.NDArray[np.float64]) -> CameraFrame | None:
        renderer = self._load()
        if renderer is None:
            return None
        self._data.time, self._data.qpos[:] = time, qpos
        shadows.move(self._model, self._data)
        mujoco.mj_kinematics(self._model, self._data)
        mujoco.mj_camlight(self._model, self._data)
        renderer.update_scene(self._data, mjcf.CAMERA)
        rgb = renderer.render()
        if not self._with_shadows:
            rgb = LIGHTER[rgb]
        return CameraFrame(time, rgb if self._faults is None else self._faults.spoil(rgb, time))

    def close(self) -> None:
        """Let go of OpenGL. Idempotent."""
        if self.problem is None:
            self.problem = "no camera images, because the camera is closed"
        self._closer()
        self._painter.shutdown()


def _let_go(painter: ThreadPoolExecutor, renderers: list[mujoco.Renderer]) -> None:
    """Close what is open, on the thread that opened it.

    Nothing is painted afterwards.
    """

    def close() -> None:
        while renderers:
            renderers.pop().close()

    with suppress(RuntimeError):  # the interpreter ends, and with it that thread
        painter.submit(close)
    painter.shutdown(wait=False)


def _cheap_copy(model: mujoco.MjModel, spec: CameraSpec) -> mujoco.MjModel:
    """A copy of the model that is cheaper to draw.

    As large as the image, without antialiasing, and the wheels without their visuals, which the
    camera never sees.
    """
    cheap = copy.copy(model)
    cheap.vis.global_.offwidth, cheap.vis.global_.offheight = spec.width, spec.height
    quality = cheap.vis.quality
    quality.offsamples, quality.shadowsize = 0, SHADOW_SIZE
    quality.numslices, quality.numstacks = SLICES, STACKS
    cheap.vis.map.shadowscale = SHADOW_REACH
    wheels = cheap.jnt_bodyid[
        (cheap.jnt_type == mujoco.mjtJoint.mjJNT_HINGE) & (cheap.jnt_limited == 0)
    ]
    cheap.geom_group[np.isin(cheap.geom_bodyid, wheels) & (cheap.geom_group == VISUAL_GROUP)] = (
        UNSEEN_GROUP
    )
    return cheap


def _dim(model: mujoco.MjModel) -> None:
    head = model.vis.headlight
    for light in (
        *(model.light_ambient, model.light_diffuse, model.light_specular),
        *(head.ambient, head.diffuse, head.specular),
    ):
        light *= DIMMED
