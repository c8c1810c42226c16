"""Gates are found where they are, in rendered images, and nothing else is one."""

import math
from collections.abc import Sequence

import pytest
from rendered import spoiled

from tank_core.commands import Color, Shape
from tank_core.geometry import wxyz_from_yaw
from tank_core.robot import Robot, load_robot
from tank_core.state import CameraFrame, Gate, Pose2D
from tank_perception.perception import Perception
from tank_perception.view import View
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.worlds import Fixture, Opening, Scene, World, on_floor

TAN = (0.47, 0.43, 0.35)  # a wall


def post(name: str, x: float, y: float, color: Color | None = None) -> Fixture:
    return Fixture(name, (0.025, 0.025, 0.3), (x, y, 0.3), TAN, color=color)


def wall(name: str, x: float, start: float, end: float) -> Fixture:
    return Fixture(name, (0.04, abs(end - start) / 2, 0.3), (x, (start + end) / 2, 0.3), TAN)


def world(*fixtures: Fixture, things: Sequence[tuple[float, float]] = ()) -> World:
    cubes = tuple(on_floor(Color.RED, Shape.CUBE, 0.05, place) for place in things)
    return World("stage", cubes, Scene(fixtures=fixtures))


def gates(
    robot: Robot, room: World | str, yaw: float = 0.0, seed: int = 0, light: float = 1.0
) -> tuple[tuple[Gate, ...], tuple[Opening, ...]]:
    """The gates that a robot at the start sees, which has turned, and all."""
    with MujocoBackend(robot, room, seed, camera=True) as backend:
        backend.data.qpos[3:7] = wxyz_from_yaw(yaw)
        frame = backend.paint((1.0, backend.data.qpos.copy()))
        if frame is None:
            pytest.skip(str(backend.camera_problem))
        perception, view = Perception(robot), View.of(robot, Pose2D(0.0, 0.0, yaw))
        for time in (1.0, 1.2):  # one image is not enough
            image = CameraFrame(time, spoiled(frame.rgb, light, seed=round(10 * time)))
            seen = perception.observe(image, view)
        return seen.gates, backend.world.scene.openings


@pytest.mark.parametrize("light", [1.0, 0.6])
@pytest.mark.parametrize(
    ("name", "seed", "yaw"),
    [("gates", 0, 0.0), ("gates", 1, -0.5), ("rooms", 0, 0.0), ("rooms", 3, math.pi / 2)],
)
def test_a_gate_is_where_it_is_as_wide_and_of_its_color(
    robot: Robot, name: str, seed: int, yaw: float, light: float
) -> None:
    (gate,), openings = gates(robot, name, yaw, seed, light)
    place = Pose2D(yaw=yaw).to_world((gate.pose.x, gate.pose.y))
    true = min(openings, key=lambda one: math.dist(place, (one.pose.x, one.pose.y)))
    assert math.dist(place, (true.pose.x, true.pose.y)) < 0.06
    assert Pose2D(yaw=gate.pose.yaw + yaw).turned(true.pose) < math.radians(8.0)
    assert gate.width == pytest.approx(true.width, abs=0.045)
    assert gate.color == true.color and gate.age == 0.0 and gate.height == 0.0


def test_a_robot_with_a_low_camera_sees_them_too() -> None:
    kit = load_robot("rasptank")
    (gate,), _ = gates(
        kit, world(post("a", 1.2, 0.3, Color.BLUE), post("b", 1.2, -0.3, Color.BLUE))
    )
    assert (gate.pose.x, gate.pose.y) == pytest.approx((1.2, 0.0), abs=0.04)
    assert gate.width == pytest.approx(0.55, abs=0.04) and gate.color == "blue"


NO_GATES = {
    "two things on the floor": world(things=[(1.0, 0.3), (1.0, -0.3)]),
    "posts of two colors": world(post("a", 1.2, 0.3, Color.BLUE), post("b", 1.2, -0.3, Color.RED)),
    "a wall close behind": world(
        wall("a", 1.0, 0.3, 1.2), wall("b", 1.0, -1.2, -0.3), wall("c", 1.4, -1.0, 1.0)
    ),
    "a wall": world(wall("a", 1.2, -1.5, 1.5)),
    "too wide": world(post("a", 1.8, 0.8), post("b", 1.8, -0.8)),
    "one behind the other": world(post("a", 1.0, 0.15), post("b", 1.8, -0.15)),
    "nothing": world(),
}


@pytest.mark.parametrize("room", NO_GATES.values(), ids=list(NO_GATES))
def test_what_is_no_gate_is_none(robot: Robot, room: World) -> None:
    assert gates(robot, room)[0] == ()


def test_things_before_a_gate_and_in_it_do_not_hide_it(robot: Robot) -> None:
    room = world(
        wall("a", 1.2, 0.3, 1.2), wall("b", 1.2, -1.2, -0.3), things=[(0.8, 0.3), (1.5, 0.0)]
    )
    (gate,), _ = gates(robot, room)
    assert (gate.pose.x, gate.pose.y) == pytest.approx((1.2, 0.0), abs=0.06)


def test_a_thing_far_behind_a_gate_is_no_upright_to_a_low_camera() -> None:
    kit = load_robot("rasptank")
    posts = [post("a", 1.2, 0.45, Color.BLUE), post("b", 1.2, -0.45, Color.BLUE)]
    (gate,), _ = gates(kit, world(*posts, things=[(1.45, -0.25)]))
    assert gate.width == pytest.approx(0.85, abs=0.06)
