"""Robot and world as MJCF, MuJoCo's modeling language.

Everything about the robot comes from its YAML; what is here is how such a robot is modeled:

- ``model``: the document as a whole: the floor, the objects, the key frame
- ``robot``: the robot's bodies, joints, contacts and actuators
- ``appearance``: light, sky and materials
- ``visuals``: parts that only dress the robot, without mass or contact
- ``addresses``: where in MuJoCo's arrays the robot's parts are, once compiled
- ``names``: names, groups and collision classes that these share

It is written as text and not with ``mujoco.MjSpec``: the text is what goes to the viewers' process,
and ``MjSpec.to_xml`` rounds to six digits (mujoco 4.0.0: objects 5e-6 m and orientations 4e-7 off).
"""

from tank_sim.mjcf.model import build_mjcf, object_pose, place_fixtures
from tank_sim.mjcf.names import (
    BASE,
    CAMERA,
    CHASSIS,
    GRIP,
    LEFT_FINGER,
    RIGHT_FINGER,
    SHADOW_PANEL,
    THING_GROUP,
    TIMESTEP,
    VISUAL_GROUP,
)

__all__ = [
    "BASE", "CAMERA", "CHASSIS", "GRIP", "LEFT_FINGER", "RIGHT_FINGER", "SHADOW_PANEL",
    "THING_GROUP", "TIMESTEP", "VISUAL_GROUP", "build_mjcf", "object_pose", "place_fixtures",
]  # fmt: skip
