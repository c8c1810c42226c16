"""The recorder with real publishers: the file has what they said, to the byte."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from mcap.reader import make_reader
from nav_msgs.msg import Odometry
from rclpy.context import Context
from rclpy.node import Node
from rclpy.qos import QoSProfile
from rclpy.serialization import deserialize_message
from rosbags.highlevel import AnyReader
from sensor_msgs.msg import Image, JointState
from std_msgs.msg import String

from tank_core.ros import interfaces as names
from tank_core.ros.testing import alone
from tank_core.testing.waiting import PATIENCE_S as PATIENCE
from tank_msgs.msg import Command, CommandList
from tank_recording.choice import Choice, resolved
from tank_recording.reading import Recording
from tank_recording.ros.recorder import LOOK_NS, PERIOD_S, SAID_ONCE, Recorder
from tank_recording.writing import BagWriter

MOST_OF_A_CORE = 0.05  # that a recorder may take
RATE_HZ = 300.0  # messages of a stack that drives, all topics but images as they are


@pytest.fixture(scope="module")
def context() -> Iterator[Context]:
    with alone(Context()) as made:
        yield made


class Rig:
    """A node that publishes, and a recorder that is stepped by hand."""

    def __init__(self, context: Context, folder: Path, choice: Choice) -> None:
        self.node = Node("robot", context=context, start_parameter_services=False)
        listener = Node("listener", context=context, start_parameter_services=False)
        self.told: list[str] = []
        self.writer = BagWriter(folder, "jazzy")
        self.recorder = Recorder(listener, self.writer, choice, self.told.append)
        self.folder, self._listener, self._now = folder, listener, time.time_ns()

    def step(self) -> None:
        self._now += LOOK_NS
        self.recorder.step(self._now)

    def until(self, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end
            self.step()
            time.sleep(0.005)

    def publisher(self, kind: type, topic: str, qos: Any) -> Any:
        """A publisher that the recorder hears."""
        publisher = self.node.create_publisher(kind, topic, qos)
        self.until(lambda: publisher.get_subscription_count() > 0)
        return publisher

    def end(self, messages: int) -> Recording:
        """Wait for so many messages, and read what was recorded."""
        self.until(lambda: self.writer.messages >= messages)
        self.close()
        return Recording(self.folder)

    def close(self) -> None:
        self.recorder.close(time.time_ns())
        self.writer.close()
        self.node.destroy_node()
        self._listener.destroy_node()


def test_two_readers_find_all_that_was_said(context: Context, tmp_path: Path) -> None:
    rig = Rig(context, tmp_path / "bag", Choice())
    latched = rig.node.create_publisher(String, names.ROBOT_DESCRIPTION, names.LATCHED)
    latched.publish(String(data="<robot/>"))  # before anybody listens
    odom = rig.publisher(Odometry, names.ODOM, names.STREAM)
    joints = rig.publisher(JointState, names.JOINT_STATES, names.SENSOR_DATA)
    commands = rig.publisher(CommandList, names.COMMANDS, names.RELIABLE)
    sent = CommandList(instruction="wait a second", commands=[Command(action=Command.WAIT)])
    sent.commands[0].duration_s = 1.0
    for number in range(20):
        odom.publish(Odometry(child_frame_id=f"{number}"))
    joints.publish(JointState(name=["a", "b"], position=[1.0, 2.0]))  # ends in an empty sequence
    commands.publish(sent)
    recording = rig.end(23)
    said = {topic: list(recording.messages([topic])) for topic in recording.topics}
    moved = [deserialize_message(one.data, Odometry).child_frame_id for one in said["/odom"]]
    assert moved == [str(number) for number in range(20)]
    assert deserialize_message(said["/commands"][0].data, CommandList) == sent
    assert len(said["/robot_description"]) == 1
    assert all(abs(one.at - time.time_ns()) < PATIENCE * 1e9 for one in said["/odom"])

    with AnyReader([tmp_path / "bag"]) as reader:  # types, their hashes, and strict sizes
        found = {
            connection.topic: reader.deserialize(raw, connection.msgtype)
            for connection, _, raw in reader.messages()
        }
    assert found["/robot_description"].data == "<robot/>"
    assert found["/joint_states"].name == ["a", "b"]
    assert found["/commands"].commands[0].duration_s == 1.0

    (profile,) = recording.topics["/robot_description"].profiles
    assert (profile["reliability"], profile["durability"]) == ("reliable", "transient_local")
    (profile,) = recording.topics["/joint_states"].profiles
    assert (profile["reliability"], profile["durability"]) == ("best_effort", "volatile")
    assert profile["deadline"] == profile["lifespan"] == {"sec": 9223372036, "nsec": 854775807}


def test_schemas_and_hashes_are_in_the_file_itself(context: Context, tmp_path: Path) -> None:
    rig = Rig(context, tmp_path / "bag", Choice())
    rig.publisher(CommandList, names.COMMANDS, names.RELIABLE).publish(CommandList())
    rig.end(1)
    with (tmp_path / "bag" / "bag_0.mcap").open("rb") as stream:
        (schema, channel, _), *_ = make_reader(stream).iter_messages()
    text = schema.data.decode()
    for used in ("tank_msgs/Command", "std_msgs/Header", "builtin_interfaces/Time"):
        assert text.count(f"{'=' * 80}\nMSG: {used}\n") == 1
    assert channel.metadata["topic_type_hash"].startswith("RIHS01_")
    assert len(yaml.safe_load(channel.metadata["offered_qos_profiles"])) == 1


@pytest.mark.parametrize(
    ("choice", "recorded"),
    [
        (Choice(), {"/odom"}),
        (Choice(everything=True), {"/odom", "/camera/image_raw"}),
        (Choice(resolved(["camera/image_raw"], "/")), {"/camera/image_raw"}),
    ],
)
def test_images_as_they_are_are_recorded_where_they_are_wanted(
    context: Context, tmp_path: Path, choice: Choice, recorded: set[str]
) -> None:
    rig = Rig(context, tmp_path / "bag", choice)
    for kind, topic in (
        (Odometry, names.ODOM), (Image, names.IMAGE), (String, "_hidden/feedback")
    ):  # fmt: skip
        rig.node.create_publisher(kind, topic, names.STREAM)
    ours = {"/odom", "/camera/image_raw", "/_hidden/feedback"}
    rig.until(lambda: recorded <= set(rig.recorder.topics))
    for _ in range(3):
        rig.step()
    assert set(rig.recorder.topics) & ours == recorded
    rig.close()


def test_who_offers_less_is_heard_too(context: Context, tmp_path: Path) -> None:
    rig = Rig(context, tmp_path / "bag", Choice())
    rig.publisher(String, "talk", names.RELIABLE).publish(String(data="one"))
    rig.until(lambda: rig.writer.messages >= 1)
    second = Node("second", context=context, start_parameter_services=False)
    shy = second.create_publisher(String, "talk", names.SENSOR_DATA)
    rig.until(lambda: shy.get_subscription_count() > 0)
    shy.publish(String(data="two"))
    said = [
        deserialize_message(one.data, String).data for one in rig.end(2).messages(["/talk"])
    ]  # fmt: skip
    second.destroy_node()
    assert said == ["one", "two"]


def test_it_is_nobody_who_hears_a_sentence(context: Context, tmp_path: Path) -> None:
    """Who says one waits for a listener, which a recorder is not."""
    rig = Rig(context, tmp_path / "bag", Choice(unheard=SAID_ONCE))
    speakers = [
        rig.node.create_publisher(String, topic, names.RELIABLE)
        for topic in (names.INSTRUCTION, f"robot_2/{names.INSTRUCTION}", names.CHANGE_PLACES)
    ]
    rig.publisher(String, names.PLACES, names.LATCHED)
    for _ in range(3):
        rig.step()
    assert [speaker.get_subscription_count() for speaker in speakers] == [0, 0, 0]
    rig.close()
    named = Choice((f"/{names.INSTRUCTION}",), unheard=SAID_ONCE)
    assert named.takes(f"/{names.INSTRUCTION}", "std_msgs/msg/String")


def test_it_takes_at_most_a_twentieth_of_a_core(context: Context, tmp_path: Path) -> None:
    """By its own processor time, which another process's load hardly changes."""
    rig = Rig(context, tmp_path / "bag", Choice())
    topics = [
        rig.publisher(Odometry, f"odom_{number}", QoSProfile(depth=200)) for number in range(6)
    ]
    seconds, spent, now = 8.0, 0.0, time.time_ns()
    for _ in range(round(seconds / PERIOD_S)):
        for number in range(round(RATE_HZ * PERIOD_S)):
            topics[number % len(topics)].publish(Odometry())
        now += round(PERIOD_S * 1e9)
        began = time.thread_time()
        rig.recorder.step(now)
        spent += time.thread_time() - began
    assert len(list(rig.end(round(RATE_HZ * seconds)).topics)) >= 6
    assert spent / seconds <= MOST_OF_A_CORE
