"""How the models look: materials, lights, and parts that only dress the robot.

Nothing here has mass or touches anything.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from tank_core.commands import Color
from tank_core.geometry import Vector
from tank_core.robot import Drive, Joint, Link, Robot
from tank_core.robot.xml_text import Node, add
from tank_sim.worlds import UnitRgb

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
DRESS_GROUP = 2
# the servo that carries a camera at the front reaches so far before and behind what it joins
HEAD_MARGIN_M = 0.008
HOUSING_M = 0.030  # the camera's housing reaches so far behind its eye
LOW_ARM_M = 0.015  # an arm whose first joint is no higher over the deck stands on it
_DRESS = {"contype": 0, "conaffinity": 0, "mass": 0, "group": DRESS_GROUP}


def add_look(root: Node, robot: Robot, brightness: float = 1.0) -> None:
    """Shadows and haze, the sky, the checkered floor and every material.

    The floor is dark enough for a white thing to stand out on its shaded side, and light enough for
    a black one to be darker than a shadow.
    """
    visual = add(root, "visual")
    add(
        visual,
        "global",
        offwidth=max(1920, robot.camera.width),
        offheight=max(1200, robot.camera.height),
        azimuth=140,
        elevation=-22,
    )
    add(visual, "headlight", ambient=dimmed((0.38, 0.38, 0.40), brightness),
        diffuse=dimmed((0.25, 0.25, 0.25), brightness),
        specular=dimmed((0.1, 0.1, 0.1), brightness))  # fmt: skip
    add(visual, "quality", shadowsize=4096, offsamples=4)
    add(visual, "map", znear=0.005, zfar=60, haze=0.4)
    add(visual, "rgba", haze=(0.75, 0.80, 0.86, 1))
    add(root, "statistic", center=(0.15, 0, 0.12), extent=1.0)
    assets = add(root, "asset")
    add(
        assets,
        "texture",
        type="skybox",
        builtin="gradient",
        rgb1=(0.80, 0.86, 0.93),
        rgb2=(0.36, 0.47, 0.60),
        width=256,
        height=1536,
    )
    add(assets, "texture", name="floor", type="2d", builtin="checker", mark="edge",
        markrgb=(0.33, 0.33, 0.34), rgb1=(0.30, 0.30, 0.31),
        rgb2=(0.265, 0.265, 0.275), width=512, height=512)  # fmt: skip
    add(
        assets,
        "material",
        name="floor",
        texture="floor",
        texrepeat=(2, 2),
        texuniform=True,
        specular=0.1,
        shininess=0.1,
    )
    for name, (rgb, specular, shininess) in _ROBOT_MATERIALS.items():
        add(assets, "material", name=name, rgba=(*rgb, 1), specular=specular, shininess=shininess)
    for color, rgb in OBJECT_RGB.items():
        add(assets, "material", name=color, rgba=(*rgb, 1), specular=0.3, shininess=0.4)


def dimmed(rgb: UnitRgb, brightness: float) -> UnitRgb:
    """A light's color at another brightness."""
    return rgb[0] * brightness, rgb[1] * brightness, rgb[2] * brightness


def add_lights(chassis: Node, brightness: float = 1.0) -> None:
    """A lamp that throws the shadows and a weak sun from the other side.

    They travel with the robot, so its shadow stays sharp.
    """
    sun, fill = (0.35, -0.45, -1.0), (-0.5, 0.5, -0.8)
    lamp = {
        "diffuse": dimmed((0.66, 0.64, 0.60), brightness),
        "specular": dimmed((0.3, 0.3, 0.3), brightness),
    }
    add(
        chassis,
        "light",
        mode="trackcom",
        type="spot",
        pos=tuple(-4 * part for part in sun),
        dir=sun,
        cutoff=65,
        exponent=1.5,
        **lamp,
    )
    add(chassis, "light", mode="trackcom", type="directional",
        pos=tuple(-3 * part for part in fill), dir=fill, castshadow=False,
        diffuse=dimmed((0.30, 0.31, 0.34), brightness))  # fmt: skip


def dress_chassis(body: Node, robot: Robot) -> None:
    """A deck, what carries an arm that begins over it, a bumper, and two lamps where no camera
    head takes their place.
    """
    x, y, z = robot.chassis.half_size
    first, deck = robot.arm.joints[0].origin, robot.chassis.height + z
    if (rise := first[2] - deck) > LOW_ARM_M:
        for side in (1, -1):
            place = (
                first[0] - 0.01,
                side * (robot.arm.links[0].half_size[1] + 0.008),
                z + rise / 2,
            )
            _dress(body, "box", pos=place, size=(0.016, 0.002, rise / 2 + 0.008), material="deck")
    _dress(body, "box", pos=(0, 0, z + 0.0015), size=(x * 0.96, y * 0.92, 0.0015), material="deck")
    _dress(body, "box", pos=(x, 0, -z * 0.35), size=(0.004, y * 0.96, z * 0.22), material="deck")
    _dress(body, "box", pos=(-x, 0, -z * 0.35), size=(0.004, y * 0.96, z * 0.22), material="deck")
    for side in (1, -1) if robot.camera.mast else ():
        lamp = {"pos": (x, side * y * 0.66, z * 0.35), "zaxis": (1, 0, 0)}
        _dress(body, "cylinder", size=(z * 0.36, 0.003), material="steel", **lamp)
        _dress(body, "cylinder", size=(z * 0.27, 0.0045), rgba=(1.0, 0.97, 0.85, 1), **lamp)


def dress_range_sensor(body: Node, robot: Robot) -> None:
    """The two drums of an ultrasonic sensor, whose faces are where it measures from, on their
    board.
    """
    if robot.range_sensor is None:
        return
    x, y, z = robot.range_sensor.position
    z -= robot.chassis.height
    _dress(body, "box", pos=(x - 0.013, y, z), size=(0.001, 0.0225, 0.010), material="body")
    for side in (1, -1):
        _dress(
            body,
            "cylinder",
            pos=(x - 0.006, y + side * 0.013, z),
            size=(0.008, 0.006),
            zaxis=(1, 0, 0),
            material="steel",
        )


def dress_wheel(wheel: Node, drive: Drive, side: int) -> None:
    """A hub with bolts, by which one sees it turn, and a rim."""
    radius, half = drive.wheel_radius, drive.wheel_half_width
    outside = side * half
    _dress(
        wheel,
        "cylinder",
        pos=(0, outside, 0),
        size=(radius * 0.62, 0.0015),
        zaxis=(0, 1, 0),
        material="steel",
    )
    _dress(
        wheel,
        "cylinder",
        pos=(0, outside, 0),
        size=(radius * 0.52, 0.002),
        zaxis=(0, 1, 0),
        material="deck",
    )
    _dress(
        wheel,
        "cylinder",
        pos=(0, outside, 0),
        size=(radius * 0.17, 0.006),
        zaxis=(0, 1, 0),
        material="steel",
    )
    for spoke in range(5):
        angle = 2 * math.pi * spoke / 5
        place = (radius * 0.36 * math.cos(angle), outside, radius * 0.36 * math.sin(angle))
        _dress(
            wheel,
            "box",
            pos=place,
            size=(radius * 0.2, 0.003, radius * 0.055),
            euler=(0, -angle, 0),
            material="steel",
        )


def dress_track(body: Node, place: Vector, drive: Drive) -> None:
    """A belt with its pads around two toothed wheels, at ``place`` in the body.

    It does not run, the hub between them turns.
    """
    x, y, z = place
    radius, half, reach = (
        drive.wheel_radius,
        drive.wheel_half_width,
        (drive.track_length or 0.0) / 2,
    )
    for end in (1, -1):
        hub = {"pos": (x + end * reach, y, z), "zaxis": (0, 1, 0)}
        _dress(body, "cylinder", size=(radius * 0.94, half * 0.75), material="rubber", **hub)
        _dress(body, "cylinder", size=(radius * 0.72, half), material="steel", **hub)
        _dress(body, "cylinder", size=(radius * 0.50, half + 0.001), material="deck", **hub)
        _dress(body, "cylinder", size=(radius * 0.18, half + 0.004), material="steel", **hub)
        _dress(
            body,
            "box",
            pos=(x, y, z + end * radius * 0.9),
            size=(reach, half * 0.9, radius * 0.06),
            material="rubber",
        )
    for along, up, angle in _belt(reach, radius * 0.95, pads=36):
        _dress(
            body,
            "box",
            pos=(x + along, y, z + up),
            size=(radius * 0.09, half, radius * 0.05),
            euler=(0, angle, 0),
            material="rubber",
        )


def _belt(reach: float, radius: float, pads: int) -> Iterator[tuple[float, float, float]]:
    """Points along a belt around two wheels.

    Forward, up [m], and how far it is turned there [rad].
    """
    straight, bend = 2 * reach, math.pi * radius
    for pad in range(pads):
        way = 2 * (straight + bend) * pad / pads
        back, way = divmod(way, straight + bend)
        # 0 on top, clockwise as seen from the right
        angle = math.pi * back + max(0.0, way - straight) / radius
        along = min(way, straight) - reach
        turned = (-along if back else along) + radius * math.sin(angle)
        yield turned, radius * math.cos(angle), angle


def dress_link(body: Node, joint: Joint, link: Link) -> None:
    """A servo drum on the joint's axis, as wide as the link needs."""
    across = min(link.half_size[1], 0.016) + 0.006
    upright = abs(joint.axis[2]) > 0.5
    size = (max(link.half_size[:2]) * 1.25, 0.006) if upright else (0.018, across)
    _dress(
        body,
        "cylinder",
        pos=(0, 0, 0.006 if upright else 0),
        size=size,
        zaxis=joint.axis,
        material="servo",
    )
    if not upright:
        _dress(body, "cylinder", size=(0.010, across + 0.002), zaxis=joint.axis, material="steel")


def dress_hand(hand: Node, robot: Robot) -> None:
    """The rail on which the fingers slide."""
    farthest = max(gap for _, gap in robot.gripper.opening) / 2
    length, half_width, half_height = robot.gripper.finger_half_size
    root = robot.arm.tool[0] - 2 * length
    _dress(
        hand,
        "box",
        pos=(root - 0.004, 0, 0),
        size=(0.006, farthest + 2 * half_width + 0.004, half_height * 0.8),
        material="servo",
    )


def dress_camera(chassis: Node, camera_link: Node, robot: Robot) -> None:
    """The mast, and a housing behind the camera's eye."""
    camera, lift = robot.camera, robot.chassis.height
    for start, end in pairwise(camera.mast):
        points = (start[0], start[1], start[2] - lift, end[0], end[1], end[2] - lift)
        _dress(chassis, "capsule", fromto=points, size=camera.mast_radius, material="servo")
    if not camera.mast:
        _dress_head(chassis, robot)
    view = (math.cos(camera.pitch), 0.0, -math.sin(camera.pitch))
    behind = tuple(-0.020 * part for part in view)
    _dress(
        camera_link,
        "box",
        pos=behind,
        size=(0.010, 0.026, 0.016),
        euler=(0, camera.pitch, 0),
        material="servo",
    )
    _dress(
        camera_link,
        "cylinder",
        pos=tuple(-0.009 * part for part in view),
        size=(0.010, 0.004),
        zaxis=view,
        material="glass",
    )


def _dress_head(chassis: Node, robot: Robot) -> None:
    """What carries a camera without a mast.

    At the front: a servo, and a plate behind the camera and the range sensor. Over the body: a post
    behind the camera. Nothing of it may be where the camera looks.
    """
    front, lift = robot.chassis.half_size[0], robot.chassis.height
    x, y, top = robot.camera.position
    if x < front + HEAD_MARGIN_M:
        deck, thick, post = (
            robot.chassis.half_size[2],
            robot.camera.mast_radius,
            x - HOUSING_M - robot.camera.mast_radius,
        )
        if top - lift > deck + thick:
            _dress(
                chassis,
                "capsule",
                fromto=(post, y, deck, post, y, top - lift),
                size=thick,
                material="servo",
            )
        return
    low = robot.range_sensor.position[2] if robot.range_sensor else top - 0.03
    behind, middle, half = x - HOUSING_M, (top + low) / 2 - lift, (top - low) / 2
    size = (abs(behind - front) / 2 + HEAD_MARGIN_M, 0.006, 0.011)
    _dress(chassis, "box", pos=((front + behind) / 2, y, middle), size=size, material="servo")
    _dress(
        chassis, "box", pos=(behind, y, middle), size=(0.0015, 0.024, half + 0.014), material="deck"
    )


def _dress(parent: Node, kind: str, **attributes: Any) -> None:
    add(parent, "geom", type=kind, **_DRESS, **attributes)
