"""A recording published again: the same bytes, and nothing that a robot obeys."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from bags import BEGAN, SECOND
from rclpy.context import Context
from rclpy.node import Node

from tank_core.ros import interfaces as names
from tank_core.ros.testing import alone
from tank_core.testing.waiting import PATIENCE_S as PATIENCE
from tank_recording.bag import BagTopic, RecordingError
from tank_recording.reading import Recording
from tank_recording.ros.player import LISTENERS, SHOWN, Player
from tank_recording.ros.profiles import profile_of
from tank_recording.ros.types import definition, message_class
from tank_recording.writing import BagWriter

# What somebody obeys, or lives by.
COMMANDING = {
    names.CMD_VEL, names.JOINT_TRAJECTORY, names.INSTRUCTION, names.COMMANDS, names.LISTENING,
    names.CHANGE_PLACES, names.STOPPED, names.WORLD_RESET, names.CLOCK, names.CLOCK.strip("/"),
}  # fmt: skip
LATCHED, STRING = profile_of(names.LATCHED), "std_msgs/msg/String"


@pytest.fixture(scope="module")
def context() -> Iterator[Context]:
    with alone(Context()) as made:
        yield made


@pytest.fixture
def node(context: Context) -> Iterator[Node]:
    made = Node("player", context=context, start_parameter_services=False, enable_rosout=False)
    yield made
    made.destroy_node()


def recorded(folder: Path, *topics: BagTopic) -> Recording:
    """A recording with a message of each topic."""
    writer = BagWriter(folder, "jazzy")
    for number, topic in enumerate(topics):
        writer.add(topic)
        writer.write(topic.name, b"\0\1\0\0\2\0\0\0%c\0" % (65 + number), BEGAN + SECOND, 0)
    writer.close()
    return Recording(folder)


def topic(name: str, kind: str = STRING, text: str = "") -> BagTopic:
    return BagTopic(name, kind, text or definition(kind), (LATCHED,))


def test_nothing_that_somebody_obeys_is_shown(node: Node, tmp_path: Path) -> None:
    assert not SHOWN & COMMANDING
    obeyed = [topic(f"/{name.strip('/')}") for name in sorted(COMMANDING)]
    other = [topic("/turtle/cmd_vel"), topic("/motors", "geometry_msgs/msg/TwistStamped")]
    told = topic(f"/{names.ROBOT_DESCRIPTION}")
    player = Player(node, recorded(tmp_path / "bag", *obeyed, *other, told), "replay")
    assert set(player.topics) == {told.name}
    assert len(player.left_out) == len({*(one.name for one in obeyed)}) + 2
    published = {
        name
        for name, _ in node.get_publisher_names_and_types_by_node("player", "/")
        if name != "/parameter_events"
    }
    assert published == {"/replay/robot_description"}


def test_the_same_bytes_come_in_the_namespace_latched_as_they_were(
    context: Context, node: Node, tmp_path: Path
) -> None:
    recording = recorded(tmp_path / "bag", topic(f"/robot_7/{names.ROBOT_DESCRIPTION}"))
    player = Player(node, recording, "replay")
    player.publish(recording.messages())
    late = Node("late", context=context, start_parameter_services=False)
    kind = message_class(STRING)
    heard = late.create_subscription(
        kind, "/replay/robot_description", lambda _: None, names.LATCHED, raw=True
    )
    end, taken = time.monotonic() + PATIENCE, None
    while taken is None:
        assert time.monotonic() < end
        time.sleep(0.005)
        with heard.handle:
            taken = heard.handle.take_message(kind, True)
    assert taken[0] == next(recording.messages()).data
    late.destroy_node()


@pytest.mark.parametrize("name", sorted(LISTENERS))
def test_where_a_robot_listens_nothing_is_played(
    context: Context, node: Node, tmp_path: Path, name: str
) -> None:
    player = Player(node, recorded(tmp_path / "bag", topic(f"/{names.PLACES}")), "replay")
    player.check_alone()
    elsewhere = Node(name, context=context, start_parameter_services=False)
    player.check_alone()
    there = Node(name, context=context, namespace="replay", start_parameter_services=False)
    with pytest.raises(RecordingError, match=f"a robot listens.*{name}"):
        player.check_alone()
    elsewhere.destroy_node()
    there.destroy_node()


def test_a_type_that_means_something_else_today_is_not_shown(node: Node, tmp_path: Path) -> None:
    old = topic(f"/{names.PLACES}", text="string data\nint32 number\n")
    with pytest.raises(RecordingError, match="no topic that can be shown"):
        Player(node, recorded(tmp_path / "bag", old), "replay")
