"""Accounts of what was said and done, out of a recording's messages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from bags import BEGAN, SECOND
from nav_msgs.msg import Odometry
from rclpy.serialization import serialize_message
from std_msgs.msg import Bool, Header, String

from tank_core.commands import Wait
from tank_core.ros import interfaces as names
from tank_core.ros.conversions import header
from tank_executor.plan import Plan, PlanState, PlanStatus, StepOutcome, StepStatus
from tank_executor.ros.messages import plan_to_ros, status_to_ros
from tank_executor.running.hands import DRIVEN, FREE, Hands
from tank_recording.bag import BagTopic, RecordingError
from tank_recording.reading import Recording
from tank_recording.ros.accounts import accounts
from tank_recording.ros.types import definition
from tank_recording.writing import BagWriter

KINDS = {
    names.COMMANDS: "tank_msgs/msg/CommandList",
    names.EXECUTION_STATUS: "tank_msgs/msg/ExecutionStatus",
    names.ODOM: "nav_msgs/msg/Odometry",
    names.GROUND_TRUTH: "nav_msgs/msg/Odometry",
    names.WORLD_RESET: "std_msgs/msg/Header",
    names.STOPPED: "std_msgs/msg/Bool",
    names.ROBOT_STOPPED: "std_msgs/msg/Bool",
    names.TELEOP_STATE: "std_msgs/msg/String",
}


def place(x: float, at: float) -> tuple[str, Any]:
    message = Odometry(header=header(at, "odom"))
    message.pose.pose.position.x, message.pose.pose.orientation.w = x, 1.0
    return names.ODOM, message


def plan(number: int) -> Plan:
    return Plan((Wait(1.0),), f"sentence {number}", number)


def said(number: int) -> tuple[str, Any]:
    return names.COMMANDS, plan_to_ros(plan(number))


def done(number: int, at: float) -> tuple[str, Any]:
    outcome = StepOutcome(Wait(1.0), StepStatus.SUCCEEDED)
    status = PlanStatus(PlanState.SUCCEEDED, plan(number), outcomes=(outcome,))
    return names.EXECUTION_STATUS, status_to_ros(status, at)


def recorded(
    folder: Path, *messages: tuple[str, Any], namespace: str = "/", odom: str = ""
) -> Recording:
    """A recording of these messages, a second apart."""
    writer = BagWriter(folder / "bag", "jazzy")
    for number, (name, message) in enumerate(messages):
        text = odom if odom and name == names.ODOM else definition(KINDS[name])
        writer.add(BagTopic(namespace + name, KINDS[name], text))
        at = BEGAN + number * SECOND
        writer.write(namespace + name, serialize_message(message), at, at)
    writer.close()
    return Recording(folder / "bag")


STORY = (
    place(0.0, 1.0), said(1), place(0.5, 4.0), done(1, 4.5),
    (names.WORLD_RESET, Header()), place(0.0, 6.0), said(2), place(0.2, 8.0), done(2, 8.0),
)  # fmt: skip


@pytest.mark.parametrize("namespace", ["/", "/robot_2/"])
def test_each_reset_begins_a_part_of_its_own(tmp_path: Path, namespace: str) -> None:
    truth = (names.GROUND_TRUTH, place(7.0, 0.0)[1])  # is no odometry
    free = (names.ROBOT_STOPPED, Bool(data=True))  # nor is this the operator's stop
    first, second = accounts(recorded(tmp_path, truth, free, *STORY, namespace=namespace))
    assert (first.until, second.until) == (BEGAN + 6 * SECOND, None)
    for account, number, way in ((first, 1, 0.5), (second, 2, 0.2)):
        (outcome,) = account.outcomes
        assert outcome.instruction == f"sentence {number}" == account.sayings[0].text
        assert outcome.state == "succeeded" and not account.fault
        assert outcome.steps[0].moved is not None
        assert outcome.steps[0].moved.x == pytest.approx(way)
    assert [account.sayings[0].pause for account in (first, second)] == [1.0, 6.0]


def test_a_stop_by_hand_spoils_its_part_alone(tmp_path: Path) -> None:
    stop = names.STOPPED, Bool(data=True)
    first, second = accounts(recorded(tmp_path, *STORY[:3], stop, *STORY[3:]))
    assert "pressed STOP" in first.fault and not second.fault


def test_a_drive_by_hand_spoils_its_part_alone(tmp_path: Path) -> None:
    free, drives = (
        (names.TELEOP_STATE, String(data=Hands(state, "", {}).to_text()))
        for state in (FREE, DRIVEN)
    )
    first, second = accounts(recorded(tmp_path, free, *STORY[:3], drives, *STORY[3:]))
    assert "drove by hand" in first.fault and not second.fault


def test_what_is_missing_or_means_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "less").mkdir()
    with pytest.raises(RecordingError, match="has no execution_status"):
        accounts(recorded(tmp_path / "less", place(0.0, 1.0), said(1)))
    with pytest.raises(RecordingError, match="another nav_msgs/msg/Odometry"):
        accounts(recorded(tmp_path, *STORY, odom="int32 x\n"))
