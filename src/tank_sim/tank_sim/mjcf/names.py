"""Names, groups and collision classes of the models."""

from __future__ import annotations

TIMESTEP = 0.002  # [s]

CHASSIS = "chassis"
BASE = "base"  # the robot's free joint
LEFT_FINGER, RIGHT_FINGER = "left_finger", "right_finger"
GRIP = "grip"  # the gripper's actuator and tendon
CAMERA = "camera"
# the panel, and the seven numbers that move it: center and swing [m], period [s]
SHADOW_PANEL = "shadow_panel"

THING_GROUP = 1  # of all that is not the robot or the floor: what the range sensor can meet
VISUAL_GROUP = 2  # of what only dresses the robot
HIDDEN_GROUP = 4  # of what is not drawn

# Collision classes: two geoms meet when one's type is in the other's affinity. Body and wheels
# never meet each other, nor do parts of the arm; everything meets the floor and the objects, and
# the arm meets the body.
FLOOR = {"contype": 4, "conaffinity": 0}
THINGS = {"contype": 1, "conaffinity": 5}
BODY = {"contype": 2, "conaffinity": 5}
WHEEL = {"contype": 2, "conaffinity": 1}
TIRE = {"contype": 0, "conaffinity": 4}
ARM = {"contype": 0, "conaffinity": 7}
NOTHING = {"contype": 0, "conaffinity": 0}
