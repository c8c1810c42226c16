"""Plans the arm's motion: reachable points, and trajectories within its speeds.

Pure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from tank_core.geometry import Vector
from tank_core.robot import Robot
from tank_core.robot.arm_room import ROOM_M, ArmRoom
from tank_core.state import Array, JointState, JointTrajectory, Pose2D, TrajectoryPoint
from tank_ik import IkResult, Solver, Target

SPEED_SHARE = 0.6  # of the joints' greatest speed for free ways
SLOW_SHARE = 0.4  # the same near objects and the floor
# fingertips over the floor when they close; the smallest object is 30 mm high
FLOOR_CLEARANCE_M = 0.008
HOVER_OVER_M = 0.01  # fingertips pass over the largest object by this
CARRY_MARGIN_M = 0.01  # between the body and what hangs from the hand
# What is shown to the camera is this far below the upper edge of its image. What is behind it is
# far away then, and not the same for both.
SHOWN_RAD = tuple(math.radians(angle) for angle in (10, 22))
CARRY_AHEAD_M, CARRY_PITCH = 0.18, math.radians(-10)  # of what is carried before the body
LINE_STEP_M = 0.015  # spacing of the points on a straight way of the hand
SOON_S = 0.02  # the robot itself keeps to its joints' speeds
JOINT_POINTS = 12  # points on a straight way through joint space
# Hand pitches that are tried for a point, straight down first: far points are met with the hand
# leaning outwards.
PITCHES = tuple(math.radians(angle) for angle in (-90, -80, -70, -60, -50))


class ArmPlanner:
    """Joint positions and trajectories for the arm and gripper of one robot."""

    def __init__(self, robot: Robot) -> None:
        self.robot = robot
        self.solver = Solver(robot)
        self.names = robot.arm.joint_names
        self.home: Array = np.array(robot.arm.home)
        self._lower, self._upper = np.array([robot.joint_limits(name) for name in self.names]).T
        self._speeds = np.array([robot.joint_velocity(name) for name in self.names])
        # Whether the arm has a yaw of its own, and whether the hand's direction may be chosen.
        # Where nothing is exact, both.
        exact = self.solver.exact
        self.turns, self._points = (True, True) if exact is None else (exact.turns, exact.points)
        self.carry = self._carry_pose()
        self.tucked = self._tucked_pose()
        self.shows = tuple(
            pose for angle in SHOWN_RAD if (pose := self._show_pose(angle)) is not None
        )

    def _carry_pose(self) -> Array:
        """Return the pose (n,) in which things are carried, or home.

        Things are held out before the body and higher than it, the hand level, so that the camera
        over it sees them; else hand down. It is home for an arm that can do neither. The direction
        of a hand that has only two pitches follows from the place.
        """
        chassis = self.robot.chassis.half_size[0]
        for ahead, pitch in (
            (CARRY_AHEAD_M, CARRY_PITCH),
            (self.robot.gripper.max_object / 2 + CARRY_MARGIN_M, -math.pi / 2),
        ):
            point = (chassis + ahead, 0.0, self.carry_height)
            result = self.solver.solve(
                Target(point, pointing(0.0, pitch) if self._points else None), self.home
            )
            if result.reached:
                return result.q
        return self.home

    def _tucked_pose(self) -> Array:
        """Return the pose (n,) in which what is carried hides least.

        It is home where the camera looks down on what is carried, and that has room there.
        """
        below = self.robot.camera.position[2] > self.carry_height
        room = ArmRoom(self.robot, self.robot.gripper.max_object).least(self.home[None])[0]
        return self.home if below and room >= ROOM_M else self.carry

    def _show_pose(self, angle: float) -> Array | None:
        """Return a pose (n,) in which the camera sees between the fingers.

        The hand is over the front cell, ``angle`` [rad] under the image's upper edge. None where it
        cannot be put there.
        """
        camera, (x, y) = self.robot.camera, self.robot.cell(None)
        depression = camera.pitch - math.radians(camera.fovy) / 2 + angle
        height = camera.position[2] - (x - camera.position[0]) * math.tan(depression)
        result = self.meet((x, y, height), self.home)
        return None if result is None else result.q

    @property
    def hover_height(self) -> float:
        """Height [m] of the fingertips that clears the largest object."""
        return self.robot.gripper.max_object + HOVER_OVER_M

    @property
    def carry_height(self) -> float:
        """Height of the fingertips [m] at which what they hold clears the body.

        What they hold is the largest object, which hangs from them.
        """
        chassis = self.robot.chassis
        return (
            chassis.height + chassis.half_size[2] + self.robot.gripper.max_object + CARRY_MARGIN_M
        )

    def reach(self, point: Vector, near: Array) -> IkResult:
        """Solve for the hand at ``point`` [m] in base_link.

        It points as steeply down as it can. The answer is the one nearest to ``near`` [rad] (n,).
        """
        result = self.meet(point, near)
        return self.solver.solve(self._targets(point)[-1], near) if result is None else result

    def meet(self, point: Vector, near: Array) -> IkResult | None:
        """Solve as ``reach`` does; None, and sooner, for what is out of reach."""
        for target in self._targets(point):
            if (result := self.solver.meet(target, near)) is not None:
                return result
        return None

    def _targets(self, point: Vector) -> list[Target]:
        """Return what is tried for a point [m] in base_link, best first."""
        if not self._points:
            return [Target(point)]
        x, y, _ = self.solver.chain.origins[0]
        azimuth = math.atan2(point[1] - y, point[0] - x)
        return [Target(point, pointing(azimuth, pitch)) for pitch in PITCHES]

    def turn_to(self, place: tuple[float, float]) -> float:
        """Return the robot's turn [rad] before the arm can work at a place.

        ``place`` [m] is in base_link; left is positive; 0 for an arm with a yaw.
        """
        return (
            0.0 if self.solver.exact is None else self.solver.exact.turn_to(Target((*place, 0.0)))
        )

    def in_plane(self, place: tuple[float, float]) -> tuple[float, float]:
        """Return a place [m] in base_link as it is after that turn."""
        return Pose2D(0.0, 0.0, self.turn_to(place)).to_local(place)

    def positions(self, joints: Mapping[str, JointState]) -> Array:
        """Return the arm's measured positions (n,), put within limits.

        A joint that sags past one must not spoil the plan.
        """
        measured = np.array([joints[name].position for name in self.names])
        inside: Array = np.clip(measured, self._lower, self._upper)
        return inside

    def way(self, start: Array, goal: Array, share: float = SPEED_SHARE) -> JointTrajectory:
        """Plan straight through joint space; ``start``, ``goal`` are (n,)."""
        return self.through(np.linspace(start, goal, JOINT_POINTS + 1), share)

    def line(
        self, start: Array, *points: Vector, share: float = SLOW_SHARE
    ) -> JointTrajectory | IkResult:
        """Plan straight through space, by way of all ``points`` [m].

        It begins at joint positions ``start`` (n,). Returns the IkResult where it fails.
        """
        knots = [start]
        tip, _ = self.solver.chain.forward(start)
        for point in points:
            count = max(2, math.ceil(math.dist(tip, point) / LINE_STEP_M))
            for index in range(1, count + 1):
                x, y, z = (
                    float(a + (b - a) * index / count) for a, b in zip(tip, point, strict=True)
                )
                result = self.reach((x, y, z), knots[-1])
                if not result.reached:
                    return result
                knots.append(result.q)
            tip = np.array(point)
        return self.through(np.array(knots), share)

    def through(self, knots: Array, share: float) -> JointTrajectory:
        """Plan through all ``knots`` (m, n), from rest to rest.

        No joint is faster than ``share`` of its greatest speed. Equal steps of s = 3 t^2 - 2 t^3,
        whose inverse is t = 1/2 - sin(asin(1 - 2 s) / 3).
        """
        s = np.linspace(0.0, 1.0, len(knots))
        unit_times = 0.5 - np.sin(np.arcsin(1.0 - 2.0 * s) / 3.0)
        needed = (np.abs(np.diff(knots, axis=0)) / (share * self._speeds)).max(axis=1)
        duration = max(float((needed / np.diff(unit_times)).max()), SOON_S)
        points = zip(
            unit_times[1:] * duration, np.clip(knots[1:], self._lower, self._upper), strict=True
        )
        return JointTrajectory(
            self.names, tuple(TrajectoryPoint(float(t), tuple(q.tolist())) for t, q in points)
        )

    def hold(self, joints: Mapping[str, JointState]) -> JointTrajectory | None:
        """Plan to keep the arm where it is; None without arm readings.

        The gripper is left alone, so that it does not let go.
        """
        if any(name not in joints for name in self.names):
            return None
        return JointTrajectory(
            self.names, (TrajectoryPoint(SOON_S, tuple(self.positions(joints).tolist())),)
        )

    def grip(self, gap: float) -> JointTrajectory:
        """Plan the gripper alone, as fast as it may, to a ``gap`` [m]."""
        gripper = self.robot.gripper
        return JointTrajectory(
            (gripper.joint,), (TrajectoryPoint(SOON_S, (gripper.position(gap),)),)
        )

    @property
    def open_gap(self) -> float:
        """The widest gap [m]."""
        return max(gap for _, gap in self.robot.gripper.opening)

    @property
    def closed_gap(self) -> float:
        """The narrowest gap [m]."""
        return min(gap for _, gap in self.robot.gripper.opening)


def pointing(azimuth: float, pitch: float) -> Vector:
    """Return the unit vector at ``azimuth`` [rad] about z, ``pitch`` up."""
    return math.cos(pitch) * math.cos(azimuth), math.cos(pitch) * math.sin(azimuth), math.sin(pitch)


def peak_speeds(trajectory: JointTrajectory, start: Sequence[float]) -> Array:
    """Return each joint's greatest speed [rad/s] from ``start`` on: (n,)."""
    knots = np.array([start, *(point.positions for point in trajectory.points)])
    times = np.array([0.0, *(point.time_from_start for point in trajectory.points)])
    speeds: Array = (np.abs(np.diff(knots, axis=0)) / np.diff(times)[:, None]).max(axis=0)
    return speeds
