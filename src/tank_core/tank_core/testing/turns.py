"""Turns of the processes of one test run: some tests need the machine alone.

``@pytest.mark.alone`` is for what measures real time through several processes: while such a test
runs, the run's other processes (pytest-xdist) wait between two of their tests.
"""

from __future__ import annotations

import fcntl
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def turn(folder: Path, alone: bool) -> Iterator[None]:
    """Hold the machine together with others, or alone.

    Whoever wants it alone keeps the door shut while the others come to their ends: a stream of
    short tests would keep it out for ever.
    """
    with (folder / "door").open("w") as door, (folder / "room").open("w") as room:
        fcntl.flock(door, fcntl.LOCK_EX)
        fcntl.flock(room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(door, fcntl.LOCK_UN)
        yield  # closing the files gives them back, also when the process is killed


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put files of tests that want the machine alone last, so that few wait.

    And first those with slow ones, so that at the end of the others no process is left with a
    long one.
    """
    slow, alone = (
        {item.path for item in items if item.get_closest_marker(mark)} for mark in ("slow", "alone")
    )
    items.sort(key=lambda item: (item.path in alone, item.path not in slow))


@pytest.fixture(autouse=True)
def _turn(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Generator[None, None, None]:
    """Every test waits for its turn, where a run has several processes."""
    if not hasattr(request.config, "workerinput"):
        yield
        return
    folder = tmp_path_factory.getbasetemp().parent  # all processes of a run share it
    with turn(folder, alone=request.node.get_closest_marker("alone") is not None):
        yield
