"""Transforms compared as rotation matrices and vectors."""

from __future__ import annotations

import numpy as np

from tank_core.robot.frames import Transform, as_pose


def assert_same(one: Transform, other: Transform) -> None:
    """Fail the test where they are not the same transform, of the same frames."""
    for first, second in zip(as_pose(one), as_pose(other), strict=True):
        assert np.allclose(first, second, atol=1e-9)
    assert (one.parent, one.child) == (other.parent, other.child)
