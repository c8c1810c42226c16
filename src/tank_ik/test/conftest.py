"""Arms and random numbers for the tests of tank_ik."""

import numpy as np
import pytest

from tank_core.robot import Robot
from tank_ik import Chain


@pytest.fixture(scope="session")
def chain(robot: Robot) -> Chain:
    return Chain.from_robot(robot)


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.fixture(scope="session")
def odd_chain() -> Chain:
    """Six joints on skewed axes with offsets, which no exact solution fits."""
    random = np.random.default_rng(3)
    axes = random.normal(size=(6, 3))
    return Chain(
        names=tuple(f"joint_{index}" for index in range(6)),
        origins=random.uniform(-0.15, 0.15, (6, 3)),
        axes=axes / np.linalg.norm(axes, axis=1)[:, None],
        lower=np.full(6, -2.0),
        upper=np.full(6, 2.0),
        home=np.zeros(6),
        tool=np.array([0.1, 0.02, -0.03]),
    )
