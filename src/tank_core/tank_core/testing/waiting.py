"""Waiting in tests, for what other threads and processes do."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_S = 300.0  # a machine may have eight times the work that it can do
PERIOD_S = 0.005


def comes_true(condition: Callable[[], object], patience: float = PATIENCE_S) -> bool:
    """Whether it comes true in time; waits no longer than needed."""
    end = time.monotonic() + patience
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(PERIOD_S)
    return True


def wait_for(
    condition: Callable[[], object], what: str = "it", patience: float = PATIENCE_S
) -> None:
    """Wait until something is true; fails the test that waits too long."""
    assert comes_true(condition, patience), f"waited {patience:g} s for {what}"
