"""Domains of one's own, and never another process's while that lives."""

import subprocess
import sys

import pytest

from tank_core.exceptions import TankError
from tank_core.testing import own_domain

CLAIM = (
    "from tank_core.testing.own_domain import own_domain; print(own_domain(), own_domain(), "
    "flush=True); input()"
)


@pytest.fixture
def domains(tmp_path, monkeypatch):
    """In a folder of locks of its own."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(own_domain, "DOMAINS", range(101, 97, -1))
    monkeypatch.setattr(own_domain, "_claims", [])
    monkeypatch.delenv("PYTEST_XDIST_WORKER_COUNT", raising=False)
    monkeypatch.setenv("TMPDIR", str(tmp_path))


def test_each_is_given_once_and_those_of_a_process_that_ended_are_free(domains, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", ":".join(entry for entry in sys.path if entry))
    other = subprocess.Popen(
        [sys.executable, "-c", CLAIM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout.readline() == "101 100\n"
    assert [own_domain.own_domain() for _ in range(2)] == [99, 98]
    with pytest.raises(TankError, match="no ROS domain of 101 to 98 is free"):
        own_domain.own_domain()
    other.kill()
    other.communicate()
    assert own_domain.own_domain() == 101


@pytest.mark.parametrize(("processes", "share"), [(1, 42), (2, 21), (13, 3), (14, 3)])
def test_there_is_one_for_each_process_of_a_run(tmp_path, monkeypatch, processes, share):
    """A machine of many cores has many; at their share's end they begin anew."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(own_domain, "_claims", [])
    monkeypatch.setenv("PYTEST_XDIST_WORKER_COUNT", str(processes))
    given = [own_domain.own_domain() for _ in range(share)]
    assert len({*given}) == share and own_domain.own_domain() == given[0]
    assert processes * share <= len(own_domain.DOMAINS)
