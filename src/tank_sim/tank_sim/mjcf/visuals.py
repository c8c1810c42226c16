"""Parts that only dress the robot: they have no mass and touch nothing."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from tank_core.geometry import Vector
from tank_core.robot import Drive, Joint, Link, Robot
from tank_core.robot.xml_text import Node, add
from tank_sim.mjcf.names import NOTHING, VISUAL_GROUP

# the servo that carries a camera at the front reaches so far before and behind what it joins
HEAD_MARGIN_M = 0.008
HOUSING_M = 0.030  # the camera's housing reaches so far behind its eye
LOW_ARM_M = 0.015  # an arm whose first joint is no higher over the deck stands on it

# a wheel's drums: radius as a share of the wheel's, half their length [m], material
HUB = ((0.62, 0.0015, "steel"), (0.52, 0.002, "deck"), (0.17, 0.006, "steel"))

Size = tuple[float, float]  # of a drum: its radius and half its length [m]
ALONG: Vector = (1, 0, 0)
ACROSS: Vector = (0, 1, 0)
MIDDLE: Vector = (0, 0, 0)


def add_body(body: Node, robot: Robot) -> None:
    """Add a deck, bumpers, lamps, and what carries an arm over the deck.

    No lamps where a camera head takes their place.
    """
    x, y, z = robot.chassis.half_size
    first, deck = robot.arm.joints[0].origin, robot.chassis.height + z
    if (rise := first[2] - deck) > LOW_ARM_M:
        across = robot.arm.links[0].half_size[1] + 0.008
        for side in (1, -1):
            place = (first[0] - 0.01, side * across, z + rise / 2)
            _box(body, place, (0.016, 0.002, rise / 2 + 0.008), "deck")
    _box(body, (0, 0, z + 0.0015), (x * 0.96, y * 0.92, 0.0015), "deck")
    for end in (1, -1):
        _box(body, (end * x, 0, -z * 0.35), (0.004, y * 0.96, z * 0.22), "deck")
    for side in (1, -1) if robot.camera.mast else ():
        place = (x, side * y * 0.66, z * 0.35)
        _drum(body, place, (z * 0.36, 0.003), ALONG, "steel")
        light = {"size": (z * 0.27, 0.0045), "rgba": (1.0, 0.97, 0.85, 1)}
        _add(body, "cylinder", pos=place, zaxis=ALONG, **light)


def add_range_sensor(body: Node, robot: Robot) -> None:
    """Add an ultrasonic sensor: a board, and two drums on it.

    It measures from their faces.
    """
    if robot.range_sensor is None:
        return
    x, y, z = robot.range_sensor.position
    z -= robot.chassis.height
    _box(body, (x - 0.013, y, z), (0.001, 0.0225, 0.010), "body")
    for side in (1, -1):
        _drum(body, (x - 0.006, y + side * 0.013, z), (0.008, 0.006), ALONG, "steel")


def add_wheel(wheel: Node, drive: Drive, side: int) -> None:
    """Add a rim, and a hub with bolts, by which one sees it turn."""
    radius, outside = drive.wheel_radius, side * drive.wheel_half_width
    for share, half, material in HUB:
        _drum(wheel, (0, outside, 0), (radius * share, half), ACROSS, material)
    bolt = (radius * 0.2, 0.003, radius * 0.055)
    for spoke in range(5):
        angle = 2 * math.pi * spoke / 5
        place = (radius * 0.36 * math.cos(angle), outside, radius * 0.36 * math.sin(angle))
        _box(wheel, place, bolt, "steel", euler=(0, -angle, 0))


def add_track(body: Node, place: Vector, drive: Drive) -> None:
    """Add a belt with its pads around two toothed wheels, at ``place`` [m].

    It does not run; the hub between the wheels turns.
    """
    x, y, z = place
    radius, half, reach = drive.wheel_radius, drive.wheel_half_width, (drive.track_length or 0) / 2
    for end in (1, -1):
        hub = (x + end * reach, y, z)
        _drum(body, hub, (radius * 0.94, half * 0.75), ACROSS, "rubber")
        _drum(body, hub, (radius * 0.72, half), ACROSS, "steel")
        _drum(body, hub, (radius * 0.50, half + 0.001), ACROSS, "deck")
        _drum(body, hub, (radius * 0.18, half + 0.004), ACROSS, "steel")
        run = (x, y, z + end * radius * 0.9)
        _box(body, run, (reach, half * 0.9, radius * 0.06), "rubber")
    pad = (radius * 0.09, half, radius * 0.05)
    for along, up, angle in _belt(reach, radius * 0.95, pads=36):
        _box(body, (x + along, y, z + up), pad, "rubber", euler=(0, angle, 0))


def _belt(reach: float, radius: float, pads: int) -> Iterator[tuple[float, float, float]]:
    """Points along a belt around two wheels: forward, up [m], slope [rad]."""
    straight, bend = 2 * reach, math.pi * radius
    for pad in range(pads):
        way = 2 * (straight + bend) * pad / pads
        back, way = divmod(way, straight + bend)
        # 0 on top, clockwise as seen from the right
        angle = math.pi * back + max(0.0, way - straight) / radius
        along = min(way, straight) - reach
        turned = (-along if back else along) + radius * math.sin(angle)
        yield turned, radius * math.cos(angle), angle


def add_servo(body: Node, joint: Joint, link: Link) -> None:
    """Add a servo drum on the joint's axis, as wide as the link needs."""
    across = min(link.half_size[1], 0.016) + 0.006
    if abs(joint.axis[2]) > 0.5:  # upright
        size = (max(link.half_size[:2]) * 1.25, 0.006)
        _drum(body, (0, 0, 0.006), size, joint.axis, "servo")
    else:
        _drum(body, MIDDLE, (0.018, across), joint.axis, "servo")
        _drum(body, MIDDLE, (0.010, across + 0.002), joint.axis, "steel")


def add_hand(hand: Node, robot: Robot) -> None:
    """Add the rail on which the fingers slide."""
    farthest = max(gap for _, gap in robot.gripper.opening) / 2
    length, half_width, half_height = robot.gripper.finger_half_size
    root = robot.arm.tool[0] - 2 * length
    size = (0.006, farthest + 2 * half_width + 0.004, half_height * 0.8)
    _box(hand, (root - 0.004, 0, 0), size, "servo")


def add_camera(chassis: Node, camera_link: Node, robot: Robot) -> None:
    """Add the mast, and a housing behind the camera's eye."""
    camera, lift = robot.camera, robot.chassis.height
    for start, end in pairwise(camera.mast):
        points = (start[0], start[1], start[2] - lift, end[0], end[1], end[2] - lift)
        _rod(chassis, points, camera.mast_radius)
    if not camera.mast:
        _add_camera_head(chassis, robot)
    view = (math.cos(camera.pitch), 0.0, -math.sin(camera.pitch))
    behind = (-0.020 * view[0], -0.020 * view[1], -0.020 * view[2])
    lens = (-0.009 * view[0], -0.009 * view[1], -0.009 * view[2])
    _box(camera_link, behind, (0.010, 0.026, 0.016), "servo", euler=(0, camera.pitch, 0))
    _drum(camera_link, lens, (0.010, 0.004), view, "glass")


def _add_camera_head(chassis: Node, robot: Robot) -> None:
    """Add what carries a camera without a mast.

    At the front: a servo, and a plate behind the camera and the range sensor. Over the body: a post
    behind the camera. Nothing of it may be where the camera looks.
    """
    front, lift = robot.chassis.half_size[0], robot.chassis.height
    x, y, top = robot.camera.position
    if x < front + HEAD_MARGIN_M:
        deck, thick = robot.chassis.half_size[2], robot.camera.mast_radius
        post = x - HOUSING_M - thick
        if top - lift > deck + thick:
            _rod(chassis, (post, y, deck, post, y, top - lift), thick)
        return
    low = robot.range_sensor.position[2] if robot.range_sensor else top - 0.03
    behind, middle, half = x - HOUSING_M, (top + low) / 2 - lift, (top - low) / 2
    size = (abs(behind - front) / 2 + HEAD_MARGIN_M, 0.006, 0.011)
    _box(chassis, ((front + behind) / 2, y, middle), size, "servo")
    _box(chassis, (behind, y, middle), (0.0015, 0.024, half + 0.014), "deck")


def _box(parent: Node, place: Vector, half_size: Vector, material: str, **more: Any) -> None:
    _add(parent, "box", pos=place, size=half_size, material=material, **more)


def _drum(parent: Node, place: Vector, size: Size, axis: Vector, material: str) -> None:
    _add(parent, "cylinder", pos=place, size=size, zaxis=axis, material=material)


def _rod(parent: Node, ends: tuple[float, ...], radius: float) -> None:
    _add(parent, "capsule", fromto=ends, size=radius, material="servo")


def _add(parent: Node, kind: str, **attributes: Any) -> None:
    add(parent, "geom", type=kind, mass=0, group=VISUAL_GROUP, **NOTHING, **attributes)
