"""OpenGL's own calls, for what mujoco has no options.

``python -m tank_sim.sensors.opengl``: which OpenGL renders here.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

from tank_sim.sensors import render_backend


def main() -> int:
    """Render anew by each way, and print the first that paints.

    Returns 0; or says why none does, and returns 1.
    """
    finding = render_backend.look()
    if finding.way:
        print(finding.way)
        return 0
    print(
        f"no OpenGL renders without a screen ({finding.problem}). Cure: {render_backend.cure()}",
        file=sys.stderr,
    )
    return 1


def blur_textures_less(names: Iterable[int]) -> None:
    """Let each pixel of these textures come from one mipmap, not from two.

    In software that is a tenth of an image's time. The OpenGL context must be current.
    """
    # It comes with mujoco, and decides when it is imported which OpenGL it takes.
    from OpenGL import GL  # type: ignore[import-untyped]

    for name in names:
        GL.glBindTexture(GL.GL_TEXTURE_2D, name)
        GL.glTexParameteri(GL.GL_TEXTURE_2D, GL.GL_TEXTURE_MIN_FILTER, GL.GL_LINEAR_MIPMAP_NEAREST)
    GL.glBindTexture(GL.GL_TEXTURE_2D, 0)


def make_buffer(width: int, height: int) -> int | None:
    """A new buffer to draw into, with 24 bits of depth.

    mujoco's own has 64 with what it needs for mirrors: another tenth of an image's time. It goes
    with its OpenGL context, which must be current. None where the driver does not take such a
    buffer.
    """
    from OpenGL import GL

    buffer = int(GL.glGenFramebuffers(1))
    GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, buffer)
    parts = (
        (GL.GL_RGBA8, GL.GL_COLOR_ATTACHMENT0),
        (GL.GL_DEPTH_COMPONENT24, GL.GL_DEPTH_ATTACHMENT),
    )
    for name, (kind, place) in zip(GL.glGenRenderbuffers(len(parts)), parts, strict=True):
        GL.glBindRenderbuffer(GL.GL_RENDERBUFFER, name)
        GL.glRenderbufferStorage(GL.GL_RENDERBUFFER, kind, width, height)
        GL.glFramebufferRenderbuffer(GL.GL_FRAMEBUFFER, place, GL.GL_RENDERBUFFER, name)
    return (
        buffer
        if GL.glCheckFramebufferStatus(GL.GL_FRAMEBUFFER) == GL.GL_FRAMEBUFFER_COMPLETE
        else None
    )


if __name__ == "__main__":
    sys.exit(main())
