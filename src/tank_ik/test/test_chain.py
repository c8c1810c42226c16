"""The chain says what MuJoCo says, and its Jacobian is its derivative."""

import dataclasses

import mujoco
import numpy as np
import pytest

from tank_core.robot import Robot
from tank_core.state import Array
from tank_ik import Chain


def mjcf(chain: Chain) -> str:
    """Write the chain alone, as nested bodies with a site at the tool's tip."""

    def text(vector: Array) -> str:
        return " ".join(f"{value:.17g}" for value in vector)

    inner = f'<site name="tool" pos="{text(chain.tool)}"/>'
    for name, origin, axis in reversed(
        list(zip(chain.names, chain.origins, chain.axes, strict=True))
    ):
        geom = '<geom size="0.01" contype="0" conaffinity="0"/>'
        joint = f'<joint name="{name}" axis="{text(axis)}"/>'
        inner = f'<body pos="{text(origin)}">{joint}{geom}{inner}</body>'
    return f"<mujoco><worldbody>{inner}</worldbody></mujoco>"


def random_positions(chain: Chain, random: np.random.Generator, count: int) -> Array:
    return random.uniform(chain.lower, chain.upper, (count, len(chain)))


@pytest.mark.parametrize("which", ["chain", "odd_chain"])
def test_forward_is_mujocos(
    which: str, request: pytest.FixtureRequest, random: np.random.Generator
) -> None:
    chain = request.getfixturevalue(which)
    model = mujoco.MjModel.from_xml_string(mjcf(chain))
    data = mujoco.MjData(model)
    for q in random_positions(chain, random, 50):
        data.qpos[:] = q
        mujoco.mj_kinematics(model, data)
        tip, rotation = chain.forward(q)
        np.testing.assert_allclose(tip, data.site("tool").xpos, atol=1e-9)
        np.testing.assert_allclose(rotation, data.site("tool").xmat.reshape(3, 3), atol=1e-9)


@pytest.mark.parametrize("which", ["chain", "odd_chain"])
def test_jacobian_is_mujocos(
    which: str, request: pytest.FixtureRequest, random: np.random.Generator
) -> None:
    chain = request.getfixturevalue(which)
    model = mujoco.MjModel.from_xml_string(mjcf(chain))
    data = mujoco.MjData(model)
    linear, angular = np.empty((3, len(chain))), np.empty((3, len(chain)))
    for q in random_positions(chain, random, 20):
        data.qpos[:] = q
        mujoco.mj_kinematics(model, data)
        mujoco.mj_comPos(model, data)
        mujoco.mj_jacSite(model, data, linear, angular, data.site("tool").id)
        np.testing.assert_allclose(chain.jacobian(q), np.vstack([linear, angular]), atol=1e-9)


@pytest.mark.parametrize("which", ["chain", "odd_chain"])
def test_jacobian_is_the_finite_difference(
    which: str, request: pytest.FixtureRequest, random: np.random.Generator
) -> None:
    chain, step = request.getfixturevalue(which), 1e-6
    for q in random_positions(chain, random, 20):
        jacobian = chain.jacobian(q)
        for index in range(len(chain)):
            delta = np.zeros(len(chain))
            delta[index] = step
            (tip_a, rotation_a), (tip_b, rotation_b) = (
                chain.forward(q - delta),
                chain.forward(q + delta),
            )
            spin = (rotation_b - rotation_a) @ chain.forward(q)[1].T / (2 * step)  # [w]x
            np.testing.assert_allclose(jacobian[:3, index], (tip_b - tip_a) / (2 * step), atol=1e-7)
            np.testing.assert_allclose(
                jacobian[3:, index], (spin[2, 1], spin[0, 2], spin[1, 0]), atol=1e-7
            )


def test_chain_takes_everything_from_the_robot(robot: Robot, chain: Chain) -> None:
    assert chain.names == robot.arm.joint_names
    assert len(chain) == len(robot.arm.joints)
    np.testing.assert_array_equal(chain.home, robot.arm.home)
    for index, joint in enumerate(robot.arm.joints):
        assert (chain.lower[index], chain.upper[index]) == (joint.lower, joint.upper)


def test_an_axis_of_any_length_gives_the_same_chain(robot: Robot, chain: Chain) -> None:
    joints = tuple(
        dataclasses.replace(joint, axis=tuple(3.0 * value for value in joint.axis))
        for joint in robot.arm.joints
    )
    longer = Chain.from_robot(
        dataclasses.replace(robot, arm=dataclasses.replace(robot.arm, joints=joints))
    )
    np.testing.assert_allclose(longer.axes, chain.axes)


def test_an_axis_of_no_length_is_named(robot: Robot) -> None:
    bad = dataclasses.replace(robot.arm.joints[2], axis=(0.0, 0.0, 0.0))
    joints = (*robot.arm.joints[:2], bad, *robot.arm.joints[3:])
    with pytest.raises(ValueError, match=bad.name):
        Chain.from_robot(
            dataclasses.replace(robot, arm=dataclasses.replace(robot.arm, joints=joints))
        )
