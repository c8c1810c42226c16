"""A whole stack beside programs that publish otherwise.

It was started with plain Twist and other names for its frames.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("rclpy", reason="rclpy is not installed")
pytest.importorskip("tank_msgs", reason="tank_msgs is not built (colcon build)")

from geometry_msgs.msg import Twist, TwistStamped
from rclpy.node import Node
from stack_operator import HEADLESS, PATIENCE_S, Operator, stack_in
from std_msgs.msg import String
from tf2_msgs.msg import TFMessage

from tank_cli.__main__ import main
from tank_cli.prompt.conversation import PromptSession
from tank_core.ros import interfaces as names
from tank_core.ros.testing import stranger
from tank_core.testing.own_domain import own_domain
from tank_executor.plan import PlanState
from tank_stack.process_log import ProcessLog

pytestmark = pytest.mark.slow
DOMAIN = own_domain()


@pytest.fixture(scope="module")
def operator() -> Iterator[Operator]:
    with stack_in(
        str(DOMAIN), **HEADLESS, stamped_cmd_vel=False, base_frame="a/base_link"
    ) as operator:
        operator.until(lambda: operator.truth is not None)
        yield operator


@pytest.fixture
def program() -> Iterator[Node]:
    """A node of another program."""
    with stranger("teleop", DOMAIN) as node:
        yield node


def test_a_plain_best_effort_twist_drives_it(operator: Operator, program: Node) -> None:
    teleop = program.create_publisher(Twist, names.CMD_VEL, names.SENSOR_DATA)
    message = Twist()
    message.linear.x = 0.3
    x = operator.pose()[0]

    def driven() -> bool:
        teleop.publish(message)
        return operator.pose()[0] > x + 0.1

    assert operator.client.wait_until(driven, PATIENCE_S)


def test_a_best_effort_sentence_is_carried_out(operator: Operator, program: Node) -> None:
    voice = program.create_publisher(String, names.INSTRUCTION, names.SENSOR_DATA)
    assert operator.client.wait_until(lambda: voice.get_subscription_count() > 0, PATIENCE_S)
    operator.statuses.clear()
    voice.publish(String(data="drive forward 20 centimeters"))
    operator.until(lambda: any(status.state is PlanState.SUCCEEDED for status in operator.statuses))


def test_a_stamped_one_is_named_by_the_stack_and_by_the_doctor(
    operator: Operator,
    program: Node,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    told: list[str] = []
    operator.client.listener.on_trouble = told.append
    program.create_publisher(TwistStamped, names.CMD_VEL, 10)
    assert operator.client.wait_until(
        lambda: any("/teleop publishes" in text for text in told), PATIENCE_S
    )
    (text,) = [text for text in told if "/teleop publishes" in text]
    assert "/sim_node hears geometry_msgs/msg/Twist alone" in text and "without --twist" in text
    monkeypatch.setenv("ROS_DOMAIN_ID", str(DOMAIN))
    monkeypatch.setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    conversation = PromptSession(ProcessLog(tmp_path / "log", quiet=True), live=False)
    conversation.begin(operator.client)
    conversation._take("/status")
    shown: list[str] = []

    def told() -> bool:
        """When it is shown, and in what the status has of it."""
        shown.append(capsys.readouterr().err)
        return "".join(shown).count("/teleop publishes") >= 2

    assert operator.client.wait_until(told, PATIENCE_S), "".join(shown)

    def found() -> bool:
        """Ask the doctor once more; its two seconds may have been too short."""
        main(["doctor", "--json"])
        rows = json.loads(capsys.readouterr().out)["findings"]
        named = [
            row
            for row in rows
            if row["name"] == "matching" and row["text"].startswith("/teleop publishes /cmd_vel")
        ]
        return any("without --twist" in row["cure"] for row in named)

    assert operator.client.wait_until(found, PATIENCE_S)


def test_what_it_was_told_of_frames_holds_for_each_node(operator: Operator) -> None:
    moving: list[TFMessage] = []
    fixed: list[TFMessage] = []
    operator.client.listen(TFMessage, names.TF, moving.append, names.TF_QOS)
    operator.client.listen(TFMessage, names.TF_STATIC, fixed.append, names.LATCHED)
    assert operator.client.wait_until(lambda: bool(moving and fixed), PATIENCE_S)
    parents = {
        each.child_frame_id: each.header.frame_id
        for message in (moving[0], fixed[0])
        for each in message.transforms
    }
    assert {*parents.values()} - {*parents} == {"odom"} and parents[
        "a/camera_link"
    ] == "a/base_link"
    assert operator.do("turn left 20 degrees").state is PlanState.SUCCEEDED
