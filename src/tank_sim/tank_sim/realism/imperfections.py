"""Imperfections of wheels, joints and the range sensor, step by step.

Pure; the numbers come from the seed alone.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from tank_sim.realism.levels import Realism

Pair = tuple[float, float]  # left, right

DRIFT_TIME = 1.0  # [s] in which slip and actuator noise forget their past
# of the slip, by which the wheels differ from each other for good, and by which each wanders
WHEEL_SHARE = 0.25


class Imperfections:
    """Draws for one robot and seed.

    ``step`` once a control period; the rest only says what the last step drew.
    """

    def __init__(self, realism: Realism, joints: int) -> None:
        self.realism = realism
        self._joints = joints
        self.active = not realism.is_ideal
        self.reset(0)

    def reset(self, seed: int) -> None:
        """Begin again as another robot, or the same one for the same seed."""
        self._dice = np.random.default_rng([seed, 1])
        # of the slip, per wheel
        self._bias = 1 + WHEEL_SHARE * np.clip(self._dice.standard_normal(2), -3, 3)
        # slip of left and right, speed of left and right; standard deviation 1
        self._drift = self._dice.standard_normal(4)
        self.joint_errors = self._draw_joint_errors()

    def step(self, duration: float) -> None:
        """Draw anew for the next ``duration`` [s].

        Two Ornstein-Uhlenbeck processes a wheel (exact discretization), and new reading errors.
        """
        keep = math.exp(-duration / DRIFT_TIME)
        self._drift = keep * self._drift + math.sqrt(1 - keep * keep) * self._dice.standard_normal(
            4
        )
        self.joint_errors = self._draw_joint_errors()

    def _draw_joint_errors(self) -> npt.NDArray[np.float64]:
        return self.realism.joint_noise * self._dice.standard_normal(self._joints)

    @property
    def over_reading(self) -> Pair:
        """Factors by which the odometry over-reads each wheel.

        Its angle and its speed, now.
        """
        left, right = (
            1 + self.realism.wheel_slip * (self._bias + WHEEL_SHARE * self._drift[:2])
        ).tolist()
        return left, right

    def wheel_speeds(self, left: float, right: float) -> Pair:
        """The speeds [rad/s] that the drives aim at when asked for these."""
        factors = (1 + self.realism.wheel_noise * self._drift[2:]).tolist()
        band = self.realism.wheel_dead_band
        return (
            left * factors[0] if abs(left) >= band else 0.0,
            right * factors[1] if abs(right) >= band else 0.0,
        )

    def servo_target(self, target: float, last: float) -> float:
        """The target [rad] that a servo really takes.

        It stands at its target ``last`` and is told ``target``.
        """
        return last if abs(target - last) < self.realism.servo_dead_band else target

    def distance(self, true: float) -> float:
        """A reading [m] of the range sensor, where ``true`` would be right."""
        return true + self.realism.range_noise * float(self._dice.standard_normal())
