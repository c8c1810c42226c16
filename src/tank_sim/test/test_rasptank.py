"""The kits in simulation.

They take what stands in every cell, after a turn where the arm has no yaw, and nothing hits the
robot itself.
"""

import math

import pytest

from tank_core.commands import Cell, Color, Shape
from tank_core.geometry import wrap
from tank_core.robot import load_robot
from tank_core.state import RobotCommand, Twist2D
from tank_ik import Solver, Target
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.worlds import World, build_world, on_floor

KITS = ["rasptank", "rasptank_pro"]
PERIOD = 0.02  # [s] of the control loop
# [m] of the fingertips: over the deck with something in them, and where they close
CARRY, FLOOR = 0.145, 0.008


@pytest.fixture(params=KITS)
def kit(request):
    return load_robot(request.param)


class Kit:
    """A thing and the robot before it.

    Every contact of the robot with itself or of its arm with the floor is noted.
    """

    def __init__(self, robot, thing):
        self.robot, self.solver = robot, Solver(robot)
        self.backend = MujocoBackend(robot, World("one", (thing,)))
        self.thing, self.hits = thing.name, set()
        self.arm = {link.name for link in robot.arm.links} | {"left_finger", "right_finger"}
        self.body = {"chassis", "left_belt", "right_belt", *robot.drive.wheel_joints}
        self.backend.advance(0.3)

    def to(self, targets, least=0.0):
        """Tell joints where to be, as slowly as they are, and wait."""
        now = self.backend.read().joints
        gone = max(
            abs(now[name].position - goal) / self.robot.joint_velocity(name)
            for name, goal in targets.items()
        )
        self.backend.apply(RobotCommand(joints=targets))
        for _ in range(round(max(gone + 0.3, least) / PERIOD)):
            self.backend.advance(PERIOD)
            self.note()

    def note(self):
        for pair in self.backend.data.contact.geom:
            names = {self.backend.model.geom(int(geom)).name for geom in pair}
            if (names & self.arm and names & (self.body | {"floor"})) or (
                self.thing in names and names & self.body
            ):
                self.hits.add(" meets ".join(sorted(names)))

    def reach(self, place, height):
        result = self.solver.solve(Target((*place, height)))
        assert result.reached, result.message
        self.to(dict(zip(self.robot.arm.joint_names, result.q.tolist(), strict=True)))

    def turn(self, angle):
        """Turn on the spot, as the odometry tells it."""
        for _ in range(1000):
            rest = wrap(angle - self.backend.read().odometry.pose.yaw)
            self.backend.apply(RobotCommand(Twist2D(0.0, max(-1.0, min(1.0, 4 * rest)))))
            self.backend.advance(PERIOD)
            self.note()
            if abs(rest) < 1e-3:
                break
        self.backend.apply(RobotCommand())
        self.backend.advance(0.3)


@pytest.mark.parametrize("cell", Cell)
@pytest.mark.parametrize("shape, size", [(Shape.CUBE, 0.045), (Shape.BALL, 0.03)])
def test_grasp_lift_and_carry(kit, cell, shape, size):
    x, y = kit.cell(cell)
    robot = Kit(
        kit, on_floor(Color.RED, shape, size, (x + 0.003, y - 0.003), 0.2 + math.atan2(y, x))
    )
    place = (x, y)
    if turn := robot.solver.solve(Target((x, y, FLOOR))).turn:
        robot.turn(turn)
        place = (math.hypot(x, y), 0.0)
    for height in (CARRY, 0.07, 0.03, FLOOR):
        robot.reach(place, height)
    assert robot.backend.held() is None
    robot.to({kit.gripper.joint: 0.0}, least=0.8)
    # as told; the truth is that something is between
    assert robot.backend.read().joints[kit.gripper.joint].position == 0.0
    for height in (0.03, 0.07, CARRY):
        robot.reach(place, height)
    robot.to(dict(zip(kit.arm.joint_names, kit.arm.home, strict=True)))
    for twist in (
        Twist2D(kit.drive.max_linear, 0.0),
        Twist2D(0.0, kit.drive.max_angular),
        Twist2D(-kit.drive.max_linear, -1.0),
        Twist2D(),
    ):
        robot.backend.apply(RobotCommand(twist))
        robot.backend.advance(0.6)
        robot.note()
    assert robot.backend.held() == robot.thing
    assert not robot.hits
    robot.to({kit.gripper.joint: kit.gripper.upper}, least=1.0)
    assert robot.backend.held() is None


def test_the_robot_turns_among_full_cells_and_touches_nothing(kit):
    with MujocoBackend(kit, "cells") as backend:
        backend.advance(0.3)
        before = backend.objects()
        backend.apply(RobotCommand(Twist2D(0.0, kit.drive.max_angular)))
        backend.advance(2.5 * math.pi / kit.drive.max_angular)
        after = backend.objects()
    for name, place in before.items():
        assert math.hypot(after[name].x - place.x, after[name].y - place.y) < 0.001, name


def test_the_playground_has_its_cube_where_the_front_cell_is_after_the_first_drive(kit):
    cube = build_world("playground", kit).objects[0]
    assert cube.position[:2] == pytest.approx((1.0, kit.cell(Cell.FRONT)[0]))
