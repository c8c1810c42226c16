"""``./tank say`` against real nodes.

Language_node with a model by heart, executor_node, and a robot without a world.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from nodes_apart import EXECUTOR, LANGUAGE, ROBOT, Nodes, domain
from pseudo_terminal import Terminal

import tank_client
from tank_cli.__main__ import main
from tank_cli.commands.robot import say
from tank_client.client_node import RESET_STOP, STOP, Listener, StackClient
from tank_executor.plan import PlanState, PlanStatus

Capture = pytest.CaptureFixture[str]


@pytest.mark.slow
def test_done_is_0_and_each_step_is_shown(stack: Nodes, capsys: Capture) -> None:
    assert main(["say", "turn left"]) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    lines = captured.err.splitlines()
    assert lines[0].startswith("turn left 90 degrees (") and lines[1].startswith(
        "  ✓ turn left 90 degrees ("
    )


@pytest.mark.slow
def test_failed_is_1_with_the_reason(stack: Nodes, capsys: Capture) -> None:
    assert main(["say", "look at the red cube"]) == 1
    err = capsys.readouterr().err
    assert "✗ face the red cube" in err and "no camera detections" in err


@pytest.mark.parametrize("sentence", ["make me a coffee", "", "x" * 400])
def test_not_understood_is_2_with_the_reason(stack: Nodes, capsys: Capture, sentence: str) -> None:
    assert main(["say", sentence]) == 2
    assert "? not understood: " in capsys.readouterr().err


@pytest.mark.slow
def test_a_dry_run_tells_the_steps_and_moves_nothing(stack: Nodes, capsys: Capture) -> None:
    moved: list[PlanStatus] = []
    with StackClient(Listener(on_status=moved.append)) as client:
        assert client.wait_until(client.executor_listens, 10.0)
        moved.clear()
        assert main(["say", "--dry", "drive forward one meter"]) == 0
        shown = capsys.readouterr().err
        assert shown.splitlines() == ["1. move forward 1 m", "nothing was moved"]
        assert main(["say", "--dry", "make me a coffee"]) == 2
        assert "? not understood" in capsys.readouterr().err
        assert main(["say", "--dry", "stop!"]) == 2
        assert "a stop is never tried" in capsys.readouterr().err
        assert moved == []


@pytest.mark.slow
def test_a_question_is_answered_by_the_next_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("ROS_DOMAIN_ID", domain())
    monkeypatch.setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    nodes = Nodes(ROBOT, EXECUTOR, "stand_ins:UnsureLanguageNode")
    try:
        assert main(["say", "turn left"]) == 2
        shown = capsys.readouterr().err
        assert "Did you mean: turn left 90 degrees? yes / no" in shown and "say yes" in shown
        assert main(["say", "yes"]) == 0
        assert "✓ turn left 90 degrees" in capsys.readouterr().err
        assert main(["say", "turn left"]) == main(["say", "no"]) == 2
        assert "nothing is done" in capsys.readouterr().err
        assert main(["say", "yes"]) == 2
        here = {"ROS_DOMAIN_ID": os.environ["ROS_DOMAIN_ID"], "NO_COLOR": "1"}
        with Terminal(["-m", "tank_cli", "say", "turn left"], here) as terminal:
            terminal.answer("yes / no", "yes\n")
            terminal.expect("✓ turn left 90 degrees")
            assert terminal.end() == 0
    finally:
        nodes.close()


def test_stop_is_done_at_once(stack: Nodes) -> None:
    assert main(["say", "stop"]) == 0


@pytest.mark.slow
def test_a_list_that_is_stopped_is_1(stack: Nodes, capsys: Capture) -> None:
    def stop_what_runs(status: PlanStatus) -> None:
        if status.state is PlanState.RUNNING:
            client.say("stop")

    with StackClient(Listener(on_status=stop_what_runs)) as client:
        assert client.wait_until(client.translator_listens, 5.0)
        assert main(["say", "drive forward one meter"]) == 1
    assert "■ move forward 1 m" in capsys.readouterr().err


@pytest.mark.slow
def test_refused_is_1_while_the_robot_is_kept_stopped(stack: Nodes, capsys: Capture) -> None:
    with StackClient() as client:
        assert client.call(STOP)[0]
        try:
            assert main(["say", "turn left"]) == 1
            assert "was not begun" in capsys.readouterr().err
        finally:
            assert client.call(RESET_STOP)[0]


@pytest.mark.slow
def test_the_client_hears_how_the_stack_is(stack: Nodes) -> None:
    names = ("driver_node", "executor_node", "language_node")
    with StackClient() as client:
        assert client.wait_until(lambda: client.readiness(names).ready, 10.0), client.readiness(
            names
        )
        assert client.readiness(names).model_ok
        assert client.readiness((*names, "perception_node")).missing == ("node perception_node",)


@pytest.mark.slow
def test_the_example_of_tank_client_does_a_sentence(stack: Nodes, capsys: Capture) -> None:
    lines = str(tank_client.__doc__).splitlines()
    example = "\n".join(line[4:] for line in lines if line.startswith("    "))
    told: dict[str, Any] = {}
    exec(example, told)
    assert told["request"].code == 0
    assert [str(command.action) for command in told["request"].understanding.commands] == ["turn"]
    assert "turn left" in capsys.readouterr().out


@pytest.mark.slow
def test_nobody_is_3_and_says_how_to_start_one(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("ROS_DOMAIN_ID", domain())
    monkeypatch.setattr(say, "FIND_S", 0.5)
    assert main(["say", "turn left"]) == 3
    err = capsys.readouterr().err
    assert "no language_node was found" in err and "./tank sim" in err


@pytest.mark.slow
def test_nobody_who_carries_it_out_is_3(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("ROS_DOMAIN_ID", domain())
    monkeypatch.setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    monkeypatch.setattr(say, "FIND_S", 4.0)
    nodes = Nodes(LANGUAGE)
    try:
        assert main(["say", "turn left"]) == 3
        assert "no executor_node was found" in capsys.readouterr().err
    finally:
        nodes.close()
