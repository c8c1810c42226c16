"""Which OpenGL renders off screen here. Has to be known before ``mujoco`` is imported, which reads MUJOCO_GL once and for all."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterable, MutableMapping

VARIABLE = "MUJOCO_GL"
CURE = "install libosmesa6 (apt install libosmesa6), or set MUJOCO_GL=egl or MUJOCO_GL=osmesa"

# What mujoco takes on Linux; anything else it answers with an exception when it is imported.
_KNOWN = ("egl", "osmesa", "glfw", "glx", "enable", "enabled", "on", "true", "1", "disable", "disabled", "off", "false", "0")
_GPU_DEVICES = ("/dev/dri", "/dev/nvidiactl")
_OSMESA_NAMES = ("libOSMesa.so.8", "libOSMesa.so.6", "libOSMesa.so")
_EGL_NAMES = ("libEGL.so.1", "libEGL.so")


def choose(environment: MutableMapping[str, str] = os.environ) -> None:
    """Set MUJOCO_GL to what works here: EGL on a GPU, else Mesa in software. A value that mujoco knows stays; so it does off Linux."""
    if not sys.platform.startswith("linux") or environment.get(VARIABLE, "").lower().strip() in _KNOWN:
        return
    environment.pop(VARIABLE, None)
    has_gpu = any(map(os.path.exists, _GPU_DEVICES))
    ways = {"egl": _egl_starts, "osmesa": _osmesa_loads}
    for name in ("egl", "osmesa") if has_gpu else ("osmesa", "egl"):
        if ways[name]():
            environment[VARIABLE] = name
            return


def blur_textures_less(names: Iterable[int]) -> None:
    """Let OpenGL, whose context is current, take each pixel of these textures from one mipmap, not from a mixture of two.

    In software that is a tenth of an image's time; mujoco has no option for it.
    """
    # It comes with mujoco, and decides when it is imported which OpenGL it takes.
    from OpenGL import GL  # type: ignore[import-untyped]

    for name in names:
        GL.glBindTexture(GL.GL_TEXTURE_2D, name)
        GL.glTexParameteri(GL.GL_TEXTURE_2D, GL.GL_TEXTURE_MIN_FILTER, GL.GL_LINEAR_MIPMAP_NEAREST)
    GL.glBindTexture(GL.GL_TEXTURE_2D, 0)


def make_buffer(width: int, height: int) -> int | None:
    """A new buffer to draw into, whose depth has 24 bits where mujoco's has 64 with what it needs for mirrors: another tenth.

    It goes with its OpenGL context, which must be current. None where the driver does not take such a buffer.
    """
    from OpenGL import GL

    buffer = int(GL.glGenFramebuffers(1))
    GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, buffer)
    parts = ((GL.GL_RGBA8, GL.GL_COLOR_ATTACHMENT0), (GL.GL_DEPTH_COMPONENT24, GL.GL_DEPTH_ATTACHMENT))
    for name, (kind, place) in zip(GL.glGenRenderbuffers(len(parts)), parts, strict=True):
        GL.glBindRenderbuffer(GL.GL_RENDERBUFFER, name)
        GL.glRenderbufferStorage(GL.GL_RENDERBUFFER, kind, width, height)
        GL.glFramebufferRenderbuffer(GL.GL_FRAMEBUFFER, place, GL.GL_RENDERBUFFER, name)
    return buffer if GL.glCheckFramebufferStatus(GL.GL_FRAMEBUFFER) == GL.GL_FRAMEBUFFER_COMPLETE else None


def _osmesa_loads() -> bool:
    return _load(_OSMESA_NAMES) is not None


def _egl_starts() -> bool:
    """Whether EGL's first device, or else its default display, can be initialised."""
    library = _load(_EGL_NAMES)
    if library is None:
        return False
    library.eglGetDisplay.restype = ctypes.c_void_p
    library.eglGetDisplay.argtypes = [ctypes.c_void_p]
    library.eglInitialize.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
    display = library.eglGetDisplay(None)
    return bool(display and library.eglInitialize(display, None, None))


def _load(names: tuple[str, ...]) -> ctypes.CDLL | None:
    for name in names:
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    return None
