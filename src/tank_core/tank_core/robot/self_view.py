"""The part of the floor ahead that the robot's own folded arm hides.

That is where ``face`` and ``approach`` bring what they look for.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tank_core.commands import Cell
from tank_core.robot.description import Robot
from tank_core.robot.solids import Solid, arm_solids
from tank_core.state import Array

MIDDLE_M = 0.02  # the middle of a thing to be picked up is about so high over the floor
FARTHEST_M = 3.0  # the floor beyond is not looked at


@dataclass(frozen=True)
class HiddenView:
    """Of the middle column of the image.

    The share (0 to 1) of its floor that is hidden.

    ``nearest`` and ``farthest`` are where that is, ahead of base_link [m].

    """

    share: float = 0.0
    nearest: float = 0.0
    farthest: float = 0.0


def hidden_view(robot: Robot) -> HiddenView:
    """The hidden part by the arm at home, its claw open.

    Arm and camera are where the robot file says.
    """
    eye, places = np.array(robot.camera.position), _middle_column(robot)
    hidden = np.zeros(len(places), bool)
    for solid in arm_solids(robot, {}):
        hidden |= _is_between(solid, eye, places)
    if not hidden.any():
        return HiddenView()
    return HiddenView(
        float(hidden.mean()), float(places[hidden, 0].min()), float(places[hidden, 0].max())
    )


def hidden_view_warning(robot: Robot) -> str | None:
    """A warning of a robot whose arm at home hides the floor ahead.

    The cell front, or what lies beyond it. None where it hides neither.
    """
    hidden, front = hidden_view(robot), robot.cell(Cell.FRONT)[0]
    if hidden.farthest <= front:
        return None
    return (
        f"robot {robot.name}: its arm at home hides {hidden.share:.0%} of the middle of the "
        "camera's view: the floor from "
        f"{hidden.nearest:.2f} to {hidden.farthest:.2f} m ahead, and things are picked up at "
        f"{front:.2f} m; raise or advance camera: "
        "position in the robot file, or give the arm's joints another home"
    )


def _middle_column(robot: Robot) -> Array:
    """Points (n, 3) [m] where rays of the image's middle column meet things.

    At the height of things on the floor.
    """
    camera = robot.camera
    # downwards, at distance 1
    rows = (np.arange(camera.height) + 0.5 - camera.height / 2) / camera.focal_px
    depression = camera.pitch + np.arctan(rows)
    depression = depression[(depression > 0.0) & (depression < math.pi)]
    x = camera.position[0] + (camera.position[2] - MIDDLE_M) / np.tan(depression)
    x = x[(x > 0.0) & (x < FARTHEST_M)]
    return np.column_stack((x, np.full_like(x, camera.position[1]), np.full_like(x, MIDDLE_M)))


def _is_between(solid: Solid, eye: Array, places: Array) -> npt.NDArray[np.bool_]:
    """Whether straight lines from the eye to places [m] go through a box.

    By the slab method; (n,). A drum is taken as its box.
    """
    rotation, translation = solid.link
    start, way = (eye - translation) @ rotation - solid.center, (places - eye) @ rotation
    with np.errstate(divide="ignore", invalid="ignore"):
        # share of the way
        faces = np.stack([(side * np.array(solid.half_size) - start) / way for side in (-1, 1)])
    enters, leaves = faces.min(axis=0).max(axis=1), faces.max(axis=0).min(axis=1)
    between: npt.NDArray[np.bool_] = (enters < leaves) & (leaves > 0.0) & (enters < 1.0)
    return between
