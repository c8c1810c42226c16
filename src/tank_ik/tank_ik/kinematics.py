"""Forward kinematics and the geometric Jacobian of a serial revolute chain.

Each joint's transform is linear in (1, cos q, sin q) by Rodrigues' formula, so its three constant
terms are computed once for a chain and a pose costs one fused sum and one small matrix product for
each joint.
"""

from __future__ import annotations

import numpy as np

from tank_core.state import Array

# T(q) = constant + cos q * cosine + sin q * sine  # each (n, 4, 4)
Terms = tuple[Array, Array, Array]

# (a x b)_k = sum over i, j of epsilon_ijk a_i b_j, with (i, j) in one axis.  # (9, 3)
_LEVI_CIVITA = np.array(
    [[(i - j) * (j - k) * (k - i) / 2.0 for k in range(3)] for i in range(3) for j in range(3)]
)


def transform_terms(origins: Array, axes: Array) -> Terms:
    """Return the constant terms of each joint's transform T(q), (n, 4, 4) each.

    T(q) = Trans(origin) Rot(axis, q), with Rot = a a^T + cos q (I - a a^T) + sin q [a]x.
    """
    count = len(axes)
    constant, cosine, sine = (
        np.zeros((count, 4, 4)),
        np.zeros((count, 4, 4)),
        np.zeros((count, 4, 4)),
    )
    outer = axes[:, :, None] * axes[:, None, :]
    constant[:, :3, :3] = outer
    constant[:, :3, 3] = origins
    constant[:, 3, 3] = 1.0
    cosine[:, :3, :3] = np.eye(3) - outer
    for index, (x, y, z) in enumerate(axes):
        sine[index, :3, :3] = ((0.0, -z, y), (z, 0.0, -x), (-y, x, 0.0))
    return constant, cosine, sine


class Pose:
    """A chain at given joint positions: frames, tip, rotation and Jacobian."""

    def __init__(self, terms: Terms, axes: Array, tool: Array, q: Array) -> None:
        """Place the chain by its ``terms`` at ``q`` [rad] (n,).

        ``axes`` (n, 3) are unit vectors, ``tool`` (3,) is in [m].
        """
        self._axes = axes
        constant, cosine, sine = terms
        local = np.cos(q)[:, None, None] * cosine
        local += np.sin(q)[:, None, None] * sine
        local += constant
        for index in range(1, len(local)):
            local[index] = local[index - 1].dot(local[index])
        self.frames = local  # of each joint in base_link  # (n, 4, 4)
        last = local[-1]
        self.rotation = last[:3, :3]  # of the hand in base_link  # (3, 3)
        # tool center point [m] in base_link  # (3,)
        self.tip = self.rotation.dot(tool) + last[:3, 3]

    def jacobian(self) -> Array:
        """Return 3 linear rows [m/rad] over 3 angular ones, in base_link.

        Its shape is (6, n).
        """
        axes = np.matmul(self.frames[:, :3, :3], self._axes[:, :, None])[:, :, 0]
        arms = self.tip - self.frames[:, :3, 3]
        out = np.empty((6, len(axes)))
        out[:3] = cross(axes, arms).T
        out[3:] = axes.T
        return out


def cross(first: Array, second: Array) -> Array:
    """Return the row-wise cross product (n, 3) of (n, 3) with (n, 3) or (3,).

    ``np.cross`` costs ten times as much on arrays this small.
    """
    result: Array = (first[:, :, None] * second[..., None, :]).reshape(-1, 9).dot(_LEVI_CIVITA)
    return result
