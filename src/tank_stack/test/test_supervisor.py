"""Laws of the supervisor, without a process and without waiting."""

from __future__ import annotations

import pytest

from tank_stack.supervisor import Supervisor, cause


class FakeChild:
    """A process that does what the test says."""

    def __init__(self, stubborn: bool = False) -> None:
        self.status: int | None = None
        self.asked, self.killed, self.stubborn = 0, 0, stubborn

    def poll(self) -> int | None:
        return self.status

    def end(self) -> None:
        self.asked += 1
        if not self.stubborn:
            self.status = 0

    def kill(self) -> None:
        self.killed += 1
        self.status = -9


class FakeProcesses:
    """A supervisor of two fake processes, and all that it started and said."""

    def __init__(self, stubborn: bool = False) -> None:
        self.started: list[tuple[str, FakeChild]] = []
        self.said: list[str] = []
        self.stubborn = stubborn
        self.supervisor = Supervisor(["simulator", "brain"], self.start, self.said.append)
        self.supervisor.start()

    def start(self, name: str) -> FakeChild:
        child = FakeChild(self.stubborn)
        self.started.append((name, child))
        return child

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.started]

    def newest(self, name: str) -> FakeChild:
        return [child for other, child in self.started if other == name][-1]


def test_starts_everything_in_order_and_leaves_what_runs_alone() -> None:
    processes = FakeProcesses()
    processes.supervisor.step(1.0)
    assert processes.names == ["simulator", "brain"]
    assert processes.said == []


def test_what_dies_is_started_again_and_it_says_which_and_why() -> None:
    processes = FakeProcesses()
    processes.newest("brain").status = -9
    processes.supervisor.step(1.0)
    assert processes.names == ["simulator", "brain", "brain"]
    assert "brain" in processes.said[0] and "signal 9, SIGKILL" in processes.said[0]
    assert processes.supervisor.failure == ""


def test_an_end_without_error_counts_as_a_death_too() -> None:
    processes = FakeProcesses()
    processes.newest("simulator").status = 0
    processes.supervisor.step(1.0)
    assert processes.names[-1] == "simulator"
    assert "exit code 0" in processes.said[0]


def test_the_fourth_death_within_a_minute_is_a_failure_and_nothing_more_is_started() -> None:
    processes = FakeProcesses()
    for now in (1.0, 20.0, 40.0, 60.0):
        assert processes.supervisor.failure == ""
        processes.newest("brain").status = 1
        processes.supervisor.step(now)
    assert "brain" in processes.supervisor.failure and "exit code 1" in processes.supervisor.failure
    processes.newest("simulator").status = 1
    processes.supervisor.step(61.0)
    assert processes.names.count("brain") == 4 and processes.names.count("simulator") == 1


def test_deaths_of_long_ago_and_of_others_do_not_count() -> None:
    processes = FakeProcesses()
    for now in range(0, 1000, 25):
        processes.newest("brain").status = 1
        processes.newest("simulator").status = 1
        processes.supervisor.step(float(now))
    assert processes.supervisor.failure == ""


def test_ending_asks_everybody_once_and_restarts_nobody() -> None:
    processes = FakeProcesses()
    processes.supervisor.end()
    processes.supervisor.step(2.0)
    processes.supervisor.kill()
    assert [child.asked for _, child in processes.started] == [1, 1]
    assert [child.killed for _, child in processes.started] == [0, 0]
    assert processes.supervisor.running == {}


def test_who_does_not_end_is_killed_and_named() -> None:
    processes = FakeProcesses(stubborn=True)
    processes.supervisor.end()
    processes.supervisor.kill()
    assert [child.killed for _, child in processes.started] == [1, 1]
    assert any("simulator" in line for line in processes.said)


@pytest.mark.parametrize(
    ("status", "words"),
    [(0, "exit code 0"), (3, "exit code 3"), (-15, "signal 15, SIGTERM"), (-99, "signal 99")],
)
def test_cause_in_words(status: int, words: str) -> None:
    assert cause(status) == words
