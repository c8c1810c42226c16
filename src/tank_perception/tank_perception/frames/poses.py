"""Arithmetic of poses: composed, inverted, and in between. Pure."""

from __future__ import annotations

import math

from tank_core.geometry import Quaternion, Vector, wrap
from tank_core.robot.frames import Transform, about, multiply, rotate
from tank_perception.frames.history import TransformError, blend


def between(first: Transform, second: Transform, share: float) -> Transform:
    """Go from one pose of a frame to another by a share.

    It goes straight, and by the shorter turn about one axis (slerp).
    """
    shift = tuple(
        blend(a, b, share) for a, b in zip(first.translation, second.translation, strict=True)
    )
    turn = multiply(_conjugate(first.rotation), second.rotation)
    axis, length = turn[:3], math.hypot(*turn[:3])
    if length < 1e-12:
        return Transform(second.parent, second.child, _vector(shift), second.rotation)
    angle = wrap(2.0 * math.atan2(length, turn[3]))
    rotation = multiply(first.rotation, about(axis, angle * share))
    return Transform(second.parent, second.child, _vector(shift), rotation)


def compose(first: Transform, second: Transform) -> Transform:
    """Return first.parent -> second.child; second.parent is first.child."""
    shift = rotate(first.rotation, second.translation)
    place = tuple(a + b for a, b in zip(first.translation, shift, strict=True))
    return Transform(
        first.parent, second.child, _vector(place), multiply(first.rotation, second.rotation)
    )


def inverse(transform: Transform) -> Transform:
    """Return the parent in the child."""
    back = _conjugate(transform.rotation)
    x, y, z = rotate(back, transform.translation)
    return Transform(transform.child, transform.parent, (-x, -y, -z), back)


def checked(transform: Transform) -> Transform:
    """Return a transform with names as tf2 takes them, rotation of length 1.

    Some publishers round the rotation. Raises TransformError for what is no pose.
    """
    parent, child = bare(transform.parent), bare(transform.child)
    if not parent or not child:
        raise TransformError(
            f"transform {parent!r} -> {child!r} is refused: each of the two frames needs a name"
        )
    if parent == child:
        raise TransformError(
            f"transform {parent} -> {child} is refused: a frame cannot hang on itself; its sender "
            "must name its parent"
        )
    x, y, z, w = transform.rotation
    length = math.hypot(x, y, z, w)
    if not (
        math.isfinite(length)
        and all(map(math.isfinite, transform.translation))
        and abs(length - 1.0) < 0.1
    ):
        what = f"translation {transform.translation}, rotation {transform.rotation}"
        raise TransformError(
            f"transform {parent} -> {child} is no pose: {what}; give finite numbers, a unit "
            "quaternion"
        )
    return Transform(
        parent, child, transform.translation, (x / length, y / length, z / length, w / length)
    )


def bare(frame: str) -> str:
    """A frame's name without the slash of ROS 1, as tf2 takes it."""
    return frame.removeprefix("/")


def _conjugate(rotation: Quaternion) -> Quaternion:
    x, y, z, w = rotation
    return -x, -y, -z, w


def _vector(values: tuple[float, ...]) -> Vector:
    x, y, z = values
    return x, y, z
