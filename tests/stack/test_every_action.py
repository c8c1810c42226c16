"""A list of every action is carried out, with and without ROS."""

from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from rclpy.action import ActionClient
from rclpy.context import Context
from rclpy.node import Node
from stack_operator import HEADLESS, Operator, stack_in

from tank_cli.__main__ import main
from tank_core.commands import ACTIONS, commands_from_json
from tank_core.ros import interfaces as names
from tank_core.ros.runtime.executor import GroupExecutor
from tank_core.ros.tank_messages import command_to_ros
from tank_core.ros.testing import nearby
from tank_core.testing.own_domain import own_domain
from tank_core.testing.waiting import wait_for
from tank_executor.plan import StepStatus
from tank_msgs.action import ExecuteCommands
from tank_msgs.msg import DetectedObjectArray

LIST = Path(__file__).parents[2] / "examples" / "every_action.json"
COMMANDS = commands_from_json(json.loads(LIST.read_text(encoding="utf-8")))
DOMAIN = str(own_domain())
ROOM = {"world": "rooms", "seed": 2}
PATIENCE_S = 1200.0  # the list takes two minutes of the robot's time
BESIDE_M = 0.11  # between the middles: both are 4 to 5 cm wide, and at most 6 cm apart
BACK_M, BACK_DEG = 0.15, 10.0  # from where it began, after a way of some ten meters


def test_it_holds_every_action_once() -> None:
    assert Counter(command.action for command in COMMANDS) == Counter(list(ACTIONS))


@pytest.mark.slow
def test_run_carries_it_out(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    code = main(["run", "--world", "rooms", "--seed", "2", "--commands", str(LIST), "--json"])
    result = json.loads(capsys.readouterr().out)
    (outcome,) = result["outcomes"]
    assert code == 0, outcome
    assert [step["status"] for step in outcome["steps"]] == ["succeeded"] * len(COMMANDS)
    assert [answer["what"] for answer in result["answers"]] == ["objects"]
    assert Path(result["photos"][0]["path"]).read_bytes().startswith(b"\xff\xd8")
    cube, ball = (result["objects"][name] for name in ("red_cube", "blue_ball"))
    assert math.hypot(cube["x"] - ball["x"], cube["y"] - ball["y"]) < BESIDE_M
    robot = result["robot"]
    assert robot["held"] is None
    assert math.hypot(robot["x"], robot["y"]) < BACK_M and abs(robot["yaw_deg"]) < BACK_DEG


def carry_out(context: Context) -> Any:
    """The result of the list as a goal of the action ``execute_commands``."""
    node, faults = Node("asks", context=context, start_parameter_services=False), []
    executor = GroupExecutor(context=context, on_error=faults.append)
    executor.add_node(node)
    executor.start()
    action = ActionClient(node, ExecuteCommands, names.EXECUTE_COMMANDS)
    try:
        wait_for(action.server_is_ready, "the action's server")
        goal = ExecuteCommands.Goal(commands=[command_to_ros(command) for command in COMMANDS])
        sent = action.send_goal_async(goal)
        wait_for(sent.done, "an answer to the goal")
        assert sent.result().accepted
        done = sent.result().get_result_async()
        wait_for(done.done, "a result", PATIENCE_S)
        assert not faults
        return done.result().result
    finally:
        executor.shutdown()
        action.destroy()
        node.destroy_node()


@pytest.mark.slow
def test_the_action_carries_it_out_over_ros(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    operator: Operator
    with (
        stack_in(DOMAIN, **HEADLESS | ROOM) as operator,
        nearby(int(DOMAIN), Context()) as context,
    ):
        seen: list[Any] = []
        operator.client.listen(DetectedObjectArray, names.DETECTIONS, seen.append, names.STREAM)
        wait_for(lambda: operator.truth is not None and seen, "the truth, and camera detections")
        result = carry_out(context)
        assert result.error_code == ExecuteCommands.Result.NONE, result.error_msg
        outcomes = {outcome.command.action: outcome for outcome in result.outcomes}
        assert {outcome.status for outcome in result.outcomes} == {StepStatus.SUCCEEDED}
        assert len(outcomes) == len(ACTIONS)
        assert outcomes["report"].answer[0].text == outcomes["report"].message
        assert Path(outcomes["photo"].photo).read_bytes().startswith(b"\xff\xd8")
        x, y, yaw = operator.pose()
        assert math.hypot(x, y) < BACK_M and abs(yaw) < BACK_DEG
