"""Fits shape, size and place to silhouettes.

The support function of an outline is compared with those of cubes, cylinders and balls.

The support function h(theta) of an outline is how far it reaches in direction theta. In the plane
perpendicular to the ray to its middle, an object of width s (as an angle: width over distance)
whose middle is at (u, v) reaches

    h(theta) = s g(theta) + u cos(theta) + v sin(theta)

where g belongs to the shape, its yaw and the angle at which the camera looks down on it. That is
linear in s, u, v, so every hypothesis is a small least squares problem, and directions in which the
outline is cut or hidden are simply left out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from tank_core.commands import Shape
from tank_core.state import Array

DIRECTIONS = 28
YAWS = 12  # of a cube over a quarter turn
RIM = 20  # points on each rim of a cylinder
# the middle of the sizes that such objects have; counts only where the outline tells little
USUAL_M = 0.042
USUAL_SHARE = 0.4  # standard deviation of that, as a share

# chi-square by which a white thing with a side that cannot be seen must fit better than a whole one
SHADE_COST = 6.0

Index = npt.NDArray[np.intp]

ANGLES: Array = np.linspace(0.0, 2 * math.pi, DIRECTIONS, endpoint=False)
COMPASS: Array = np.array([np.cos(ANGLES), np.sin(ANGLES)])  # (2, directions); right and down
_FROM_COMPASS: Array = np.ascontiguousarray(COMPASS.T)
_EACH: Index = np.arange(DIRECTIONS)


def _cubes() -> Array:
    """Return the corners of cubes of width 1 at each yaw: (yaws, 8, 3).

    They are ahead, right, up; the lower four come first.
    """
    yaws = np.arange(YAWS) * (math.pi / 2 / YAWS)
    around = yaws[:, None] + math.pi / 4 + np.arange(4) * (math.pi / 2)
    flat = np.stack((np.cos(around), np.sin(around)), axis=-1) / math.sqrt(2)  # (yaws, 4, 2)
    return np.concatenate(
        [np.concatenate((flat, np.full((YAWS, 4, 1), up)), axis=-1) for up in (-0.5, 0.5)], axis=1
    )


def _cylinder() -> Array:
    """Return points on the rims of a cylinder of width and height 1.

    They are ahead, right, up: (1, 2 rims, 3); the lower rim comes first.
    """
    around = np.arange(RIM) * (2 * math.pi / RIM)
    # The points lie a little outside, so that the polygon is neither larger nor smaller than the
    # circle on average.
    radius = 0.5 / np.sinc(1 / RIM)
    flat = np.column_stack((radius * np.cos(around), radius * np.sin(around)))
    return np.concatenate([np.column_stack((flat, np.full(RIM, up))) for up in (-0.5, 0.5)])[None]


@dataclass(frozen=True)
class Family:
    """The hypotheses for an outline: the ball, and solids by their points.

    The first of them are the cubes at all yaws.
    """

    solids: tuple[tuple[Shape, Array], ...]  # (hypotheses, points, 3) each
    whole: int  # how many of the solids are not shaded

    @cached_property
    def shapes(self) -> tuple[Shape, ...]:
        """The shape of each hypothesis, the ball last."""
        return (*(shape for shape, points in self.solids for _ in points), Shape.BALL)

    @cached_property
    def others(self) -> Array:
        """0 where a hypothesis is of a shape, else infinite.

        It is (shapes, 1, hypotheses).
        """
        return np.array(
            [[[0.0 if kind is shape else np.inf for kind in self.shapes]] for shape in Shape]
        )

    @cached_property
    def cost(self) -> Array:
        """Chi-square (hypotheses,) that each hypothesis must make up for."""
        costs = [
            np.full(len(points), SHADE_COST * (index >= self.whole))
            for index, (_, points) in enumerate(self.solids)
        ]
        return np.concatenate((*costs, [0.0]))

    @cached_property
    def points(self) -> Array:
        """The points of all solids: ahead, right, up, as (3, points)."""
        return np.ascontiguousarray(
            np.concatenate([points.reshape(-1, 3) for _, points in self.solids]).T
        )

    @cached_property
    def starts(self) -> Index:
        """The index of the first point of each solid: (hypotheses - 1,)."""
        counts = [points.shape[1] for _, points in self.solids for _ in points]
        return np.cumsum([0, *counts[:-1]])


def _shaded(cubes: Array, cylinder: Array) -> tuple[tuple[Shape, Array], ...]:
    """Return white things on whose shaded sides the light is that of the floor.

    Only the top is seen, or the top and one side. Of a cube's sides, those between its corners 0, 1
    and 2 look at the camera; of a cylinder's rim, a half of which is 90 to 270 degrees.
    """
    quarter = RIM // 4
    halves = (slice(quarter, 2 * quarter + 1), slice(2 * quarter, 3 * quarter + 1))
    cube_top, cylinder_top = cubes[:, 4:], cylinder[:, RIM:]
    return (
        (Shape.CUBE, cube_top),
        *(
            (Shape.CUBE, np.concatenate((cube_top, cubes[:, side : side + 2]), axis=1))
            for side in (0, 1)
        ),
        (Shape.CYLINDER, cylinder_top),
        *(
            (Shape.CYLINDER, np.concatenate((cylinder_top, cylinder[:, half]), axis=1))
            for half in halves
        ),
    )


_WHOLE = ((Shape.CUBE, _cubes()), (Shape.CYLINDER, _cylinder()))
PLAIN_FAMILY = Family(_WHOLE, len(_WHOLE))
WHITE_FAMILY = Family((*_WHOLE, *_shaded(_cubes(), _cylinder())), len(_WHOLE))


@dataclass(frozen=True)
class Outlines:
    """The measurements of n outlines.

    Angles are in [rad], in the plane perpendicular to the ray to each one's middle.
    """

    reach: Array  # support function  # (n, directions)
    # 1 where the reach is the object's own border, 0 where it is cut or hidden, or in between  #
    # (n, directions)
    weight: Array
    depression: Array  # of the ray to the middle [rad]  # (n,)
    distance: Array  # roughly [m]  # (n,)
    noise: Array  # standard deviation of the reach: about half a pixel  # (n,)


@dataclass(frozen=True)
class Fits:
    """The best hypothesis for each of n outlines."""

    shape: tuple[Shape, ...]
    # chi-square of each Shape over that of the best one, at the noise that the fit itself shows  #
    # (n, shapes)
    excess: Array
    rms: Array  # how badly it fits, in units of the noise  # (n,)
    values: Array  # s, u, v [rad]  # (n, 3)
    covariance: Array  # (n, 3, 3)


def supports(points: Array) -> tuple[Array, Array]:
    """Return how far points (n, 2) reach in each direction, and which one does.

    Both are (directions,).
    """
    along = _FROM_COMPASS @ points.T
    first = along.argmax(axis=1)
    return along[_EACH, first], first


def fit(outlines: Outlines, family: Family = PLAIN_FAMILY) -> Fits:
    """Return the shape, angular size and middle of each outline."""
    usual = USUAL_M / outlines.distance
    model = _reaches(family, outlines.depression, usual)  # (n, hypotheses, directions)
    values, left = _solve(outlines, model, usual)
    cube = left[:, :YAWS].argmin(axis=1)
    rows = np.arange(len(cube))
    left[rows, cube] = _between(left[:, :YAWS], rows, cube)
    cost = left + family.cost
    best = cost.argmin(axis=1)
    each = (cost + family.others).min(axis=2).T  # (n, shapes)
    free = np.maximum(outlines.weight.sum(axis=1) - 3, 1)
    rms = np.sqrt(left[rows, best] / free)
    covariance = (
        np.linalg.inv(_precision(outlines, model[rows, best], usual))
        * np.maximum(rms, 1.0)[:, None, None] ** 2
    )
    excess = (each - each.min(axis=1, keepdims=True)) / np.square(np.maximum(rms, 1.0))[:, None]
    return Fits(
        tuple(family.shapes[index] for index in best), excess, rms, values[rows, best], covariance
    )


def _between(left: Array, rows: Index, best: Index) -> Array:
    """Return what a cube between the yaws that are tried would leave.

    It is the lowest point of a parabola through the best one and its neighbors.
    """
    here, before, after = (left[rows, (best + step) % YAWS] for step in (0, -1, 1))
    bend = np.maximum(before + after - 2 * here, 1e-9)
    lowest: Array = np.maximum(here - (after - before) ** 2 / (8 * bend), 0.0)
    return lowest


def _solve(outlines: Outlines, model: Array, usual: Array) -> tuple[Array, Array]:
    """Solve for s, u, v of every hypothesis.

    Returns them (n, m, 3), and what is left of chi-square (n, m). The equations are [a b; b^T C]
    [s; m] = [r; q] with m = (u, v). C and q are the same for all hypotheses of an outline, so m is
    eliminated: s = (r - b C^-1 q) / (a - b C^-1 b^T), m = C^-1 (q - b^T s).
    """
    weight = outlines.weight / np.square(outlines.noise[:, None])  # (n, directions)
    weighted = model * weight[:, None]
    known = 1 / (USUAL_SHARE * usual) ** 2
    a = (weighted * model).sum(axis=2) + known[:, None]
    b = weighted @ _FROM_COMPASS  # (n, m, 2)
    r = (weighted @ outlines.reach[:, :, None])[..., 0] + (known * usual)[:, None]
    q = (weight * outlines.reach) @ _FROM_COMPASS  # (n, 2)
    inverse = np.linalg.inv(_middles(weight, usual))
    eliminated = b @ inverse  # (n, m, 2)
    scale = (r - (eliminated @ q[:, :, None])[..., 0]) / (a - (eliminated * b).sum(axis=2))
    middle = (q[:, None] - b * scale[..., None]) @ inverse
    errors = outlines.reach[:, None] - model * scale[..., None] - middle @ COMPASS
    # What is hidden may reach farther than what is seen, but the object must reach at least as far
    # as that.
    hidden = (1 - outlines.weight) / np.square(outlines.noise[:, None])
    left: Array = (
        np.square(errors) @ weight[:, :, None]
        + np.square(np.maximum(errors, 0.0)) @ hidden[:, :, None]
    )[..., 0]
    return np.concatenate((scale[..., None], middle), axis=2), left


def _middles(weight: Array, usual: Array) -> Array:
    """Return the precision (n, 2, 2) of u, v alone."""
    # where too few directions are left, the middle is within an object's width of the blob's
    loose = 1 / usual**2
    precision: Array = (weight[:, None] * COMPASS) @ _FROM_COMPASS + loose[:, None, None] * np.eye(
        2
    )
    return precision


def _precision(outlines: Outlines, model: Array, usual: Array) -> Array:
    """Return the precision (n, 3, 3) of s, u, v, for one hypothesis each.

    ``model`` is (n, directions).
    """
    weight = outlines.weight / np.square(outlines.noise[:, None])
    precision = np.empty((len(model), 3, 3))
    precision[:, 0, 0] = (weight * model * model).sum(axis=1) + 1 / (USUAL_SHARE * usual) ** 2
    precision[:, 0, 1:] = precision[:, 1:, 0] = (weight * model) @ _FROM_COMPASS
    precision[:, 1:, 1:] = _middles(weight, usual)
    return precision


def _reaches(family: Family, depression: Array, size: Array) -> Array:
    """Return g of every hypothesis: (n, hypotheses, directions).

    It is seen at ``depression`` [rad] by a camera that is 1 / ``size`` widths away.
    """
    sine, cosine = np.sin(depression)[:, None], np.cos(depression)[:, None]
    ahead, right, up = family.points
    nearness = 1 / (1 + size[:, None] * (ahead * cosine - up * sine))
    # (n, points, 2)
    flat = np.stack((right * nearness, -(ahead * sine + up * cosine) * nearness), axis=-1)
    reach = np.empty((len(size), len(family.shapes), DIRECTIONS))
    reach[:, :-1] = np.maximum.reduceat(flat @ COMPASS, family.starts, axis=1)
    reach[:, -1] = (0.5 / np.sqrt(1 - (size / 2) ** 2))[:, None]
    return reach
