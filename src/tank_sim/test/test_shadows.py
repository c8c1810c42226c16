"""The panel of the world "light".

It sweeps with time, throws a shadow, and is not there for anything that touches or measures.
"""

import mujoco
import pytest

from tank_sim.mjcf import SHADOW_PANEL
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.worlds import ShadowPanel


@pytest.mark.parametrize("time", [0.0, 1.0, 4.5, 30.0])
def test_its_place_is_a_function_of_time(robot, time):
    with MujocoBackend(robot, "light") as backend:
        backend.data.time = time
        backend.advance(0.002)
        backend.advance(0.0)
        mujoco.mj_kinematics(backend.model, backend.data)
        assert backend.data.body(SHADOW_PANEL).xpos == pytest.approx(
            ShadowPanel().place(backend.time), abs=1e-9
        )


def test_it_goes_there_and_back():
    panel = ShadowPanel()
    assert panel.place(0.0) == pytest.approx(panel.center) == panel.place(panel.period)
    ends = panel.place(panel.period / 4), panel.place(3 * panel.period / 4)
    assert ends[0][0] - ends[1][0] == pytest.approx(2 * panel.swing[0])


def test_it_is_over_everything_and_touches_nothing(robot):
    """The playground's objects move and are measured as if it weren't there."""
    states = []
    for world in ("light", "playground"):
        with MujocoBackend(robot, world, 3) as backend:
            backend.advance(1.0)
            states.append((backend.objects(), backend.read(), backend.truth()))
    assert states[0] == states[1]
    assert ShadowPanel().center[2] > 1.5


@pytest.mark.slow
def test_its_shadow_sweeps_through_the_image(robot):
    with MujocoBackend(robot, "light", camera=True) as backend:
        if backend.camera() is None:
            pytest.skip(backend.camera_problem)
        levels = []
        for _ in range(24):
            backend.advance(0.5)
            levels.append(backend.camera().rgb[150:300, 100:500].mean())
    assert max(levels) > 1.25 * min(levels)


def test_worlds_without_one_are_left_alone(robot):
    with MujocoBackend(robot, "playground") as backend:
        assert backend.model.nmocap == 0
