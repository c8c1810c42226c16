"""The simulator as a node.

Its clock, its topics, its services, and what it does with bad settings.
"""

import json
import math
from itertools import pairwise

import numpy as np
import pytest

pytest.importorskip("rclpy", reason="ROS 2 is not installed here")

from geometry_msgs.msg import TwistStamped
from nav_msgs.msg import Odometry
from rcl_interfaces.srv import SetParametersAtomically
from rclpy.parameter import Parameter
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import CameraInfo, Image, JointState, Range
from std_msgs.msg import Header, String
from std_srvs.srv import SetBool, Trigger
from tf2_msgs.msg import TFMessage
from visualization_msgs.msg import MarkerArray

from tank_core.ros import conversions as convert
from tank_core.ros import interfaces as names
from tank_core.ros.testing import starting
from tank_sim.sim_node import SimNode
from tank_sim.worlds import build_world


@pytest.fixture
def start(ros, monkeypatch):
    """Return a function from settings to (node, bench).

    The node is active and has simulated time. It waits for no other simulation: there is none.
    """
    monkeypatch.setattr("tank_sim.sim_node.DISCOVERY_S", 0.0)
    usual = {"use_sim_time": True, "camera": False, "world": "empty"}
    with starting(SimNode, may_fail=True, **usual) as start:
        yield start


def stamp(message):
    return convert.time_from_ros(message.header.stamp)


def call(bench, kind, name, **fields):
    client = bench.node.create_client(kind, name)
    assert client.wait_for_service(60)
    future = client.call_async(kind.Request(**fields))
    bench.wait(future.done, f"an answer of {name}")
    return future.result()


def pause(bench, paused=True):
    return call(bench, SetBool, names.SET_PAUSE, data=paused)


def test_clock_and_odometry_at_50_hz_of_simulated_time(start):
    _, bench = start(real_time_factor=0.0)
    clock = bench.listen(Clock, names.CLOCK, names.STREAM)
    odom = bench.listen(Odometry, names.ODOM, names.STREAM)
    bench.wait(lambda: len(odom) > 60 and len(clock) > 60, "a second of odometry")
    pause(bench)
    times = [stamp(message) for message in odom[:60]]
    assert times == sorted(set(times))
    # As fast as it can, a listener may miss some: every interval is a whole number of periods, and
    # most are one.
    periods = [round((b - a) / 0.02, 3) for a, b in pairwise(times)]
    assert all(period == round(period) for period in periods)
    assert sorted(periods)[len(periods) // 2] == 1
    assert {round(convert.time_from_ros(message.clock) / 0.02, 3) % 1 for message in clock} == {0.0}


def test_every_topic_of_the_robot_is_there(robot, start):
    _, bench = start()
    joints = bench.listen(JointState, names.JOINT_STATES, names.STREAM)
    truth = bench.listen(Odometry, names.GROUND_TRUTH, names.STREAM)
    description = bench.listen(String, names.ROBOT_DESCRIPTION, names.LATCHED)
    moving = bench.listen(TFMessage, names.TF, names.TF_QOS)
    fixed = bench.listen(TFMessage, names.TF_STATIC, names.LATCHED)
    bench.wait(lambda: joints and truth and description and moving and fixed, "all of them")
    assert {*robot.joint_names, *robot.drive.wheel_joints} <= set(joints[0].name)
    assert truth[0].header.frame_id == "odom" and truth[0].child_frame_id == "base_link"
    assert '<robot name="tank">' in description[0].data
    frames = {t.child_frame_id for message in (moving[0], fixed[0]) for t in message.transforms}
    assert {
        "base_link",
        "left_wheel_link",
        "hand_link",
        "left_finger",
        "right_finger",
        "camera_link",
        "camera_optical_frame",
    } <= frames
    assert names.RANGE_FRAME in frames


def test_it_drives_and_the_watchdog_stops_it(start):
    node, bench = start(real_time_factor=0.0)
    truth = bench.listen(Odometry, names.GROUND_TRUTH, names.STREAM)
    publisher = bench.publisher(TwistStamped, names.CMD_VEL, names.NEWEST)
    message = TwistStamped()
    message.twist.linear.x = 0.5
    publisher.publish(message)
    bench.wait(lambda: truth and truth[-1].pose.pose.position.x > 0.1, "it to drive")
    bench.wait(lambda: abs(truth[-1].twist.twist.linear.x) < 0.01, "it to stop by itself")
    with node.lock:
        assert node.simulation.truth().x < 0.5 * 0.5 + 0.15


def test_pause_and_step(start):
    node, bench = start(turns_per_step=5)
    bench.wait(lambda: node.robot_time() > 0.1, "time to pass")
    assert not call(bench, Trigger, names.STEP_SIMULATION).success
    answer = pause(bench)
    assert answer.success and answer.message.startswith("paused at")
    before = node.robot_time()
    answer = call(bench, Trigger, names.STEP_SIMULATION)
    assert answer.success
    assert node.robot_time() == pytest.approx(before + 0.1)
    assert pause(bench, False).message.startswith("running at")
    bench.wait(lambda: node.robot_time() > before + 0.3, "time to pass again")


def test_reset_world_puts_everything_back_and_time_goes_on(start):
    node, bench = start(world="playground", seed=3, real_time_factor=0.0)
    publisher = bench.publisher(TwistStamped, names.CMD_VEL, names.NEWEST)
    odom = bench.listen(Odometry, names.ODOM, names.STREAM)
    with node.lock:
        node.simulation.data.joint("red_cube").qpos[:2] += 1.0
    message = TwistStamped()
    message.twist.linear.x = 0.5
    publisher.publish(message)
    bench.wait(lambda: odom and odom[-1].pose.pose.position.x > 0.1, "it to drive")
    pause(bench)
    before = node.robot_time()
    resets = bench.listen(Header, names.WORLD_RESET, names.RELIABLE)
    bench.wait(node._reset_topic.get_subscription_count, "the subscription")
    answer = call(bench, Trigger, names.RESET_WORLD)
    assert answer.success and "playground" in answer.message
    with node.lock:
        for thing in build_world("playground", node.robot, 3).objects:
            state = node.simulation.objects()[thing.name]
            assert (state.x, state.y, state.z) == pytest.approx(thing.position)
        assert node.robot_time() == before
        assert node.simulation.truth().x == 0.0
    bench.wait(lambda: resets, "the news of it")
    assert convert.time_from_ros(resets[0].stamp) == pytest.approx(before)
    assert resets[0].frame_id == names.ODOM_FRAME
    call(bench, Trigger, names.STEP_SIMULATION)  # what is on its way is from before
    bench.wait(lambda: stamp(odom[-1]) > before, "odometry")
    assert math.hypot(odom[-1].pose.pose.position.x, odom[-1].pose.pose.position.y) < 1e-3


def test_camera_image_and_info(robot, start):
    node, bench = start(camera=True, world="cells")
    images = bench.listen(Image, names.IMAGE, names.SENSOR_DATA)
    infos = bench.listen(CameraInfo, names.CAMERA_INFO, names.SENSOR_DATA)
    bench.wait(lambda: (images and infos) or node.simulation.camera_problem, "an image")
    if node.simulation.camera_problem:
        pytest.skip(node.simulation.camera_problem)
    assert (images[0].height, images[0].width, images[0].encoding) == (
        robot.camera.height,
        robot.camera.width,
        "rgb8",
    )
    assert images[0].header.frame_id == infos[0].header.frame_id == names.OPTICAL_FRAME
    assert infos[0].k[0] == pytest.approx(robot.camera.focal_px)
    assert stamp(images[0]) <= node.robot_time()


def test_a_real_camera_is_late_and_the_range_sensor_speaks(robot, start):
    node, bench = start(camera=True, world="cells", realism="real")
    images = bench.listen(Image, names.IMAGE, names.SENSOR_DATA)
    ranges = bench.listen(Range, names.RANGE, names.SENSOR_DATA)
    bench.wait(
        lambda: (images and ranges) or node.simulation.camera_problem, "an image and a distance"
    )
    if node.simulation.camera_problem:
        pytest.skip(node.simulation.camera_problem)
    assert stamp(images[0]) <= node.robot_time() - node.simulation.realism.camera_latency
    assert ranges[0].header.frame_id == names.RANGE_FRAME
    assert ranges[0].range == pytest.approx(
        robot.cell(None)[0] - 0.02 - robot.range_sensor.position[0], abs=0.03
    )


@pytest.mark.slow
def test_without_opengl_a_diagnostic_says_so_and_the_rest_goes_on(start, monkeypatch):
    reason = "no camera images, because there is no OpenGL here"
    monkeypatch.setattr("tank_sim.sensors.camera.SimulatedCamera._no_opengl", reason)
    node, bench = start(camera=True)
    status = bench.diagnostics()
    bench.wait(lambda: status("camera") and reason in status("camera").message, "a diagnostic")
    assert status("camera").level != b"\x00"
    before = node.robot_time()
    bench.wait(lambda: node.robot_time() > before + 0.2, "time to pass")
    assert node.working


@pytest.mark.slow
def test_a_failing_simulation_stops_the_robot_and_is_told(start, monkeypatch):
    node, bench = start()
    status = bench.diagnostics()
    bench.wait(lambda: node.robot_time() > 0.1, "time to pass")
    monkeypatch.setattr(node.simulation, "advance", lambda duration: 1 / 0)
    bench.wait(
        lambda: status("robot") and "ZeroDivisionError" in status("robot").message, "a diagnostic"
    )
    assert not node.working


@pytest.mark.parametrize(
    "setting, fault",
    [
        ({"world": "moon"}, "say one of cells, clutter"),
        ({"real_time_factor": -1.0}, "between 0 and 1000"),
        ({"viewer": "tv"}, "say one of none"),
        ({"realism": "perfect"}, "say one of ideal, real"),
    ],
)
def test_bad_settings_are_refused_in_words(start, setting, fault):
    node, _ = start(activate=False, **setting)
    assert fault in node.failure


def test_it_can_be_deactivated_and_activated_again(start):
    node, bench = start()
    bench.wait(lambda: node.robot_time() > 0.1, "time to pass")
    node.trigger_deactivate()
    stood = node.robot_time()
    assert not call(bench, Trigger, names.STEP_SIMULATION).success
    assert node.robot_time() == stood
    node.trigger_activate()
    bench.wait(lambda: node.robot_time() > stood + 0.1, "time to pass again")
    node.trigger_deactivate()
    node.trigger_cleanup()
    node.trigger_configure()
    node.trigger_activate()
    bench.wait(lambda: node.robot_time() > 0.1, "a new world")


def set_world(bench, **wanted):
    client_parameters = [Parameter(name, value=value) for name, value in wanted.items()]
    request = [each.to_parameter_msg() for each in client_parameters]
    service = f"{names.SIM_NODE}/set_parameters_atomically"
    return call(bench, SetParametersAtomically, service, parameters=request).result


def test_another_world_is_built_while_it_runs_and_time_and_stops_stay(start):
    node, bench = start(world="empty", real_time_factor=0.0)
    told = bench.listen(String, names.WORLD, names.LATCHED)
    seen = bench.listen(MarkerArray, names.GROUND_TRUTH_MARKERS, names.LATCHED)
    resets = bench.listen(Header, names.WORLD_RESET, names.RELIABLE)
    bench.wait(lambda: told and seen, "the first world")
    bench.wait(node._reset_topic.get_subscription_count, "the subscription")
    assert [each.ns for each in seen[-1].markers] == [""]  # nothing but that all before is gone
    node.stop_robot("a test")
    before = node.robot_time()
    result = set_world(bench, world="rooms", seed=4)
    assert result.successful, result.reason
    rooms = build_world("rooms", node.robot, 4)
    bench.wait(lambda: resets and json.loads(told[-1].data)["world"] == "rooms", "the news of it")
    bench.wait(lambda: len(seen[-1].markers) > 1, "where things are in it")
    kinds = [each.ns for each in seen[-1].markers]
    assert kinds.count("fixtures") == len(rooms.scene.fixtures)
    assert kinds.count("objects") == len(rooms.objects)
    wall, fixture = seen[-1].markers[1], rooms.scene.fixtures[0]
    assert (wall.scale.x / 2, wall.scale.y / 2) == pytest.approx(fixture.half_size[:2])
    assert (wall.pose.position.x, wall.pose.position.y) == pytest.approx(fixture.position[:2])
    with node.lock:
        assert node.controller.stopped and node.simulation.world.name == "rooms"
    assert node.robot_time() >= before
    assert "rooms is as it was with seed 4" in call(bench, Trigger, names.RESET_WORLD).message
    assert node.get_parameter("world").value == "rooms"


def test_a_world_that_is_none_changes_nothing(start):
    node, bench = start(world="playground")
    result = set_world(bench, world="moon", seed=3)
    assert not result.successful and "say one of" in result.reason
    assert node.simulation.world.name == "playground" and node.settings["seed"] == 0
    assert not set_world(bench, seed=-1).successful
    assert not set_world(bench, realism="real").successful  # that one is fixed


def test_an_object_that_is_moved_is_told_where_it_is(start):
    node, bench = start(world="cells", real_time_factor=0.0)
    seen = bench.listen(MarkerArray, names.GROUND_TRUTH_MARKERS, names.LATCHED)
    bench.wait(lambda: seen, "where things are")
    number = [thing.name for thing in node.simulation.world.objects].index("red_cube")
    with node.lock:
        node.simulation.data.joint("red_cube").qpos[:2] += 1.0
        where = node.simulation.data.joint("red_cube").qpos[:2].copy()

    def place():
        objects = [each for each in seen[-1].markers if each.ns == "objects"]
        return objects[number].pose.position.x, objects[number].pose.position.y

    bench.wait(lambda: place() == pytest.approx(where, abs=0.02), "where it is now")


@pytest.mark.slow
def test_the_camera_shows_the_world_that_it_was_changed_to(start):
    node, bench = start(camera=True, world="empty")
    images = bench.listen(Image, names.IMAGE, names.SENSOR_DATA)
    bench.wait(lambda: images or node.simulation.camera_problem, "an image")
    if node.simulation.camera_problem:
        pytest.skip(node.simulation.camera_problem)

    def has_red():
        red, green, blue = np.frombuffer(images[-1].data, np.uint8).reshape(-1, 3).T.astype(int)
        return bool(((red > 100) & (red > 2 * green) & (red > 2 * blue)).sum() > 50)

    assert not has_red()
    before = stamp(images[-1])
    for world, red in (("cells", True), ("empty", False), ("cells", True)):
        assert set_world(bench, world=world).successful
        bench.wait(lambda red=red: has_red() == red, f"the world {world} in the picture")
    assert stamp(images[-1]) > before and node.failure == ""
