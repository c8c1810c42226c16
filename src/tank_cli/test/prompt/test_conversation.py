"""A person at the prompt sees the reports in order, and no warnings between."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tank_cli.prompt.conversation import PromptSession
from tank_cli.prompt.line_editor import drawn
from tank_client.client_node import Heard
from tank_client.narrator import Understanding
from tank_client.plan_rows import PlanRow
from tank_core.commands import Command, Report, Side, Topic, Turn, Wait
from tank_core.commands.wording import did_you_mean
from tank_core.io.console import GREEN
from tank_executor.plan import Plan, PlanState, PlanStatus, StepOutcome, StepStatus
from tank_stack.process_log import ProcessLog

TURN, WAIT, ASK = Turn(Side.LEFT, 90.0), Wait(1.0), Report(Topic.POSITION)
DONE, RUNS, NOT_YET = StepStatus.SUCCEEDED, StepStatus.RUNNING, StepStatus.PENDING
Capture = pytest.CaptureFixture[str]


def report(
    state: PlanState, commands: tuple[Command, ...], *steps: StepStatus, stamp: int = 1
) -> PlanStatus:
    outcomes = tuple(StepOutcome(c, s, "", 1.5) for c, s in zip(commands, steps, strict=True))
    return PlanStatus(state, Plan(commands, f"sentence {stamp}", stamp), 0, 0.0, outcomes)


class Person:
    """A conversation whose client only notes what is said."""

    def __init__(self, tmp_path: Path, live: bool) -> None:
        self.said: list[str] = []
        self.heard = Heard()
        client: Any = SimpleNamespace(
            heard=self.heard,
            translator_listens=lambda: True,
            translates=lambda: True,
            say=self.said.append,
        )
        self.log = ProcessLog(tmp_path / "log", quiet=True)
        self.conversation = PromptSession(self.log, live)
        self.conversation.begin(client)
        self.listener = self.conversation.listener

    def types(self, line: str) -> bool:
        return self.conversation._take(line)


@pytest.fixture
def person(tmp_path: Path) -> Person:
    return Person(tmp_path, live=True)


def test_the_steps_of_a_plan_become_lines_when_it_has_ended(
    person: Person, capsys: Capture
) -> None:
    person.types("sentence 1")
    person.listener.on_understanding(Understanding(1, "sentence 1", (TURN, WAIT)))
    for state, steps in (
        (PlanState.RUNNING, (RUNS, NOT_YET)),
        (PlanState.RUNNING, (DONE, RUNS)),
        (PlanState.SUCCEEDED, (DONE, DONE)),
    ):
        before = capsys.readouterr().err
        person.listener.on_status(report(state, (TURN, WAIT), *steps))
    assert before == ""  # they stand above the line meanwhile
    assert capsys.readouterr().err.splitlines() == [
        "  ✓ turn left 90 degrees (1.5 s)",
        "  ✓ wait 1 s (1.5 s)",
        "  done: 2 steps in 3.0 s",
    ]


def test_what_it_is_not_sure_of_is_asked(person: Person, capsys: Capture) -> None:
    person.types("kind of left")
    person.listener.on_understanding(Understanding(1, "kind of left", (), did_you_mean([TURN])))
    assert "Did you mean: turn left 90 degrees? yes / no" in capsys.readouterr().err


def test_where_nothing_can_be_written_over_each_step_is_a_line_at_once(
    tmp_path: Path, capsys: Capture
) -> None:
    person = Person(tmp_path, live=False)
    person.listener.on_status(report(PlanState.RUNNING, (TURN, WAIT), DONE, RUNS))
    assert "✓ turn left" in capsys.readouterr().err


def test_a_second_sentence_is_queued_and_its_steps_are_told_under_its_name(
    person: Person, capsys: Capture
) -> None:
    person.listener.on_understanding(Understanding(1, "sentence 1", (TURN,)))
    person.listener.on_status(report(PlanState.RUNNING, (TURN,), RUNS))
    person.types("sentence 2")
    person.listener.on_understanding(Understanding(2, "sentence 2", (WAIT,)))
    assert "→ wait 1 s, queued" in capsys.readouterr().err
    person.listener.on_status(report(PlanState.SUCCEEDED, (TURN,), DONE))
    assert capsys.readouterr().err.splitlines() == [
        "“sentence 1”:",
        "  ✓ turn left 90 degrees (1.5 s)",
    ]


def test_nothing_comes_between_a_sentence_and_its_end(person: Person, capsys: Capture) -> None:
    person.listener.on_trouble("nobody hears odom")
    assert "nobody hears odom" in capsys.readouterr().err
    person.types("sentence 1")
    person.listener.on_trouble("two clocks")
    person.listener.on_understanding(Understanding(1, "sentence 1", (TURN,)))
    person.listener.on_status(report(PlanState.RUNNING, (TURN,), RUNS))
    assert "two clocks" not in capsys.readouterr().err
    person.listener.on_status(report(PlanState.SUCCEEDED, (TURN,), DONE))
    assert capsys.readouterr().err.splitlines()[-1] == "two clocks"


def test_warnings_of_nodes_are_counted(person: Person, capsys: Capture) -> None:
    person.log.stop_showing()
    assert person.conversation._state() == ""
    person.log.take("brain", "[WARN] [1.5] [perception_node]: an image was dropped")
    person.log.take("brain", "[INFO] [1.5] [perception_node]: all is well")
    assert person.conversation._state() == "1 warning in the log, /status"
    person.heard.stopped = True
    assert person.conversation._state().startswith("stopped; /reset lets it move · 1 warning")
    assert capsys.readouterr().err == ""


def test_help_without_a_slash_tells_what_can_be_said(person: Person, capsys: Capture) -> None:
    assert person.types("help")
    shown = capsys.readouterr().err
    assert "drive forward one meter" in shown and "/status" in shown and person.said == []
    person.types("/hlep")
    assert "/hlep is not known; these are: /stop" in capsys.readouterr().err


def test_an_answer_beside_a_plan_is_told_at_once(person: Person, capsys: Capture) -> None:
    person.listener.on_understanding(Understanding(1, "sentence 1", (TURN, WAIT)))
    person.listener.on_status(report(PlanState.RUNNING, (TURN, WAIT), DONE, RUNS))
    capsys.readouterr()
    person.listener.on_status(report(PlanState.SUCCEEDED, (ASK,), DONE, stamp=2))
    assert "✓ report position" in capsys.readouterr().err
    person.listener.on_status(report(PlanState.SUCCEEDED, (TURN, WAIT), DONE, DONE))
    assert "“sentence 1”:" in capsys.readouterr().err


@pytest.mark.parametrize("columns", [20, 40, 58, 120])
def test_no_row_is_wider_than_the_terminal(columns: int) -> None:
    rows = [
        PlanRow("✓", GREEN, "a step with a long note " * 5),
        PlanRow("▶", GREEN, "turn left 90 degrees", "44° to go", 0.5),
    ]
    text = "".join(piece for _, piece in drawn(rows, "stopped; /reset lets it move", columns))
    lines = text.splitlines()
    assert len(lines) == 3 and all(len(line) < columns for line in lines)
    if columns == 58:
        assert lines[1] == " ▶ turn left 90 degrees ━━━━━━━━╌╌╌╌╌╌╌╌ 44° to go"


def test_a_long_line_breaks_between_words(
    person: Person, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    person.types("sentence 1")
    person.listener.on_understanding(Understanding(1, "sentence 1", (TURN, WAIT, TURN, WAIT)))
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) > 1 and all(len(line) < 40 for line in lines)
    words = "turn left 90 degrees, then wait 1 s, then turn left 90 degrees, then wait 1 s"
    assert " ".join(" ".join(lines).split()) == f"→ {words}"


def test_what_meant_nothing_is_refused_by_the_executor_without_a_word(
    person: Person, capsys: Capture
) -> None:
    for stamp in (1, 2):
        person.listener.on_understanding(Understanding(stamp, "sing", (), "odd"))
    capsys.readouterr()
    for stamp in (1, 2):
        refused = PlanStatus(PlanState.REFUSED, Plan((), "sing", stamp), message="nothing to do")
        person.listener.on_status(refused)
    assert capsys.readouterr().err == ""
