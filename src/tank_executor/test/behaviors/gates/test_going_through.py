"""Through the gate that is meant, by the truth, or why not, in words."""

import math
from collections.abc import Callable, Sequence
from types import SimpleNamespace

import pytest
from executor_rig import Rig
from ideal_camera import ideal_camera

from tank_core.commands import (
    Arm,
    ArmPose,
    Color,
    GoBack,
    GoThrough,
    Move,
    MoveDirection,
    Past,
    Shape,
    Side,
    Turn,
)
from tank_core.geometry import Pose2D
from tank_core.robot import Robot
from tank_core.state import Detection, Detections, Odometry, RobotState
from tank_executor.arm import ArmPlanner
from tank_executor.behaviors.gates.going_through import standoff
from tank_executor.behaviors.handling.grasp_check import grasp_check_for
from tank_executor.motion import guard
from tank_executor.plan import Plan, PlanState
from tank_executor.script import Context
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.worlds import Fixture, Opening, Scene, World, on_floor
from tank_sim.worlds.arches import arch

Arch = tuple[float, float, float, float]  # its middle x, y [m], yaw [deg], width [m]
See = Callable[[RobotState], Detections | None]
AHEAD: Arch = (1.4, 0.1, 5.0, 0.5)


def rig_of(
    robot: Robot,
    *arches: Arch,
    things: Sequence[tuple[float, float]] = (),
    walls: Sequence[Fixture] = (),
    see: Callable[[See], See] = lambda see: see,
) -> Rig:
    """A rig among arches; ``see`` spoils what the camera tells."""
    fixtures, openings = list(walls), []
    for number, (x, y, yaw, width) in enumerate(arches):
        pose = Pose2D(x, y, math.radians(yaw))
        fixtures += arch(robot, f"arch_{number}", width, pose)
        openings.append(Opening(f"arch_{number}", pose, width))
    cubes = tuple(on_floor(Color.RED, Shape.CUBE, 0.04, place) for place in things)
    scene = Scene(fixtures=tuple(fixtures), openings=tuple(openings))
    backend = MujocoBackend(robot, World("arches", cubes, scene))
    return Rig(backend, see(ideal_camera(backend)))


def beyond(rig: Rig, number: int = 0) -> tuple[float, float, float]:
    """The robot in the frame of an arch: x, y [m], heading [deg]."""
    pose, truth = rig.backend.world.scene.openings[number].pose, rig.backend.truth()
    turned = math.degrees(math.remainder(truth.yaw - pose.yaw, 2 * math.pi))
    return (*pose.to_local((truth.x, truth.y)), turned)


def moved(rig: Rig) -> float:
    return math.hypot(rig.backend.truth().x, rig.backend.truth().y)


@pytest.mark.parametrize(
    ("arches", "side", "number"),
    [
        ([AHEAD], None, 0),
        ([(1.4, -0.3, -20.0, 0.45)], None, 0),
        ([(0.7, 0.0, 0.0, 0.6)], None, 0),  # the robot is too near to see its uprights well
        ([AHEAD, (0.0, 1.4, 90.0, 0.7)], Side.LEFT, 1),
        ([(1.1, 0.8, 35.0, 0.5), (1.1, -0.8, -35.0, 0.5)], Side.RIGHT, 1),
    ],
)
def test_it_ends_half_a_meter_beyond_the_middle_and_touches_nothing(
    robot: Robot, arches: list[Arch], side: Side | None, number: int
) -> None:
    rig = rig_of(robot, *arches)
    status = rig.run(GoThrough(side=side))
    assert status.state is PlanState.SUCCEEDED, status.message
    x, y, heading = beyond(rig, number)
    assert (x, y) == pytest.approx((0.5, 0.0), abs=0.02) and abs(heading) < 2.0
    assert rig.backend.touched() == frozenset() and rig.refused == []


def test_the_robot_without_an_arm_yaw_goes_through_too(kit: Robot) -> None:
    rig = rig_of(kit, (1.3, 0.0, 0.0, 0.5))
    status = rig.run(GoThrough())
    assert status.state is PlanState.SUCCEEDED, status.message
    assert beyond(rig)[:2] == pytest.approx((0.5, 0.0), abs=0.03) and not rig.backend.touched()


@pytest.mark.parametrize(
    ("arches", "side", "words"),
    [
        ([], None, "I see no gate ahead"),
        ([AHEAD], Side.LEFT, "I see no gate on the left, but one ahead"),
        ([(1.1, 0.8, 35.0, 0.5), (1.1, -0.8, -35.0, 0.5)], None, "two gates; say left or right"),
        ([(1.4, 0.0, 0.0, 0.25)], None, "is 0.25 m wide, and I need 0.33 m to drive through"),
    ],
)
def test_when_it_is_not_clear_it_says_so_and_faces_the_way_it_did(
    robot: Robot, arches: list[Arch], side: Side | None, words: str
) -> None:
    rig = rig_of(robot, *arches)
    status = rig.run(GoThrough(side=side))
    assert status.state is PlanState.FAILED and words in status.message
    assert moved(rig) < 0.02 and abs(math.degrees(rig.backend.truth().yaw)) < 2.0


def test_what_stands_beyond_is_told_before_it_drives_in(robot: Robot) -> None:
    rig = rig_of(robot, (1.4, 0.0, 0.0, 0.5), things=[(1.7, 0.0)])
    status = rig.run(GoThrough())
    assert status.state is PlanState.FAILED
    assert "is blocked: the red cube is 0.30 m beyond it" in status.message
    assert beyond(rig)[0] < -0.4


def test_a_wall_that_only_the_range_sensor_tells_is_told_too(robot: Robot) -> None:
    wall = Fixture("wall", (0.04, 1.0, 0.3), (1.9, 0.0, 0.3))
    status = rig_of(robot, (1.4, 0.0, 0.0, 0.5), walls=[wall]).run(GoThrough())
    assert status.state is PlanState.FAILED
    assert "is blocked: something is 0.46 m beyond it" in status.message


def test_a_robot_without_a_camera_moves_nothing(robot: Robot) -> None:
    rig = rig_of(robot, AHEAD, see=lambda see: lambda state: None)
    status = rig.run(GoThrough())
    assert status.state is PlanState.FAILED and "no camera detections" in status.message
    assert moved(rig) < 0.001


def test_a_gate_that_is_not_seen_from_near_is_not_driven_through(robot: Robot) -> None:
    def once(see: See) -> See:
        def seen(state: RobotState) -> Detections | None:
            found = see(state)
            return Detections(found.time) if found and found.time > 3.0 else found

        return seen

    rig = rig_of(robot, AHEAD, see=once)
    status = rig.run(GoThrough())
    assert status.state is PlanState.FAILED and "I lost sight of the gate" in status.message
    assert beyond(rig)[0] < -0.4 and not rig.backend.touched()


def test_a_stop_wins_in_the_gate(robot: Robot) -> None:
    rig = rig_of(robot, (1.4, 0.0, 0.0, 0.5))
    rig.runner.submit(Plan((GoThrough(),)))
    while beyond(rig)[0] < -0.1:
        rig.tick()
    rig.send(rig.runner.stop("enough"))
    rig.ticks(0.5)
    there = beyond(rig)
    rig.ticks(0.5)
    assert beyond(rig) == pytest.approx(there, abs=1e-3) and there[0] < 0.2
    assert not rig.backend.touched()


@pytest.mark.parametrize("width", [0.45, 0.7, 0.9])
def test_from_the_standoff_both_uprights_are_in_the_image(each_robot: Robot, width: float) -> None:
    camera = each_robot.camera
    robot = SimpleNamespace(robot=each_robot)
    ahead = standoff(robot, width) - camera.position[0]  # type: ignore[arg-type]
    # in the camera's frame: how deep, how far down, both for the foot of an upright
    deep = ahead * math.cos(camera.pitch) + camera.position[2] * math.sin(camera.pitch)
    down = camera.position[2] * math.cos(camera.pitch) - ahead * math.sin(camera.pitch)
    high = math.tan(math.radians(camera.fovy) / 2)
    assert abs(down / deep) < high
    assert (width / 2 + 0.05) / deep < high * camera.width / camera.height


def test_uprights_are_passed_closely_and_never_met(robot: Robot) -> None:
    context = Context(robot, ArmPlanner(robot), RobotState(10.0), grasp_check_for(robot))
    gate = [(0.5, 0.145), (0.5, -0.145)]  # the robot is 0.26 m wide
    one = Detection(1, "red", None, (0.52, 0.16, 0.025), (0.05, 0.05, 0.05))
    context.objects.note(context.state, Detections(10.0, (one,)))
    context.now = 10.0
    thing = guard.obstacle(context)
    assert thing is not None and thing.name == "the red thing"
    assert guard.obstacle(context, uprights=gate) is None
    context.state = RobotState(10.0, Odometry(Pose2D(0.0, 0.02)))
    met = guard.obstacle(context, uprights=gate)
    assert met is not None and met.name == "an upright of the gate"


@pytest.mark.slow
def test_it_comes_back_by_the_gate_where_a_wall_is_in_the_straight_way(robot: Robot) -> None:
    walls = [
        Fixture(name, (0.02, 0.8, 0.2), (1.4, side * 1.1, 0.2))
        for name, side in (("left", 1.0), ("right", -1.0))
    ]
    rig = rig_of(robot, (1.4, 0.0, 0.0, 0.5), walls=walls)
    beside = (Turn(Side.LEFT, 90.0), Move(MoveDirection.FORWARD, 0.8))
    status = rig.run(GoThrough(), *beside, GoBack(Past.START))
    assert status.state is PlanState.SUCCEEDED, status.message
    assert moved(rig) < 0.08 and rig.backend.touched() == frozenset()


@pytest.mark.slow
def test_the_arm_is_folded_before_it_looks_for_the_gate(robot: Robot) -> None:
    rig = rig_of(robot, AHEAD)
    assert rig.run(Arm(ArmPose.UP), GoThrough()).state is PlanState.SUCCEEDED
    joints = [rig.state.joints[name].position for name in robot.arm.joint_names]
    assert joints == pytest.approx(robot.arm.home, abs=0.05)
