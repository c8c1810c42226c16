"""Light, sky, floor and materials: how the models look."""

from __future__ import annotations

from tank_core.commands import Color
from tank_core.robot import Robot
from tank_core.robot.xml_text import Node, add
from tank_sim.worlds.world import UnitRgb

OBJECT_RGB: dict[Color, UnitRgb] = {
    Color.RED: (0.82, 0.07, 0.07),
    Color.GREEN: (0.10, 0.60, 0.16),
    Color.BLUE: (0.08, 0.22, 0.80),
    Color.YELLOW: (0.95, 0.82, 0.06),
    Color.ORANGE: (0.96, 0.45, 0.03),
    Color.PURPLE: (0.45, 0.10, 0.62),
    Color.WHITE: (0.94, 0.94, 0.94),
    Color.BLACK: (0.03, 0.03, 0.03),
}
# Name: (rgb, specular, shininess). The robot's own colors are none of the objects', so that its
# camera cannot mistake it for one.
_ROBOT_MATERIALS: dict[str, tuple[UnitRgb, float, float]] = {
    "body": ((0.06, 0.44, 0.47), 0.6, 0.6),
    "deck": ((0.16, 0.18, 0.20), 0.3, 0.3),
    "rubber": ((0.07, 0.07, 0.08), 0.1, 0.1),
    "steel": ((0.50, 0.52, 0.55), 0.6, 0.8),
    "arm": ((0.38, 0.45, 0.53), 0.4, 0.6),
    "servo": ((0.22, 0.25, 0.29), 0.3, 0.5),
    "panel": ((0.45, 0.47, 0.50), 0.1, 0.1),
    "finger": ((0.26, 0.28, 0.31), 0.3, 0.3),
    "glass": ((0.05, 0.07, 0.10), 1.0, 1.0),
}
_SKY = {"type": "skybox", "builtin": "gradient", "width": 256, "height": 1536}
_SKY_RGB = {"rgb1": (0.80, 0.86, 0.93), "rgb2": (0.36, 0.47, 0.60)}
_FLOOR = {"type": "2d", "builtin": "checker", "mark": "edge", "width": 512, "height": 512}
# Dark enough for a white thing to stand out on its shaded side, and light enough for a black one to
# be darker than a shadow.
_FLOOR_RGB = {
    "markrgb": (0.33, 0.33, 0.34),
    "rgb1": (0.30, 0.30, 0.31),
    "rgb2": (0.265, 0.265, 0.275),
}
_FLOOR_TILES = {"texture": "floor", "texrepeat": (2, 2), "texuniform": True}
_DULL = {"specular": 0.1, "shininess": 0.1}


def add_look(root: Node, robot: Robot, brightness: float = 1.0) -> None:
    """Add shadows and haze, the sky, the checkered floor and every material.

    ``brightness``: of the light, 1 is a lit room.
    """
    visual = add(root, "visual")
    buffer = {
        "offwidth": max(1920, robot.camera.width),
        "offheight": max(1200, robot.camera.height),
    }
    add(visual, "global", azimuth=140, elevation=-22, **buffer)
    headlight = {
        "ambient": _dimmed((0.38, 0.38, 0.40), brightness),
        "diffuse": _dimmed((0.25, 0.25, 0.25), brightness),
        "specular": _dimmed((0.1, 0.1, 0.1), brightness),
    }
    add(visual, "headlight", **headlight)
    add(visual, "quality", shadowsize=4096, offsamples=4)
    add(visual, "map", znear=0.005, zfar=60, haze=0.4)
    add(visual, "rgba", haze=(0.75, 0.80, 0.86, 1))
    add(root, "statistic", center=(0.15, 0, 0.12), extent=1.0)
    _add_materials(add(root, "asset"))


def _add_materials(assets: Node) -> None:
    add(assets, "texture", **_SKY, **_SKY_RGB)
    add(assets, "texture", name="floor", **_FLOOR, **_FLOOR_RGB)
    add(assets, "material", name="floor", **_FLOOR_TILES, **_DULL)
    for name, (rgb, specular, shininess) in _ROBOT_MATERIALS.items():
        add(assets, "material", name=name, rgba=(*rgb, 1), specular=specular, shininess=shininess)
    for color, rgb in OBJECT_RGB.items():
        add(assets, "material", name=color, rgba=(*rgb, 1), specular=0.3, shininess=0.4)


def add_lights(chassis: Node, brightness: float = 1.0) -> None:
    """Add a lamp that throws the shadows, and a weak sun from the other side.

    They travel with the robot, so its shadow stays sharp.
    """
    lamp_dir, sun_dir = (0.35, -0.45, -1.0), (-0.5, 0.5, -0.8)
    lamp = {
        "type": "spot",
        "pos": tuple(-4 * part for part in lamp_dir),
        "cutoff": 65,
        "exponent": 1.5,
        "diffuse": _dimmed((0.66, 0.64, 0.60), brightness),
        "specular": _dimmed((0.3, 0.3, 0.3), brightness),
    }
    sun = {
        "type": "directional",
        "pos": tuple(-3 * part for part in sun_dir),
        "castshadow": False,
        "diffuse": _dimmed((0.30, 0.31, 0.34), brightness),
    }
    add(chassis, "light", mode="trackcom", dir=lamp_dir, **lamp)
    add(chassis, "light", mode="trackcom", dir=sun_dir, **sun)


def _dimmed(rgb: UnitRgb, brightness: float) -> UnitRgb:
    return rgb[0] * brightness, rgb[1] * brightness, rgb[2] * brightness
