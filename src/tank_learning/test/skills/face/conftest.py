"""A few turns in simulation, made once for all tests of facing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tank_core.robot import Robot, load_robot

if TYPE_CHECKING:  # they need the training tools, without which the tests skip themselves
    from tank_learning.skills.face.sighting import ColorSight
    from tank_learning.skills.face.turning_data import TurnTransitions

SEEDS = range(43, 60)


@pytest.fixture(scope="session")
def rasptank() -> Robot:
    """The robot that turns."""
    return load_robot("rasptank")


@pytest.fixture(scope="session")
def sight(rasptank: Robot) -> ColorSight:
    """The color rule."""
    from tank_learning.skills.face.sighting import ColorSight

    return ColorSight(rasptank)


@pytest.fixture(scope="session")
def turns(rasptank: Robot) -> TurnTransitions:
    """48 transitions of four scenes, of which both robots made some."""
    from tank_learning.skills.face.turning_data import Collector

    with Collector(rasptank) as collector:
        return collector.collect(48, SEEDS)
