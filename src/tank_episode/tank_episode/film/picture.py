"""Pictures of the simulated world, as a person beside the robot sees it.

And what is put around them.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from tank_core.exceptions import TankError
from tank_core.io import outputs
from tank_core.state import Image
from tank_episode.film.captions import letter, wrapped
from tank_sim.sensors import render_backend

if TYPE_CHECKING:
    from tank_sim.mujoco_backend import MujocoBackend

WIDTH, HEIGHT = 1280, 800  # [px]
DISTANCE = 1.5  # [m] from the robot
ELEVATION = -24.0  # [deg]
BEHIND = 140.0  # [deg] the view's heading from the robot's: over its shoulder, the arm in sight
LOOK_AHEAD, LOOK_UP = 0.2, 0.12  # [m] of the robot's center
PAPER, INK = (255, 255, 255), (25, 28, 32)
CAPTION_PX, MARGIN_PX = 22, 14


class NoPictureError(TankError):
    """There is no OpenGL to draw with. Everything else works without."""


def draw(backend: MujocoBackend, path: Path) -> None:
    """Write the world as it is now to an image file.

    Raises NoPictureError without OpenGL, or TankError when the file cannot be written.
    """
    from tank_sim.view.overview import picture

    pose = backend.truth()
    middle = (*pose.to_world((LOOK_AHEAD, 0.0)), LOOK_UP)
    try:
        image = picture(
            backend, middle, DISTANCE, math.degrees(pose.yaw) + BEHIND, ELEVATION, (WIDTH, HEIGHT)
        )
    except Exception as error:
        # OpenGL drivers fail in ways of their own: ImportError, AttributeError, FatalError ...
        raise no_opengl(error) from None
    write(path, image)


def from_above(backend: MujocoBackend, size: tuple[int, int]) -> Image:
    """Everything there is, from above and behind; ``size``: width, height [px].

    Raises NoPictureError without OpenGL.
    """
    from tank_sim.view.overview import overview

    try:
        return overview(backend, size)
    except Exception as error:  # OpenGL drivers fail in ways of their own
        raise no_opengl(error) from None


def no_opengl(error: Exception) -> NoPictureError:
    """The error that says why there is no picture."""
    return NoPictureError(f"no picture, because {render_backend.explained(error)}")


def write(path: Path, image: Image) -> None:
    """Write an image in the format that the file's name ends in.

    Raises OutputError when it cannot be written.
    """
    outputs.write(
        path, cv2.imencode(path.suffix.lower(), cv2.cvtColor(image, cv2.COLOR_RGB2BGR))[1].tobytes()
    )


def beside(*images: Image) -> Image:
    """Images of one height in a row."""
    gap = np.full((images[0].shape[0], MARGIN_PX, 3), PAPER, dtype=np.uint8)
    row = [part for image in images for part in (image, gap)][:-1]
    return np.concatenate(row, axis=1)


def caption(image: Image, text: str) -> Image:
    """The image with a text under it, as many lines as it takes."""
    lines = wrapped(text, CAPTION_PX, image.shape[1] - 2 * MARGIN_PX)
    strip = np.full(
        (round((len(lines) + 0.6) * 1.4 * CAPTION_PX), image.shape[1], 3), PAPER, dtype=np.uint8
    )
    for number, line in enumerate(lines, start=1):
        letter(strip, line, (MARGIN_PX, round(number * 1.4 * CAPTION_PX)), CAPTION_PX, INK)
    return np.concatenate((image, strip))
