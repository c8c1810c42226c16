"""A pytest plugin with what all tests share; pyproject.toml loads it.

Fixtures are in fixtures.py; durations.py names long tests that lack the mark ``slow``; turns.py
gives the machine to tests with the mark ``alone``.

No test may depend on how fast a machine is: property tests have no deadline, and none is refused
because its examples took long to make. They take the same examples in each run, so that a change is
what makes one fail, and write none to disk; ``--hypothesis-profile=explore`` takes others each
time.

With TANK_REQUIRE_ALL=1, as in ``.ci/run``, a test that skips itself fails: a renderer, ROS 2 or
messages that are not there would otherwise go unnoticed. What a machine need not have is named
here.

A file of tests that imports what ``./tank setup --train`` brings skips itself where that is not
installed: ``./tank test`` needs none of it.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Generator
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tank_core.io.checkout import find_checkout

pytest_plugins = (
    "tank_core.testing.fixtures",
    "tank_core.testing.durations",
    "tank_core.testing.turns",
)

settings.register_profile(
    "tank",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "explore", settings.get_profile("tank"), derandomize=False, print_blob=True
)
settings.load_profile("tank")


REQUIRE_ALL = "TANK_REQUIRE_ALL"
_MISSING = re.compile(r"ModuleNotFoundError: No module named '(\w+)")
# What a test says that it misses, where that is no fault: another machine, or tools that the set-up
# does not bring.
MAY_BE_MISSING = (
    "systemd", "docker compose", "aarch64", "this machine's own compiler is for arm64",
    "this machine has an I2C bus", "scout_dev",
)  # fmt: skip


def may_skip(reason: str) -> bool:
    """Whether a test may skip itself for a reason.

    On a machine that has all that the set-up brings.
    """
    return os.environ.get(REQUIRE_ALL, "") in ("", "0") or any(
        words in reason for words in MAY_BE_MISSING
    )


def pytest_configure() -> None:
    """Let tests end what they start by Ctrl-C, also in a shell's background.

    There SIGINT is ignored, which processes inherit.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, Any, Any]:
    """Judge a test's report."""
    return _strict((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, Any, Any]:
    """Judge the report of a file of tests."""
    return _strict(_without_training_tools((yield)))


def _without_training_tools(report: Any) -> Any:
    missing = _MISSING.search(str(report.longrepr)) if report.failed else None
    if missing and missing[1] in training_tools():
        reason = f"Skipped: {missing[1]} is not installed: ./tank setup --train"
        report.outcome, report.longrepr = "skipped", (report.nodeid, 0, reason)
    return report


@cache
def training_tools() -> frozenset[str]:
    """The modules of ``./tank setup --train`` alone; none without a checkout."""
    root = find_checkout()
    text = (root / "requirements/train.txt").read_text(encoding="utf-8") if root else ""
    return frozenset(
        name.replace("-", "_") for name in re.findall(r"^([\w-]+)==", text, re.MULTILINE)
    )


def _strict(report: Any) -> Any:
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = str(report.longrepr[-1] if isinstance(report.longrepr, tuple) else report.longrepr)
        if not may_skip(reason):
            report.outcome = "failed"
            report.longrepr = (
                f"{reason}\nIt may not be skipped where {REQUIRE_ALL} is set: ./tank "
                "setup brings what it misses."
            )
    return report
