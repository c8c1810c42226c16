"""A serial chain of revolute joints, built from a robot's description."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tank_core.robot import Robot
from tank_core.state import Array
from tank_ik import kinematics


@dataclass(frozen=True, eq=False)
class Chain:
    """``n`` revolute joints from base_link to the hand.

    At zero all joint frames are parallel to base_link.
    """

    names: tuple[str, ...]
    origins: Array  # [m] of each joint in the frame of the one before  # (n, 3)
    axes: Array  # unit, in the joint's own frame  # (n, 3)
    lower: Array  # [rad]  # (n,)
    upper: Array  # [rad]  # (n,)
    home: Array  # rest posture [rad]  # (n,)
    # tool center point [m] in the last frame; the hand points along that frame's +x  # (3,)
    tool: Array

    @classmethod
    def from_robot(cls, robot: Robot) -> Chain:
        """Take the arm of a robot, without its gripper.

        Raises ValueError for an axis of no length.
        """
        joints = robot.arm.joints
        axes = np.array([joint.axis for joint in joints], dtype=float).reshape(-1, 3)
        lengths = np.linalg.norm(axes, axis=1)
        if not np.all(lengths > 1e-9):
            bad = joints[int(np.argmin(lengths))]
            raise ValueError(
                f"robot {robot.name}: joint {bad.name} has axis {bad.axis}; give a direction that "
                "is not zero"
            )
        return cls(
            names=robot.arm.joint_names,
            origins=np.array([joint.origin for joint in joints], dtype=float).reshape(-1, 3),
            axes=axes / lengths[:, None],
            lower=np.array([joint.lower for joint in joints]),
            upper=np.array([joint.upper for joint in joints]),
            home=np.array(robot.arm.home),
            tool=np.array(robot.arm.tool),
        )

    def __len__(self) -> int:
        return len(self.names)

    @cached_property
    def terms(self) -> kinematics.Terms:
        """The constant parts of the joints' transforms, computed once."""
        return kinematics.transform_terms(self.origins, self.axes)

    def pose(self, q: Array) -> kinematics.Pose:
        """Return the frames and the tip at joint positions ``q`` [rad] (n,)."""
        return kinematics.Pose(self.terms, self.axes, self.tool, q)

    def forward(self, q: Array) -> tuple[Array, Array]:
        """Return the tool center point [m] (3,) and the hand's rotation (3, 3).

        Both are in base_link; ``q`` [rad] is (n,).
        """
        pose = self.pose(q)
        return pose.tip, pose.rotation

    def tips(self, postures: Array) -> Array:
        """Return the tool center points [m] (m, 3) in base_link.

        ``postures`` [rad] are (m, n).
        """
        constant, cosine, sine = self.terms
        turns = postures[:, :, None, None]
        local = constant + np.cos(turns) * cosine + np.sin(turns) * sine  # (m, n, 4, 4)
        frame = local[:, 0]
        for joint in range(1, len(self)):
            frame = frame @ local[:, joint]
        tips: Array = frame[:, :3, :3] @ self.tool + frame[:, :3, 3]
        return tips

    def jacobian(self, q: Array) -> Array:
        """Return the tool center point's Jacobian (6, n) in base_link.

        It is the geometric one: three linear rows over three angular rows.
        """
        return self.pose(q).jacobian()

    def clip(self, q: Array) -> Array:
        """Return the nearest positions (n,) within the joint limits."""
        return np.minimum(np.maximum(q, self.lower), self.upper)
