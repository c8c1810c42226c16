"""Two things of one color that touch become two, each where it is.

One thing stays one, whatever hides a part of it.
"""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rendered import Stage, spoiled

from tank_core.commands import Color, Shape
from tank_perception.detection.findings import find_objects
from tank_perception.detection.segmentation import blob_of
from tank_perception.detection.touching import parted
from tank_sim.worlds import on_floor

SIZE = (200, 200)
NOTHING = np.zeros(SIZE, np.uint8)


def blobs(draw, color=Color.RED):
    """The blobs that ``draw`` paints into an empty mask."""
    mask = NOTHING.copy()
    draw(mask)
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return tuple(blob_of(color, contour.reshape(-1, 2)) for contour in contours)


def discs(*places, radius=15):
    def draw(mask):
        for place in places:
            cv2.circle(mask, place, radius, 255, cv2.FILLED)

    return draw


def centroid(blob):
    moments = cv2.moments(blob.contour)
    return np.array([moments["m10"], moments["m01"]]) / moments["m00"]


@settings(max_examples=40)
@given(st.floats(0.0, 3.1), st.integers(9, 25), st.floats(1.6, 1.9))
def test_two_discs_are_parted_between_them_wherever_one_is(angle, radius, apart):
    middles = np.rint(
        [
            (
                100 + sign * radius * apart / 2 * np.cos(angle),
                100 + sign * radius * apart / 2 * np.sin(angle),
            )
            for sign in (-1, 1)
        ]
    )
    whole = blobs(discs(*middles.astype(int).tolist(), radius=radius))
    parts = parted(whole, NOTHING)
    assert len(whole) == 1
    assert len(parts) == 2
    for middle in middles:
        near = min(parts, key=lambda part: np.linalg.norm(centroid(part) - middle))
        assert centroid(near) == pytest.approx(middle, abs=0.1 * radius + 0.5)
        assert near.area == pytest.approx(np.pi * radius**2, rel=0.2)
        assert len(near.cuts) == 2
    assert sum(part.area for part in parts) == pytest.approx(whole[0].area, rel=0.1)


def test_three_in_a_row_are_three():
    parts = parted(blobs(discs((70, 100), (96, 100), (122, 100))), NOTHING)
    assert sorted(centroid(part)[0] for part in parts) == pytest.approx([70, 96, 122], abs=2)


@settings(max_examples=40)
@given(st.floats(0.0, 6.3), st.integers(4, 30), st.floats(0.4, 1.0))
def test_one_thing_stays_one(angle, radius, flat):
    corners = cv2.boxPoints(((100.0, 100.0), (2 * radius, 2 * radius * flat), np.degrees(angle)))
    ellipse = ((100.0, 100.0), (2 * radius, 2 * radius * flat), np.degrees(angle))
    for draw in (
        lambda mask: cv2.fillConvexPoly(mask, np.rint(corners).astype(int), 255),
        lambda mask: cv2.ellipse(mask, ellipse, 255, cv2.FILLED),
    ):
        whole = blobs(draw)
        assert parted(whole, NOTHING) == whole


def test_what_something_else_bites_into_is_not_parted():
    """Two dents as between two discs, but there is something in them.

    The robot, or a thing of another color.
    """
    waist = blobs(discs((86, 100), (112, 100)))
    dents = blobs(discs((99, 82), (99, 118), radius=8), Color.BLUE)
    robot = NOTHING.copy()
    discs((99, 82), (99, 118), radius=8)(robot)
    assert len(parted(waist, NOTHING)) == 2
    assert parted(waist, robot) == waist
    assert parted(waist + dents, NOTHING) == waist + dents


@pytest.mark.parametrize(
    "kinds", [(Shape.CUBE, Shape.CUBE), (Shape.BALL, Shape.CYLINDER), (Shape.CUBE, Shape.BALL)]
)
@pytest.mark.parametrize("sizes", [(0.04, 0.04), (0.04, 0.05)])
def test_rendered_pairs_side_by_side_are_two_objects_where_they_are(robot, kinds, sizes):
    gap = sum(sizes) / 2 * 1.05
    pair = [
        on_floor(Color.RED, kind, size, (0.55 + 0.01 * side, 0.12 + gap / 2 * side), 0.05)
        for kind, size, side in zip(kinds, sizes, (-1, 1), strict=True)
    ]
    stage = Stage(robot, [replace(thing, number=index + 1) for index, thing in enumerate(pair)])
    rgb, view = stage.shoot()
    stage.close()
    findings = find_objects(spoiled(rgb, 1.0), view, robot).findings
    assert len(findings) == 2
    for thing in pair:
        near = min(findings, key=lambda finding: np.linalg.norm(finding.position - thing.position))
        assert near.position == pytest.approx(thing.position, abs=0.01)
        assert near.shape in (thing.shape, None)
        assert not near.obstacle
