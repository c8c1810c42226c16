"""Names tests that take long and are not marked so, after a run."""

from __future__ import annotations

import os
from collections import defaultdict

import pytest

SLOW_S = 0.5  # what takes more is marked ``slow``
AT_MOST = 20  # are named


class Durations:
    """Sums up what each test took, with its fixtures [s]."""

    def __init__(self) -> None:
        self._took: dict[str, float] = defaultdict(float)
        self._marked: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """After each part of a test."""
        self._took[report.nodeid] += report.duration
        if "slow" in report.keywords:
            self._marked.add(report.nodeid)

    def unmarked(self) -> list[tuple[float, str]]:
        """Durations [s] and names of tests over SLOW_S without the mark.

        The longest first.
        """
        long = ((took, name) for name, took in self._took.items() if took > SLOW_S)
        return sorted((one for one in long if one[1] not in self._marked), reverse=True)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name them at the end of the run.

        Durations say little where others work on the machine, so that is told.
        """
        unmarked = self.unmarked()
        if not unmarked:
            return
        terminalreporter.section(f"not marked slow, and over {SLOW_S:g} s", sep="-")
        for took, name in unmarked[:AT_MOST]:
            terminalreporter.write_line(f"{took:6.1f} s  {name}")
        terminalreporter.write_line(
            f"{len(unmarked)} in all; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
        )


def pytest_configure(config: pytest.Config) -> None:
    """Each run of the tests has its own."""
    config.pluginmanager.register(Durations(), "tank-durations")
