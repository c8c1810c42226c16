"""Sentences from a pipe, against real nodes: in order, each to its end."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator

import pytest
from nodes_apart import EXECUTOR, ROBOT, Nodes, domain

from tank_cli.prompt.following import absent
from tank_cli.prompt.piped import Piped, is_piped
from tank_client.client_node import RESET_STOP, StackClient
from tank_core.io.console import ExitCode

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[bytes], None]]:
    """Pipes text into this process; its end comes with it."""
    reads, writes = os.pipe()
    stdin = os.fdopen(reads, encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", stdin)

    def fill(text: bytes) -> None:
        os.write(writes, text)
        os.close(writes)

    yield fill
    stdin.close()


def carry_out(ended: Callable[[], bool] = lambda: False) -> ExitCode:
    piped = Piped()
    with StackClient(piped.listener) as client:
        assert client.wait_until(lambda: absent(client) is None, 60.0)
        return piped.carry_out(client, ended)


@pytest.mark.slow
def test_all_is_done_in_order_and_the_code_says_so(
    stack: Nodes, pipe: Callable[[bytes], None], capsys: Capture
) -> None:
    pipe(b"turn left\n\n  turn left  \nstop")
    assert is_piped() and carry_out() is ExitCode.DONE
    lines = capsys.readouterr().err.splitlines()
    assert [line for line in lines if line.startswith("“")] == ["“turn left”"] * 2 + ["“stop”"]
    assert [line[:22] for line in lines if "✓" in line] == [
        "  ✓ turn left 90 degre",
        "  ✓ turn left 90 degre",
        "  ✓ stop (0.0 s)",
    ]
    assert lines[-1] == "3 of 3 done"


@pytest.mark.slow
def test_what_is_not_done_is_told_and_what_follows_is_done_all_the_same(
    stack: Nodes, pipe: Callable[[bytes], None], capsys: Capture
) -> None:
    pipe(b"make me a coffee\nmake me a coffee\nlook at the red cube\n/nonsense\n\xff\xfe\nstop\n")
    assert carry_out() is ExitCode.FAILED
    shown = capsys.readouterr().err
    assert shown.count("? not understood") == 3 and "/nonsense is not known" in shown
    assert "✗ face the red cube" in shown and shown.endswith("1 of 6 done\n")


@pytest.mark.slow
def test_a_question_is_answered_by_the_line_after_it(
    pipe: Callable[[bytes], None], monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("ROS_DOMAIN_ID", domain())
    monkeypatch.setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    nodes = Nodes(ROBOT, EXECUTOR, "stand_ins:UnsureLanguageNode")
    try:
        pipe(b"turn left\nyes\nturn left\n")
        assert carry_out() is ExitCode.USAGE
    finally:
        nodes.close()
    shown = capsys.readouterr().err
    assert shown.count("Did you mean: turn left 90 degrees?") == 2
    assert shown.count("✓ turn left 90 degrees") == 1 and shown.endswith("1 of 2 done\n")


def test_sentences_alone_that_are_not_understood_are_2(
    stack: Nodes, pipe: Callable[[bytes], None]
) -> None:
    pipe(b"stop\nmake me a coffee\nstop\n")
    assert carry_out() is ExitCode.USAGE


@pytest.mark.slow
def test_a_service_can_be_called_and_holds_for_what_follows(
    stack: Nodes, pipe: Callable[[bytes], None], capsys: Capture
) -> None:
    pipe(b"/stop\nturn left\n/reset\n")
    try:
        assert carry_out() is ExitCode.FAILED
        assert "was not begun" in capsys.readouterr().err
    finally:
        with StackClient() as client:
            client.call(RESET_STOP)


def test_a_stack_that_ends_ends_it_before_the_pipe_does(
    stack: Nodes, pipe: Callable[[bytes], None], capsys: Capture
) -> None:
    assert carry_out(lambda: True) is ExitCode.FAILED
    assert "the rest was not read" in capsys.readouterr().err
    pipe(b"")


def test_neither_a_terminal_nor_dev_null_is_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = os.openpty()
    for source in (theirs, os.open(os.devnull, os.O_RDONLY)):
        with os.fdopen(source) as stdin:
            monkeypatch.setattr(sys, "stdin", stdin)
            assert not is_piped()
    os.close(ours)
    monkeypatch.setattr(sys, "stdin", None)
    assert not is_piped()
