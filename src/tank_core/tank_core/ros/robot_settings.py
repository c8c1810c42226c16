"""The parameters that every robot's node has."""

from __future__ import annotations

from tank_core.robot.frame_names import name_fault
from tank_core.ros import interfaces as names
from tank_core.ros.parameters import Setting

_TIMEOUT = "[s] without cmd_vel until the robot stops; 0: what the robot file says"
_AGE = "[s] age beyond which a command's stamp is stale and it is dropped"
_AHEAD = "[s] how far in the future a command's stamp may be"
_CONTROL = "[Hz] of commands to the robot and readings from it"
_PUBLISH = "[Hz] of odom, joint_states and tf, at most control_rate"
_BASE = "the robot's own frame; what is before its last / is put before the others, too"
_TF = "publish tf and tf_static; false where robot_state_publisher or a filter does"

ROBOT_SETTINGS = (
    Setting("robot", "tank", "the robot: a name that comes with Tank, or a path to a YAML file"),
    Setting("stamped_cmd_vel", True, "cmd_vel is TwistStamped; false: Twist"),
    Setting("cmd_vel_timeout", 0.0, _TIMEOUT, 0.0, 5.0),
    Setting("stamp_max_age", names.STAMP_MAX_AGE, _AGE, 0.05, 10.0),
    Setting("stamp_max_ahead", names.STAMP_MAX_AHEAD, _AHEAD, 0.0, 10.0),
    Setting("control_rate", names.CONTROL_RATE, _CONTROL, 10.0, 200.0),
    Setting("publish_rate", names.CONTROL_RATE, _PUBLISH, 1.0, 200.0),
    Setting("odom_frame", names.ODOM_FRAME, "frame in which odometry is given", check=name_fault),
    Setting("base_frame", names.BASE_FRAME, _BASE, check=name_fault),
    Setting("publish_tf", True, _TF),
    Setting("jpeg_quality", 80, "of camera/image_raw/compressed", 1, 100),
)
