"""A learned skill in the node: its choice, its thread, and its images."""

import math
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from executor_peer import Peer, assert_at_rest
from rclpy.context import Context
from rclpy.parameter import Parameter
from sensor_msgs.msg import Image

from tank_core.commands import Color, Face
from tank_core.geometry import wrap
from tank_core.robot import Robot
from tank_core.ros import interfaces as names
from tank_core.ros.images.conversions import image_to_ros
from tank_core.ros.tank_messages import detections_to_ros
from tank_core.skill import Chunk, Observation, Skill, SkillCard
from tank_core.state import CameraFrame, Detection, Detections
from tank_core.testing.waiting import wait_for
from tank_executor.executor_node import ExecutorNode
from tank_executor.plan import PlanState
from tank_msgs.msg import DetectedObjectArray
from tank_skills import SkillFile, add_kind, save_skill

PLACE = (0.6, 0.25)
THERE = math.atan2(PLACE[1], PLACE[0])
CARD = SkillCard("turning-tank", "face", "tank", "turning", 0.1, 8, image=(64, 48), patience=60.0)
RED = Face(color=Color.RED)


class Turning:
    """Turns to PLACE by odometry; ``thinking`` holds it up when cleared."""

    def __init__(self, file: SkillFile) -> None:
        self.card, self.gain = file.card, float(file.constant("gain", 1)[0])
        self.thinking = threading.Event()
        self.thinking.set()
        self.seen: list[Observation] = []
        self.threads: set[str] = set()

    def reset(self) -> None:
        self.seen.clear()

    def act(self, seen: Observation) -> Chunk:
        self.seen.append(seen)
        self.threads.add(threading.current_thread().name)
        self.thinking.wait()
        left = wrap(THERE - seen.state.odometry.pose.yaw)
        twists = np.zeros((8, 2))
        twists[:, 1] = self.gain * left
        return Chunk(seen.state.time, 0.1, twists, end=np.full(8, float(abs(left) < 0.01)))


@pytest.fixture
def made() -> list[Turning]:
    return []


@pytest.fixture
def parameters(tmp_path: Path, made: list[Turning]) -> list[Parameter]:
    """A skill's file, whose kind is one of this test's own."""

    def make(file: SkillFile, robot: Robot) -> Skill:
        made.append(Turning(file))
        return made[-1]

    add_kind(CARD.kind, make)
    save_skill(tmp_path / "t.safetensors", CARD, {}, {"gain": np.array([1.5], np.float32)})
    return [Parameter("skills", value=f"face={tmp_path / 't.safetensors'}")]


@pytest.fixture
def camera(peer: Peer) -> Iterator[object]:
    """Images, only where somebody hears them, and detections of a red cube."""
    publisher = peer.create_publisher(Image, names.IMAGE, names.SENSOR_DATA)
    found = peer.create_publisher(DetectedObjectArray, names.DETECTIONS, names.RELIABLE)
    rgb = np.zeros((48, 64, 3), np.uint8)

    def publish() -> None:
        now = peer.get_clock().now().nanoseconds * 1e-9
        if publisher.get_subscription_count():
            publisher.publish(image_to_ros(CameraFrame(now, rgb), now, "camera_optical_frame"))
        state = peer.controller.state
        if state is not None:
            x, y = state.odometry.pose.to_local(PLACE)
            one = Detection(1, "red", "cube", (x, y, 0.02), (0.04, 0.04, 0.04))
            found.publish(detections_to_ros(Detections(now, (one,)), "base_link"))

    peer.create_timer(0.05, publish)
    wait_for(lambda: peer.node.count_publishers(names.IMAGE) > 0, "the camera")
    return publisher


@pytest.mark.slow
def test_it_faces_and_the_camera_is_heard_only_meanwhile(
    peer: Peer, camera, made: list[Turning]
) -> None:
    assert camera.get_subscription_count() == 0
    peer.say(RED)
    message = peer.wait(PlanState.SUCCEEDED).outcomes[0].message
    assert message.endswith("by the learned skill turning-tank")
    yaw = peer.controller.state.odometry.pose.yaw
    assert abs(wrap(yaw - THERE)) < math.radians(2.0)
    wait_for(lambda: camera.get_subscription_count() == 0, "the end of the subscription")
    (skill,) = made
    assert all(name.startswith("skill") for name in skill.threads)
    stamps = [seen.frame.time for seen in skill.seen]
    assert stamps == sorted(set(stamps))
    assert all(0.0 <= seen.state.time - seen.frame.time < 5.0 for seen in skill.seen[1:])


@pytest.mark.slow
def test_a_stop_does_not_wait_for_a_thought(peer: Peer, camera, made: list[Turning]) -> None:
    (skill,) = made
    peer.say(RED)
    wait_for(lambda: bool(peer.twists) and peer.twists[-1][2] > 0.1, "a turn")
    skill.thinking.clear()  # from now on it thinks for ever
    thoughts = len(skill.seen)
    wait_for(lambda: len(skill.seen) > thoughts, "the next thought")
    try:
        began = time.monotonic()
        assert peer.call(names.STOP).success
        assert peer.wait(PlanState.STOPPED)
        assert_at_rest(peer)
        zero = next(when for when, *twist in peer.twists if when > began and twist == [0.0, 0.0])
        assert zero - began < 2.0  # the thought lasts longer
    finally:
        skill.thinking.set()


@pytest.mark.slow
def test_while_it_thinks_on_and_on_the_robot_stands(
    peer: Peer, camera, made: list[Turning]
) -> None:
    (skill,) = made
    peer.say(RED)
    wait_for(lambda: bool(peer.twists) and peer.twists[-1][2] > 0.05, "a turn")
    skill.thinking.clear()
    try:
        wait_for(lambda: peer.twists[-1][1:] == (0.0, 0.0), "the chunk's end")
        assert peer.node.runner.running
    finally:
        skill.thinking.set()
    assert peer.wait(PlanState.SUCCEEDED)


@pytest.mark.parametrize(
    ("skills", "said"),
    [
        ("face=/nowhere/face.safetensors", "/nowhere/face.safetensors does not exist; copy it"),
        ("jump=learned", "'jump=learned' chooses no learned skill; say ACTION=learned"),
        ("face=no-such", "no skill is called 'no-such'"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_in_one_line(
    context: Context, skills: str, said: str
) -> None:
    node = ExecutorNode(context=context, parameter_overrides=[Parameter("skills", value=skills)])
    node.trigger_configure()
    assert said in node.failure and "\n" not in node.failure
    node.trigger_shutdown()
    node.destroy_node()
