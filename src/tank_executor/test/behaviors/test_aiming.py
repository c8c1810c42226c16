"""An arm without a yaw.

The robot turns by the place's azimuth, works straight ahead, and turns back.
"""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_core.commands import Approach, Cell, Color, Grasp, Release, Shape
from tank_core.geometry import wrap
from tank_core.robot import Robot, load_robot
from tank_executor.arm import FLOOR_CLEARANCE_M, ArmPlanner
from tank_executor.behaviors.handling.grasp_check import grasp_check_for
from tank_executor.behaviors.looking import viewing_distance
from tank_executor.hand import LOW_M
from tank_executor.motion import guard
from tank_executor.motion.route import Footprint
from tank_executor.plan import Plan, PlanState, cell_name
from tank_executor.script import Context

RED_CUBE = {"color": "red", "shape": "cube"}
KIT_ARM = ArmPlanner(load_robot("rasptank"))


@pytest.fixture(scope="module")
def arm(kit: Robot) -> ArmPlanner:
    return KIT_ARM


@pytest.mark.parametrize("name", ["rasptank", "rasptank_pro", "tank"])
@pytest.mark.parametrize("cell", list(Cell))
def test_every_cell_is_reached_from_the_floor_to_where_things_are_carried(
    name: str, cell: Cell
) -> None:
    robot = load_robot(name)
    arm = ArmPlanner(robot)
    x, y = robot.cell(cell)
    assert arm.turn_to((x, y)) == pytest.approx(0.0 if arm.turns else math.atan2(y, x))
    for height in (FLOOR_CLEARANCE_M, arm.hover_height, arm.carry_height):
        point = (*arm.in_plane((x, y)), height)
        result = arm.reach(point, arm.home)
        assert result.reached
        assert math.dist(arm.solver.chain.forward(result.q)[0], point) < 0.001


@given(st.floats(0.11, 0.16), st.floats(-math.pi, math.pi))
def test_a_turn_in_place_keeps_the_distance_and_brings_the_place_into_the_plane(
    distance: float, bearing: float
) -> None:
    arm = KIT_ARM
    place = distance * math.cos(bearing), distance * math.sin(bearing)
    x, y = arm.in_plane(place)
    assert y == pytest.approx(0.0, abs=1e-3) and x == pytest.approx(distance, abs=1e-3)
    assert abs(wrap(arm.turn_to(place) - bearing)) < 0.005


def test_an_arm_with_a_yaw_never_has_the_robot_turned(robot: Robot) -> None:
    arm = ArmPlanner(robot)
    assert arm.turns and arm.turn_to((0.2, 0.2)) == 0.0 and arm.in_plane((0.2, 0.1)) == (0.2, 0.1)


def test_what_is_shown_to_the_camera_is_in_its_image(kit: Robot, arm: ArmPlanner) -> None:
    camera = kit.camera
    assert len(arm.shows) == 2
    for pose in arm.shows:
        x, y, z = arm.solver.chain.forward(pose)[0]
        depression = math.atan2(camera.position[2] - z, x - camera.position[0])
        assert y == pytest.approx(0.0, abs=1e-6)
        assert abs(depression - camera.pitch) < math.radians(camera.fovy) / 2 - math.radians(5)
        assert z >= arm.hover_height - 0.005


@pytest.mark.slow
@pytest.mark.parametrize("cell", list(Cell))
def test_put_down_in_a_cell_and_the_heading_is_as_before(
    kit_rig: Any, kit: Robot, cell: Cell
) -> None:
    rig = kit_rig([(Color.RED, Shape.CUBE, kit.cell(Cell.FRONT))])
    assert rig.run(Grasp(color="red")).state is PlanState.SUCCEEDED
    before, said = rig.backend.truth(), set()
    rig.runner.submit(Plan((Release(cell),)))
    while rig.runner.running:
        rig.tick()
        said.add(rig.runner.status.message)
    status = rig.runner.status
    rig.ticks(0.3)
    assert status.state is PlanState.SUCCEEDED, status.message
    cube = rig.backend.objects()["red_cube"]
    assert before.to_local((cube.x, cube.y)) == pytest.approx(kit.cell(cell), abs=0.012)
    after = rig.backend.truth()
    assert abs(wrap(after.yaw - before.yaw)) < math.radians(1.5)
    assert math.dist((after.x, after.y), (before.x, before.y)) < 0.01
    turned = round(math.degrees(abs(math.atan2(kit.cell(cell)[1], kit.cell(cell)[0]))))
    how = f", turning the robot {turned} degrees to reach it" if turned else ""
    assert (f"turning {turned} degrees {cell.split('_')[-1]} to aim" in said) == bool(turned)
    assert status.message == f"put the red cube down {cell_name(cell)}{how}"
    assert rig.refused == []


@pytest.mark.slow
def test_a_grasp_from_a_cell_turns_back_too_and_never_turns_with_the_hand_low(
    kit_rig: Any, kit: Robot, arm: ArmPlanner
) -> None:
    rig = kit_rig([(Color.RED, Shape.CUBE, kit.cell(Cell.LEFT))])
    before, lowest, said = rig.backend.truth().yaw, math.inf, set()
    watched = rig.tick

    def tick() -> Any:
        nonlocal lowest
        output = watched()
        said.add(rig.runner.status.message)
        if output.twist is not None and output.twist.angular:
            lowest = min(lowest, arm.solver.chain.forward(rig.state.positions(arm.names))[0][2])
        return output

    rig.tick = tick
    status = rig.run(Grasp("left"))
    assert status.state is PlanState.SUCCEEDED, status.message
    assert rig.backend.held() == "red_cube"
    assert status.message == "holding something red, turning the robot 70 degrees to reach it"
    assert "turning 70 degrees left to look" in said and "turning back" in said
    assert abs(wrap(rig.backend.truth().yaw - before)) < math.radians(1.5)
    assert lowest >= arm.carry_height - LOW_M


@pytest.mark.slow
def test_a_failure_turns_back_too(kit_rig: Any) -> None:
    rig = kit_rig([])
    status = rig.run(Grasp("right"))
    assert status.state is PlanState.FAILED
    assert abs(rig.backend.truth().yaw) < math.radians(1.5)


def test_approach_ends_with_the_thing_in_the_front_cell_though_the_camera_loses_it(
    kit_rig: Any, kit: Robot
) -> None:
    rig = kit_rig([(Color.RED, Shape.CUBE, (0.7, 0.3)), (Color.BLUE, Shape.BALL, (0.4, 0.12))])
    status = rig.run(Approach(**RED_CUBE))
    assert status.state is PlanState.SUCCEEDED, status.message
    cube = rig.backend.objects()["red_cube"]
    assert rig.backend.truth().to_local((cube.x, cube.y)) == pytest.approx(
        kit.cell(Cell.FRONT), abs=0.02
    )
    ball = rig.backend.objects()["blue_ball"]
    assert math.dist((ball.x, ball.y), (0.4, 0.12)) < 0.005


def test_where_a_thing_is_measured_for_the_last_time(
    robot: Robot, kit: Robot, arm: ArmPlanner
) -> None:
    """A camera on a mast sees the front cell; a low one must measure before."""
    for one in (robot, kit):
        context = Context(one, ArmPlanner(one), None, grasp_check_for(one))
        camera, ahead = one.camera, viewing_distance(context)
        depression = math.atan2(
            camera.position[2], ahead - one.gripper.max_object / 2 - camera.position[0]
        )
        assert depression < camera.pitch + math.radians(camera.fovy) / 2
        assert ahead >= one.cell(Cell.FRONT)[0]
    assert viewing_distance(context) > kit.cell(Cell.FRONT)[0] + 0.04


def test_a_small_robot_stands_nearer(robot: Robot, kit: Robot) -> None:
    assert guard.narrow(robot) == guard.NARROW
    room = kit.cell(Cell.FRONT)[0] - kit.gripper.max_object / 2 - Footprint.of(kit).front
    assert 0.0 < guard.narrow(kit).ahead < room


def test_tracks_sweep_more_than_the_wheels_that_drive_them(kit: Robot) -> None:
    footprint, belt = (
        Footprint.of(kit),
        np.array(kit.drive.belts[0][0]) + np.array(kit.drive.belts[0][1]),
    )
    assert footprint.front >= belt[0] and footprint.turning >= math.hypot(belt[0], belt[1]) - 1e-9
