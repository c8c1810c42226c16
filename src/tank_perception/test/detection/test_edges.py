"""The edge of a painted disc, read from an image, to a small part of a pixel."""

import cv2
import numpy as np
import pytest

from tank_perception.detection.edges import edge_offsets

MIDDLE = np.array([40.3, 39.8])
FINE = 16  # the disc is painted so much larger, and made smaller as a camera does
USUAL = 0.15


def disc(radius: float, color: tuple[int, int, int], floor: tuple[int, int, int]) -> np.ndarray:
    large = np.full((80 * FINE, 80 * FINE, 3), floor, np.uint8)
    middle = np.rint((MIDDLE + 0.5) * FINE - 0.5).astype(int).tolist()
    cv2.circle(large, middle, round(radius * FINE), color, cv2.FILLED)
    small = cv2.resize(large, (80, 80), interpolation=cv2.INTER_AREA)
    return cv2.GaussianBlur(small, (0, 0), 0.6)


def border(radius: float) -> tuple[np.ndarray, np.ndarray]:
    """Middles of pixels at the disc's border, and where outward is."""
    turns = np.linspace(0.0, 2 * np.pi, 60, endpoint=False)
    points = np.rint(MIDDLE + radius * np.column_stack((np.cos(turns), np.sin(turns))))
    aside = points - MIDDLE
    return points, aside / np.linalg.norm(aside, axis=1)[:, None]


@pytest.mark.parametrize("radius", [4.0, 4.37, 5.6, 12.25])
@pytest.mark.parametrize("color", [(200, 40, 40), (20, 20, 20), (190, 190, 60)])
def test_the_edge_lies_where_the_disc_ends(radius: float, color: tuple[int, int, int]) -> None:
    points, outward = border(radius)
    offsets = edge_offsets(disc(radius, color, (75, 75, 78)), points, outward, USUAL)
    reached = np.linalg.norm(points + outward * offsets[:, None] - MIDDLE, axis=1)
    assert reached.mean() == pytest.approx(radius, abs=0.12)
    assert np.std(reached) < 0.12


def test_where_no_edge_shows_it_is_the_usual_one() -> None:
    points, outward = border(5.0)
    faint = disc(5.0, (80, 80, 83), (75, 75, 78))
    assert edge_offsets(faint, points, outward, USUAL) == pytest.approx(USUAL)
    corner = np.array([[0.0, 0.0]])  # nothing is read beyond the image
    assert edge_offsets(faint, corner, np.array([[-1.0, 0.0]]), USUAL) == pytest.approx(USUAL)
