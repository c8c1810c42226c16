"""Slip, noise and dead bands.

Each does what its number says, and nothing when it is zero.
"""

import numpy as np
import pytest

from tank_sim.realism.imperfections import WHEEL_SHARE, Imperfections
from tank_sim.realism.levels import IDEAL, REAL, Realism

STEP = 0.02  # [s]


def record(faults, draw, steps=4000):
    values = []
    for _ in range(steps):
        faults.step(STEP)
        values.append(draw())
    return np.array(values)


def test_the_same_seed_draws_the_same_and_another_one_does_not():
    def drawn(seed):
        faults = Imperfections(REAL, 3)
        faults.reset(seed)
        return record(
            faults,
            lambda: (*faults.over_reading, *faults.wheel_speeds(1.0, 1.0), *faults.joint_errors),
            20,
        )

    assert (drawn(4) == drawn(4)).all()
    assert (drawn(4) != drawn(5)).all()


def test_ideal_changes_nothing():
    faults = Imperfections(IDEAL, 2)
    faults.step(STEP)
    assert not faults.active
    assert faults.over_reading == (1.0, 1.0)
    assert faults.wheel_speeds(0.3, -1e-9) == (0.3, -1e-9)
    assert faults.servo_target(0.1, 0.1 + 1e-9) == 0.1
    assert faults.distance(1.0) == 1.0
    assert not faults.joint_errors.any()


def test_over_seeds_the_slip_is_on_average_what_it_is_called():
    faults, means = Imperfections(Realism(wheel_slip=0.02), 0), []
    for seed in range(300):
        faults.reset(seed)
        means.append(faults.over_reading)
    assert np.mean(means) == pytest.approx(1.02, abs=0.001)
    # bias and drift, of two wheels
    assert np.std(np.subtract(*np.transpose(means))) == pytest.approx(
        0.02 * WHEEL_SHARE * 2, rel=0.2
    )


def test_drift_has_the_size_of_its_number_and_changes_slowly():
    faults = Imperfections(Realism(wheel_noise=0.03), 0)
    left = record(faults, lambda: faults.wheel_speeds(1.0, 1.0)[0] - 1)
    assert left.std() == pytest.approx(0.03, rel=0.3)
    # what a time constant of 1 s leaves in a step
    assert np.diff(left).std() == pytest.approx(0.03 * np.sqrt(2 * STEP), rel=0.1)


def test_dead_bands():
    faults = Imperfections(Realism(wheel_dead_band=0.05, servo_dead_band=0.01), 0)
    assert faults.wheel_speeds(0.049, -0.051) == (0.0, -0.051)
    assert faults.servo_target(0.509, 0.5) == 0.5
    assert faults.servo_target(0.511, 0.5) == 0.511


def test_readings_stray_by_their_numbers():
    faults = Imperfections(Realism(joint_noise=0.003, range_noise=0.005), 4)
    assert record(faults, lambda: faults.joint_errors).std() == pytest.approx(0.003, rel=0.1)
    assert np.std([faults.distance(1.0) for _ in range(2000)]) == pytest.approx(0.005, rel=0.1)
