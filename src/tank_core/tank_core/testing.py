"""A pytest plugin with what the tests of all packages share; pyproject.toml loads it.

No test may depend on how fast a machine is: property tests have no deadline, and none is refused because its examples
took long to make. They take the same examples in each run, so that a change is what makes one fail, and write none to
disk; ``--hypothesis-profile=explore`` takes others each time.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("tank", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("explore", settings.get_profile("tank"), derandomize=False, print_blob=True)
settings.load_profile("tank")


class SteppedClock:
    """A clock [s] that stands still but while somebody sleeps by it, which takes no time."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, duration: float) -> None:
        self.now += duration


@pytest.fixture
def stepped_clock() -> SteppedClock:
    """For whoever takes ``clock`` and ``sleep``."""
    return SteppedClock()
