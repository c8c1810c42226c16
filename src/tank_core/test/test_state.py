"""The state's small helpers."""

import numpy as np
import pytest

from tank_core.state import JointState, JointTrajectory, RobotState, TrajectoryPoint


def test_positions_come_in_the_order_asked_for():
    state = RobotState(0.0, joints={"a": JointState(1.0), "b": JointState(2.0)})
    assert np.array_equal(state.positions(("b", "a")), [2.0, 1.0])
    with pytest.raises(KeyError, match="tail"):
        state.positions(("tail",))


def test_a_trajectory_lasts_until_its_last_point():
    assert (
        JointTrajectory(
            ("a",), (TrajectoryPoint(1.0, (0.0,)), TrajectoryPoint(2.5, (0.0,)))
        ).duration
        == 2.5
    )
    assert JointTrajectory(("a",), ()).duration == 0.0
