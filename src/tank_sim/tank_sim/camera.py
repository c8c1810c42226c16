"""The robot's camera, rendered off screen. Without OpenGL there are no images and a reason; everything else goes on."""

from __future__ import annotations

import copy
from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar

import mujoco
import numpy as np
import numpy.typing as npt

from tank_core.robot import Camera as CameraSpec
from tank_core.state import CameraFrame
from tank_sim import mjcf, opengl

SHADOW_SIZE = 1024  # [texels]; with no antialiasing, an image takes a third of the time, in software 25 ms for 640x480


class Camera:
    """Renders on its own copy of the model and in its own thread, because an OpenGL context belongs to one thread.

    Nothing is loaded before the first frame. ``problem`` says why there are no images, or is None.
    """

    # Why OpenGL did not start. It is not tried again: mujoco 4.0.0 aborts the process at the second failure.
    _no_opengl: ClassVar[str | None] = None

    def __init__(self, model: mujoco.MjModel, spec: CameraSpec) -> None:
        self.problem: str | None = None
        self._spec = spec
        self._model = copy.copy(model)
        self._model.vis.quality.offsamples = 0
        self._model.vis.quality.shadowsize = SHADOW_SIZE
        self._data = mujoco.MjData(self._model)
        self._renderer: mujoco.Renderer | None = None
        self._painter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="camera")
        self._newest: CameraFrame | None = None

    def start(self) -> None:
        """Begin to load OpenGL, without waiting for it, so that ``problem`` is known before anybody wants an image."""
        self._painter.submit(self._load)

    def restart(self) -> None:
        """Forget the last frame, because time begins anew."""
        self._newest = None

    def frame(self, time: float, qpos: npt.NDArray[np.float64]) -> CameraFrame | None:
        """What the camera sees of a world in state ``qpos`` at ``time`` [s]; the last frame again within its period.  # (nq,)"""
        if self.problem is not None:
            return None
        if self._newest is None or time - self._newest.time >= 1 / self._spec.rate - mjcf.TIMESTEP / 2:
            self._newest = self._painter.submit(self._paint, time, qpos).result()
        return self._newest

    def _load(self) -> mujoco.Renderer | None:
        if self._renderer is None and Camera._no_opengl is None:
            try:
                self._renderer = mujoco.Renderer(self._model, self._spec.height, self._spec.width)
            except Exception as error:  # drivers fail in ways of their own: ImportError, AttributeError, RuntimeError, FatalError ...
                reason = " ".join(str(error).split()) or type(error).__name__
                Camera._no_opengl = f"no camera images, because OpenGL does not start ({reason}); {opengl.CURE}"
        if self._renderer is None and self.problem is None:
            self.problem = Camera._no_opengl
        return self._renderer

    def _paint(self, time: float, qpos: npt.NDArray[np.float64]) -> CameraFrame | None:
        renderer = self._load()
        if renderer is None:
            return None
        self._data.qpos[:] = qpos
        mujoco.mj_kinematics(self._model, self._data)
        mujoco.mj_camlight(self._model, self._data)
        renderer.update_scene(self._data, mjcf.CAMERA)
        return CameraFrame(time, renderer.render())

    def close(self) -> None:
        """Let go of OpenGL. Idempotent."""
        if self.problem is None:
            self.problem = "no camera images, because the camera is closed"
            self._painter.submit(self._drop).result()
        self._painter.shutdown()

    def _drop(self) -> None:
        if self._renderer is not None:
            self._renderer.close()
            self._renderer = None
