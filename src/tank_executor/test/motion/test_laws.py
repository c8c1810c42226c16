"""The motion laws.

Never too fast, never too sharp, at rest on the target, and honest when the robot does not move.
"""

import math
from collections import deque

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tank_core.commands import Side, Speed
from tank_core.diff_drive import DiffDrive, advance
from tank_core.geometry import Pose2D, wrap
from tank_core.robot import load_robot
from tank_core.state import Odometry, Twist2D
from tank_executor.motion.arc_law import ArcLaw, arc_speed, least_radius
from tank_executor.motion.laws import (
    EMERGENCY,
    MOVE_FINE_M,
    STUCK_S,
    MotionStep,
    MoveLaw,
    Profile,
    TurnLaw,
    approach_speed,
)

ROBOT = load_robot("tank")
TICK = 0.02
speeds = st.sampled_from(list(Speed))
signs = st.sampled_from([-1.0, 1.0])


def follow(
    law: MoveLaw | TurnLaw, pose: Pose2D, delay: int = 0, moves: bool = True
) -> tuple[list[Twist2D], Pose2D, MotionStep]:
    """Drive a perfect robot, which obeys ``delay`` ticks late, by a law.

    Returns the commands, the last pose and the last step.
    """
    twists: list[Twist2D] = []
    waiting = deque([Twist2D()] * delay)
    now, velocity = 0.0, Twist2D()
    while now < 200.0:
        step = law.step(Odometry(pose, velocity), now)
        if step.done or step.fault:
            return twists, pose, step
        twists.append(step.twist)
        waiting.append(step.twist)
        velocity = waiting.popleft() if moves else Twist2D()
        pose = advance(pose, velocity, TICK)
        pose = Pose2D(pose.x, pose.y, wrap(pose.yaw))
        now += TICK
    raise AssertionError("the law does not end")


@given(st.floats(0.0, 100.0), st.floats(0.1, 5.0))
def test_the_approach_speed_can_be_braked_away(left: float, acceleration: float) -> None:
    speed = approach_speed(left, acceleration)
    assert speed**2 / 2 <= acceleration * left * (1 + 1e-9)


@given(st.floats(0.0, 5.0), st.floats(0.0, 1.0), st.floats(0.1, 5.0))
def test_the_approach_speed_grows_with_the_way(
    left: float, more: float, acceleration: float
) -> None:
    assert approach_speed(left + more, acceleration) >= approach_speed(left, acceleration)


@given(st.floats(0.002, 8.0), signs, st.floats(0.05, 2.0), st.floats(0.2, 4.0))
@settings(max_examples=60)
def test_a_profile_keeps_its_limits_and_ends_on_the_target(
    way: float, sign: float, speed: float, acceleration: float
) -> None:
    profile, position, before = Profile(speed, acceleration), 0.0, 0.0
    for _ in range(20000):
        velocity = profile.step(sign * way - position, TICK)
        assert abs(velocity) <= speed * (1 + 1e-9)
        assert abs(velocity - before) <= acceleration * TICK * (1 + 1e-9)
        position, before = position + velocity * TICK, velocity
        assert sign * position <= way + 1e-3  # no overshoot
        if abs(sign * way - position) < 1e-4 and abs(velocity) < 1e-3:
            return
    raise AssertionError("it does not arrive")


@given(st.floats(0.001, 6.0), signs, speeds, st.floats(-math.pi, math.pi))
@settings(max_examples=40)
def test_a_move_ends_on_its_line(distance: float, sign: float, speed: Speed, yaw: float) -> None:
    law = MoveLaw(Pose2D(1.0, -2.0, yaw), sign * distance, ROBOT.pace(speed), ROBOT.drive)
    twists, pose, step = follow(law, Pose2D(1.0, -2.0, yaw))
    assert step.done and step.progress == 1.0
    assert math.dist((pose.x, pose.y), (law.end.x, law.end.y)) <= 0.003
    assert all(abs(twist.linear) <= ROBOT.pace(speed).linear + 1e-9 for twist in twists)


@given(st.floats(0.2, 360.0), signs, speeds, st.floats(-math.pi, math.pi))
@settings(max_examples=40)
def test_a_turn_counts_on_through_whole_turns(
    degrees: float, sign: float, speed: Speed, yaw: float
) -> None:
    law = TurnLaw(yaw, sign * math.radians(degrees), ROBOT.pace(speed), ROBOT.drive)
    twists, pose, step = follow(law, Pose2D(0.0, 0.0, yaw))
    turned = sum(twist.angular for twist in twists) * TICK
    assert step.done
    assert turned == pytest.approx(sign * math.radians(degrees), abs=math.radians(0.3))
    assert abs(wrap(pose.yaw - law.end_yaw)) <= math.radians(0.3)
    assert all(abs(twist.angular) <= ROBOT.pace(speed).angular + 1e-9 for twist in twists)


@pytest.mark.parametrize("speed", list(Speed))
@pytest.mark.parametrize("delay", [1, 3])
def test_a_late_robot_does_not_overshoot_by_more_than_is_allowed(speed: Speed, delay: int) -> None:
    _, pose, step = follow(MoveLaw(Pose2D(), 1.0, ROBOT.pace(speed), ROBOT.drive), Pose2D(), delay)
    assert step.done and abs(pose.x - 1.0) <= MOVE_FINE_M
    _, pose, step = follow(
        TurnLaw(0.0, math.pi / 2, ROBOT.pace(speed), ROBOT.drive), Pose2D(), delay
    )
    assert step.done and abs(pose.yaw - math.pi / 2) <= math.radians(1.0)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_move_comes_back_to_its_line(sign: float) -> None:
    law = MoveLaw(Pose2D(), sign * 2.0, ROBOT.pace(None), ROBOT.drive)
    _, pose, step = follow(law, Pose2D(0.0, 0.02, math.radians(3.0)))
    assert step.done
    assert abs(pose.y) < 0.005 and abs(math.degrees(pose.yaw)) < 1.0


def test_a_robot_that_does_not_move_is_told() -> None:
    law = MoveLaw(Pose2D(), 1.0, ROBOT.pace(None), ROBOT.drive)
    twists, _, step = follow(law, Pose2D(), moves=False)
    assert step.fault == "the robot does not move: 0.00 m of 1.00 m after 3.0 s"
    assert step.twist == Twist2D()
    assert len(twists) * TICK == pytest.approx(STUCK_S, abs=0.05)


def test_a_robot_that_does_not_turn_is_told() -> None:
    law = TurnLaw(0.3, -math.pi / 2, ROBOT.pace(None), ROBOT.drive)
    assert (
        follow(law, Pose2D(0.0, 0.0, 0.3), moves=False)[2].fault
        == "the robot does not turn: 0 of 90 degrees after 3.0 s"
    )


def test_a_gap_in_time_is_no_license_to_jump() -> None:
    law = MoveLaw(Pose2D(), 5.0, ROBOT.pace(Speed.FAST), ROBOT.drive)
    law.step(Odometry(), 0.0)
    assert law.step(Odometry(), 2.0).twist.linear <= 0.1 * ROBOT.drive.linear_acceleration


@given(st.floats(0.0, 1.5), speeds, signs)
@settings(max_examples=40)
def test_what_appears_in_the_way_is_braked_for_as_hard_as_that_needs(
    free: float, speed: Speed, sign: float
) -> None:
    law, pose, twist, cut = (
        MoveLaw(Pose2D(), sign * 5.0, ROBOT.pace(speed), ROBOT.drive),
        Pose2D(),
        Twist2D(),
        math.inf,
    )
    pace = ROBOT.pace(speed).linear
    for tick in range(2000):
        if tick >= 100:
            cut = min(cut, abs(pose.x) + free)
        law.end_before(cut - abs(pose.x))
        step = law.step(Odometry(pose, twist), tick * TICK)
        if step.done:
            break
        twist = step.twist
        assert tick < 100 or sign * twist.linear >= 0.0  # not back
        pose = advance(pose, twist, TICK)
    assert step.done and abs(pose.x) <= cut + pace * TICK + MOVE_FINE_M
    assert abs(pose.x) >= cut - pace * TICK - MOVE_FINE_M  # nor shorter than it must be


def test_the_emergency_is_what_the_tires_hold() -> None:
    # [m/s^2] tank.yaml, at max_wheel_torque
    assert EMERGENCY * ROBOT.drive.linear_acceleration <= 6.0


def test_a_way_that_becomes_free_again_is_no_standstill() -> None:
    law, pose, twist, now = (
        MoveLaw(Pose2D(), 3.0, ROBOT.pace(Speed.SLOW), ROBOT.drive),
        Pose2D(),
        Twist2D(),
        0.0,
    )
    while True:
        law.end_before(max(0.02, 1.0 - pose.x) if pose.x < 0.9 else math.inf)
        step = law.step(Odometry(pose, twist), now)
        assert step.fault is None
        if step.done:
            break
        pose, twist, now = advance(pose, step.twist, TICK), step.twist, now + TICK
    assert pose.x == pytest.approx(3.0, abs=MOVE_FINE_M)


def test_a_robot_that_is_held_back_on_one_side_gives_up() -> None:
    law = MoveLaw(Pose2D(), 2.0, ROBOT.pace(None), ROBOT.drive)
    law.step(Odometry(), 0.0)
    step = law.step(Odometry(Pose2D(0.1, 0.0, 0.4)), 0.1)
    assert (
        step.fault == "the robot was turned by 23 degrees off its way" and step.twist == Twist2D()
    )


radii, angles = st.floats(0.12, 5.0), st.floats(1.0, 360.0)
slips = st.floats(0.98, 1.02)


@given(st.sampled_from(list(Side)), radii, angles, speeds, st.floats(-math.pi, math.pi))
@settings(max_examples=40)
def test_an_arc_ends_on_its_circle_and_stays_on_it(
    side: Side, radius: float, degrees: float, speed: Speed, yaw: float
) -> None:
    start, angle = Pose2D(1.0, -2.0, yaw), math.radians(degrees)
    law = ArcLaw(start, side, radius, angle, ROBOT.pace(speed), ROBOT.drive)
    center = start.to_world((0.0, radius if side is Side.LEFT else -radius))
    twists, pose, step = follow(law, start)
    assert step.done
    assert math.dist((pose.x, pose.y), (law.end.x, law.end.y)) <= 0.003
    assert abs(wrap(pose.yaw - law.end.yaw)) <= math.radians(0.6)
    turned = angle if side is Side.LEFT else -angle
    assert abs(wrap(law.end.yaw - yaw - turned)) < 1e-6
    assert abs(math.dist((pose.x, pose.y), center) - radius) <= 0.02 * radius
    assert sum(twist.linear for twist in twists) * TICK == pytest.approx(radius * angle, abs=0.01)


@given(st.sampled_from(list(Side)), st.floats(0.5, 3.0), angles, speeds, slips, slips)
@settings(max_examples=40, deadline=None)
def test_a_robot_whose_tracks_stray_stays_on_the_circle(
    side: Side, radius: float, degrees: float, speed: Speed, left: float, right: float
) -> None:
    angle = math.radians(degrees)
    law = ArcLaw(Pose2D(), side, radius, angle, ROBOT.pace(speed), ROBOT.drive)
    center = (0.0, radius if side is Side.LEFT else -radius)
    tracks = DiffDrive(2 * least_radius(ROBOT.drive))

    def strays(twist: Twist2D) -> Twist2D:
        one, two = tracks.speeds(twist)
        return tracks.twist(left * one, right * two)

    places, pose, step = [], Pose2D(), MotionStep(Twist2D())
    for tick in range(20000):
        step = law.step(Odometry(pose, strays(step.twist)), tick * TICK)
        if step.done or step.fault:
            break
        pose = advance(pose, strays(step.twist), TICK)
        places.append((pose.x, pose.y))
    way = radius * angle
    assert step.done
    assert math.dist((pose.x, pose.y), (law.end.x, law.end.y)) <= 0.02 + 0.01 * way
    assert all(abs(math.dist(place, center) - radius) <= 0.02 * radius for place in places)


@given(radii, speeds, st.sampled_from(["tank", "rasptank"]))
@settings(max_examples=40)
def test_an_arc_asks_no_more_of_the_tracks_than_they_can(
    radius: float, speed: Speed, name: str
) -> None:
    robot = load_robot(name)
    drive, pace = robot.drive, robot.pace(speed)
    linear = arc_speed(radius, pace, drive)
    tracks = DiffDrive(2 * least_radius(drive), drive.wheel_radius)
    inner, outer = tracks.speeds(Twist2D(linear, linear / radius))
    assert 0.0 <= inner <= outer <= drive.max_wheel_speed
    assert linear / radius <= drive.max_angular and 0.0 < linear <= pace.linear
    law = ArcLaw(Pose2D(), Side.LEFT, radius, 0.5, pace, drive)
    twists, _, _ = follow(law, Pose2D())
    assert all(abs(twist.angular) <= drive.max_angular for twist in twists)


def test_a_late_robot_arrives_at_the_end_of_an_arc() -> None:
    law = ArcLaw(Pose2D(), Side.RIGHT, 0.5, math.pi, ROBOT.pace(Speed.FAST), ROBOT.drive)
    _, pose, step = follow(law, Pose2D(), delay=3)
    assert step.done and math.dist((pose.x, pose.y), (0.0, -1.0)) <= 0.02
