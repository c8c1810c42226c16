"""Demonstrations out of recordings: as they were, and what is missing is said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bags import BEGAN
from geometry_msgs.msg import TwistStamped
from rclpy.serialization import serialize_message
from std_msgs.msg import Bool, Header, String

from tank_cli.__main__ import main
from tank_core.commands import Wait
from tank_core.mock_backend import MockBackend
from tank_core.robot import load_robot
from tank_core.robot.urdf import build_urdf
from tank_core.robot_controller import RobotController
from tank_core.ros import conversions as convert
from tank_core.ros import interfaces as names
from tank_core.ros.images.conversions import jpeg_to_ros
from tank_core.state import CameraFrame, JointTrajectory, RobotState, TrajectoryPoint, Twist2D
from tank_executor.plan import Plan, PlanState, PlanStatus
from tank_executor.ros.messages import status_to_ros
from tank_executor.running.hands import DRIVEN, FREE, Hands
from tank_learning.skills.dataset import Dataset, Demonstration, Spec
from tank_learning.skills.dataset.sources.attempts import Attempt
from tank_learning.skills.dataset.sources.recorded import (
    JointSample,
    RecordedDemonstrations,
    RecordedEvent,
    RecordingSummary,
    Stopped,
    WorldReset,
)
from tank_learning.skills.dataset.sources.sampling import FrameSampler
from tank_recording.bag import BagTopic
from tank_recording.ros.types import definition
from tank_recording.writing import BagWriter

ROBOT = load_robot("rasptank")
SPEC = Spec.of(ROBOT, 10, {"front": (32, 24)})
TICK_S = 0.02
STARTED = 1000.0  # [s] on the robot's clock
LIFT = JointTrajectory(("arm_shoulder",), (TrajectoryPoint(0.4, (1.5,)),))
BY_PLANS = RecordingSummary("then", plans=True, hands=True)
RUNNING = PlanStatus(PlanState.RUNNING, Plan((Wait(1.0),), "wave to me", 5))


def ended(state: PlanState = PlanState.SUCCEEDED, message: str = "") -> PlanStatus:
    return replace(RUNNING, state=state, message=message)


def hands(state: str) -> Hands:
    return Hands(state, "", {})


def image(tick: int) -> CameraFrame:
    return CameraFrame(STARTED + tick * TICK_S, np.full((48, 64, 3), 4 * tick, np.uint8))


def driven(ticks: int, spec: Spec = SPEC) -> tuple[list[RecordedEvent], Demonstration]:
    """A robot that drives too fast: what is heard of it, and what it did."""
    backend, heard = MockBackend(ROBOT), []
    controller, sampler = RobotController(backend), FrameSampler(ROBOT, spec)
    state: RobotState = controller.step(0.0)
    for tick in range(ticks):
        at = STARTED + state.time
        heard += [RecordedEvent(at, JointSample(state.joints)), RecordedEvent(at, state.odometry)]
        asked = Twist2D(0.05 * tick, 0.3)  # soon over the limit
        sampler.step(state, lambda tick=tick: {"front": image(tick)}, controller.sent)
        if tick % 5 == 4:  # it is there before the state of the frame that it belongs to
            heard.append(RecordedEvent(at, image(tick + 1)))
        controller.command_twist(asked, state.time)
        heard.append(RecordedEvent(at, asked))
        if tick == 7:
            assert controller.command_trajectory(LIFT, state.time) is None
            heard.append(RecordedEvent(at, LIFT))
        backend.advance(TICK_S)
        state = controller.step(state.time + TICK_S)
    heard.insert(0, RecordedEvent(STARTED, image(0)))
    return heard, sampler.demonstration("wave to me", "here")


def during(heard: list[RecordedEvent], *others: tuple[int, Any]) -> list[RecordedEvent]:
    """Events with others at their ticks, before what is heard then."""
    extra = [RecordedEvent(STARTED + tick * TICK_S, news) for tick, news in others]
    return sorted([*extra, *heard], key=lambda one: one.at)


def read(
    events: list[RecordedEvent], told: RecordingSummary = BY_PLANS, sentence: str = ""
) -> list[Attempt]:
    reading = RecordedDemonstrations(ROBOT, SPEC, told, sentence, lambda _: False)
    return list(reading.read(events))


def same(one: Demonstration | None, other: Demonstration) -> bool:
    return (
        one is not None
        and np.allclose(one.states, other.states, atol=1e-6)
        and np.allclose(one.actions, other.actions, atol=1e-6)
        and np.array_equal(one.images["front"], other.images["front"])
    )


def test_a_recording_gives_what_the_robot_was_sent_after_clamping() -> None:
    heard, right = driven(40)
    (found,) = read(during(heard, (0, RUNNING), (40, ended())))
    assert same(found.shown, right) and found.notes == ()
    assert found.shown is not None and found.shown.task == "wave to me"
    limit = ROBOT.drive.max_linear  # far below the 2 m/s that were asked for
    assert found.shown.actions[-1, -2] == pytest.approx(limit)
    shoulder = found.shown.actions[:, ROBOT.joint_names.index("arm_shoulder")]
    assert shoulder[-1] == pytest.approx(1.5) and shoulder[0] != pytest.approx(1.5)


def test_without_plans_and_hands_all_is_one_demonstration() -> None:
    heard, right = driven(20)
    (found,) = read(heard, RecordingSummary("then", False, False), "drive a curve")
    assert same(found.shown, right) and found.shown is not None
    assert found.shown.task == "drive a curve"
    (unsaid,) = read(heard, RecordingSummary("then", False, False))
    assert unsaid.shown is None and "--as" in unsaid.why_not


def test_each_stretch_by_hand_is_one() -> None:
    heard, _ = driven(60)
    changes = ((10, DRIVEN), (21, FREE), (32, DRIVEN), (36, DRIVEN))
    found = read(during(heard, *((tick, hands(one)) for tick, one in changes)), sentence="park")
    assert [one.shown.length for one in found if one.shown] == [3, 6]
    assert len({one.source for one in found}) == 2


@pytest.mark.parametrize(
    ("others", "why"),
    [
        ([(30, ended(PlanState.FAILED, "I see no cube"))], "failed: I see no cube"),
        ([(30, ended(PlanState.STOPPED, "stop was pressed"))], "stopped: stop was pressed"),
        ([], "ends in the midst"),
        ([(20, WorldReset()), (30, ended())], "reset"),
    ],
)
def test_what_did_not_succeed_is_left_out_with_its_reason(others: list[Any], why: str) -> None:
    heard, _ = driven(40)
    (found,) = read(during(heard, (0, RUNNING), *others))
    assert found.shown is None and why in found.why_not


def test_a_stop_is_an_action_like_any_other() -> None:
    heard, _ = driven(40)
    stop, free = Stopped("stopped", True), Stopped("stopped", False)
    (found,) = read(during(heard, (0, RUNNING), (12, stop), (26, free), (40, ended())))
    assert found.shown is not None
    speeds = found.shown.actions[:, -2]
    assert speeds[3] == speeds[4] == 0.0 and speeds[1] > 0.0 and speeds[6] > 0.0


def test_what_is_missing_is_said() -> None:
    heard, _ = driven(40)
    late = [one for one in heard if not isinstance(one.news, CameraFrame)]
    frames = [RecordedEvent(STARTED + 10 * TICK_S, image(10))]
    (found,) = read(during([*late, *frames], (0, RUNNING), (40, ended())))
    assert found.shown is not None and found.shown.length == 6
    assert "no image" in found.notes[0] and "older than 0.3 s" in found.notes[1]
    gap = [one for one in heard if not STARTED + 0.2 < one.at < STARTED + 0.6]
    (found,) = read(during(gap, (0, RUNNING), (40, ended())))
    assert found.shown is None and "state is missing" in found.why_not
    (found,) = read(during(late, (0, RUNNING), (40, ended())))
    assert found.shown is None and "no image" in found.why_not


def test_what_is_known_already_is_not_read_again() -> None:
    heard, _ = driven(20)
    events = during(heard, (0, RUNNING), (20, ended()))
    (found,) = read(events)
    known = RecordedDemonstrations(ROBOT, SPEC, BY_PLANS, "", {found.source}.__contains__)
    assert list(known.read(events)) == []


# -- The same by ROS's messages, in a file

KINDS = {
    names.ODOM: "nav_msgs/msg/Odometry",
    names.JOINT_STATES: "sensor_msgs/msg/JointState",
    names.COMPRESSED_IMAGE: "sensor_msgs/msg/CompressedImage",
    names.CMD_VEL: "geometry_msgs/msg/TwistStamped",
    names.JOINT_TRAJECTORY: "trajectory_msgs/msg/JointTrajectory",
    names.EXECUTION_STATUS: "tank_msgs/msg/ExecutionStatus",
    names.TELEOP_STATE: "std_msgs/msg/String",
    names.STOPPED: "std_msgs/msg/Bool",
    names.WORLD_RESET: "std_msgs/msg/Header",
    names.ROBOT_DESCRIPTION: "std_msgs/msg/String",
}


def message(event: RecordedEvent) -> tuple[str, Any]:
    """An event as its topic has it."""
    at, news = event.at, event.news
    if isinstance(news, CameraFrame):
        return names.COMPRESSED_IMAGE, jpeg_to_ros(news, news.time, "camera", 95)
    if isinstance(news, Twist2D):
        twist = convert.twist_to_ros(news)
        return names.CMD_VEL, TwistStamped(header=convert.header(at, ""), twist=twist)
    if isinstance(news, JointTrajectory):
        return names.JOINT_TRAJECTORY, convert.trajectory_to_ros(news)
    if isinstance(news, PlanStatus):
        return names.EXECUTION_STATUS, status_to_ros(news, at)
    if isinstance(news, JointSample):
        return names.JOINT_STATES, convert.joints_to_ros(news.states, at)
    if isinstance(news, Hands):
        return names.TELEOP_STATE, String(data=news.to_text())
    if isinstance(news, Stopped):
        return names.STOPPED, Bool(data=news.holds)
    if isinstance(news, WorldReset):
        return names.WORLD_RESET, Header()
    return names.ODOM, convert.odometry_to_ros(news, at, "odom", "base_link")


def recorded(
    folder: Path, events: list[RecordedEvent], leave_out: str = "", described: bool = True
) -> Path:
    writer = BagWriter(folder, "jazzy")
    messages: Iterator[tuple[float, tuple[str, Any]]] = (
        (one.at - STARTED, message(one)) for one in events
    )
    text = (0.0, (names.ROBOT_DESCRIPTION, String(data=build_urdf(ROBOT))))
    for after, (name, one) in ([text] if described else []) + list(messages):
        if name != leave_out:
            writer.add(BagTopic(f"/{name}", KINDS[name], definition(KINDS[name])))
            at = BEGAN + round(after * 1e9)
            writer.write(f"/{name}", serialize_message(one), at, at)
    writer.close()
    return folder


def learn(*words: object) -> int:
    return main(["learn", *map(str, words)])


def test_a_file_gives_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    heard, right = driven(40)
    bag = recorded(tmp_path / "bag", during(heard, (0, RUNNING), (40, ended())))
    out, options = tmp_path / "out", ("--size", "32x24")
    assert learn("record", "--from", bag, "--out", out, *options) == 0
    (one,) = Dataset(out).episodes
    assert one.task == "wave to me" and one.source.startswith("recording of 2023-11-14 22:13:20")
    read = Dataset(out).episode(0)
    assert Dataset(out).spec == SPEC
    assert np.allclose(read.states, right.states, atol=1e-6)
    assert np.allclose(read.actions, right.actions, atol=1e-6)
    difference = np.abs(read.images["front"].astype(int) - right.images["front"])
    assert difference.max() <= 4  # JPEG, then H.264
    capsys.readouterr()
    assert learn("record", "--from", bag, "--out", out, *options) == 0
    assert "1 episodes, 0 of them new" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("leave_out", "described", "words", "said"),
    [
        (names.CMD_VEL, True, (), "no cmd_vel"),
        (names.JOINT_STATES, True, (), "no joint_states"),
        (names.COMPRESSED_IMAGE, True, (), "--no-images"),
        ("", False, (), "say --robot"),
        ("", True, ("--world", "gate"), "--world is of simulations"),
        ("", True, ("--size", "33x24"), "even"),
    ],
)
def test_what_cannot_be_a_dataset_is_refused_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], leave_out: str, described: bool,
    words: tuple[str, ...], said: str,
) -> None:  # fmt: skip
    heard, _ = driven(10)
    bag = recorded(tmp_path / "bag", during(heard, (0, RUNNING)), leave_out, described)
    assert learn("record", "--from", bag, "--out", tmp_path / "out", *words) == 2
    told = capsys.readouterr().err
    assert said in told and told.count("\n") == 1
    assert not (tmp_path / "out" / "meta").exists()


def test_what_nobody_said_and_no_hand_drove_is_one_episode_if_so_wanted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    heard, right = driven(20)
    bag = recorded(tmp_path / "bag", during(heard, (0, hands(FREE))))
    words = ("record", "--from", bag, "--out", tmp_path / "out", "--size", "32x24")
    assert learn(*words) == 1
    assert "say --whole" in capsys.readouterr().err
    assert learn(*words, "--whole", "--as", "drive a curve") == 0
    read = Dataset(tmp_path / "out").episode(0)
    assert read.task == "drive a curve" and np.allclose(read.actions, right.actions, atol=1e-6)


def test_without_images_a_recording_without_a_camera_will_do(tmp_path: Path) -> None:
    heard, right = driven(20)
    events = during(heard, (0, RUNNING), (20, ended()))
    bag = recorded(tmp_path / "bag", events, names.COMPRESSED_IMAGE)
    assert learn("record", "--from", bag, "--out", tmp_path / "out", "--no-images") == 0
    read = Dataset(tmp_path / "out").episode(0)
    assert not read.images and np.allclose(read.actions, right.actions, atol=1e-6)
