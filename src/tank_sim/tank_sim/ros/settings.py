"""Parameters of the simulator's node."""

from __future__ import annotations

from tank_core.ros.parameters import Setting
from tank_sim.realism.levels import realism_names
from tank_sim.view.viewer import KINDS
from tank_sim.worlds import world_names

SIM_SETTINGS = (
    Setting(
        "world",
        "playground",
        "which objects are there; setting it builds that world, and puts the robot at its start",
        choices=tuple(world_names()),
        fixed=False,
    ),
    Setting(
        "seed",
        0,
        "places the objects; reset_world uses it again; setting it builds the world anew",
        0,
        2**31 - 1,
        fixed=False,
    ),
    Setting(
        "realism",
        "ideal",
        "real: wheels slip, servos and camera are noisy and late, as on a robot",
        choices=tuple(realism_names()),
    ),
    Setting("camera", True, "give camera images, which need OpenGL"),
    Setting(
        "real_time_factor",
        1.0,
        "simulated seconds in a second; 0: as fast as the machine can",
        0.0,
        1000.0,
    ),
    Setting(
        "viewer",
        "none",
        "mujoco: MuJoCo's page, in a browser here; window: MuJoCo's, on this display; web: not "
        "here, but in the cockpit",
        choices=("none", "web", *KINDS),
    ),
    Setting(
        "viewer_port",
        8080,
        "where MuJoCo's page listens; the next free one when it is taken",
        1024,
        65535,
    ),
    Setting("turns_per_step", 1, "how many control periods step_simulation goes on", 1, 100_000),
)
