"""Every name, quality of service and frame that Tank's nodes share.

Names are relative, so a namespace works.
"""

from __future__ import annotations

import os
import socket

from rclpy.duration import Duration
from rclpy.qos import (
    DurabilityPolicy,
    HistoryPolicy,
    LivelinessPolicy,
    QoSProfile,
    ReliabilityPolicy,
    qos_profile_sensor_data,
)

from tank_core.pacing import TICK_S
from tank_core.robot import frame_names

# Nodes
SIM_NODE = "sim_node"
DRIVER_NODE = "driver_node"
LANGUAGE_NODE = "language_node"
EXECUTOR_NODE = "executor_node"
PERCEPTION_NODE = "perception_node"
COCKPIT_NODE = "cockpit_node"
NODES = (
    SIM_NODE,
    DRIVER_NODE,
    LANGUAGE_NODE,
    EXECUTOR_NODE,
    PERCEPTION_NODE,
    COCKPIT_NODE,
)

# Language
INSTRUCTION = "instruction"  # std_msgs/String -> language_node
COMMANDS = "commands"  # tank_msgs/CommandList, language_node -> executor_node
# std_msgs/String, language_node -> executor_node: it hears: by its liveliness, and four times a
# second
LISTENING = "listening"
# The same for a sentence of which only the meaning is wanted: nobody carries out what is said here.
REHEARSE = "rehearse"  # std_msgs/String -> language_node
REHEARSED = "rehearsed"  # tank_msgs/CommandList, language_node -> who asked

# Executor
EXECUTE_COMMANDS = "execute_commands"  # action tank_msgs/ExecuteCommands
EXECUTION_STATUS = "execution_status"  # tank_msgs/ExecutionStatus, latched
PHOTOS = "photos"  # tank_msgs/Photo: the last pictures, whole, for who comes late, too
# visualization_msgs/Marker, latched: the status as a text over the robot, for rviz
EXECUTION_MARKER = "execution_marker"
# For rviz and Foxglove, latched, and only made where somebody looks
PATH = "path"  # nav_msgs/Path: where the robot has been
PLAN_MARKERS = "plan_markers"  # visualization_msgs/MarkerArray: the steps that are still to be done
REACH_MARKER = "reach_marker"  # visualization_msgs/Marker: where the arm can pick something up
PLACES = "places"  # std_msgs/String, latched: the named places, as JSON
CHANGE_PLACES = "change_places"  # std_msgs/String, JSON -> executor_node
# geometry_msgs/TwistStamped, whoever drives by hand -> executor_node
TELEOP = "teleop"
# std_msgs/String, latched: who drives, why a hand is refused, and the speeds, as JSON
TELEOP_STATE = "teleop_state"
STOP = "stop"  # std_srvs/Trigger: stops and stays stopped
RESET_STOP = "reset_stop"  # std_srvs/Trigger
STOPPED = "stopped"  # std_msgs/Bool, latched, executor_node -> RobotNode

# Robot
CMD_VEL = "cmd_vel"  # geometry_msgs/TwistStamped, or Twist
# trajectory_msgs/JointTrajectory, gripper included
JOINT_TRAJECTORY = "arm_controller/joint_trajectory"
ODOM = "odom"  # nav_msgs/Odometry
JOINT_STATES = "joint_states"  # sensor_msgs/JointState
TF = "tf"  # tf2_msgs/TFMessage
TF_STATIC = "tf_static"  # tf2_msgs/TFMessage, latched
ROBOT_DESCRIPTION = "robot_description"  # std_msgs/String, latched: URDF
BATTERY_STATE = "battery_state"  # sensor_msgs/BatteryState
RANGE = "range"  # sensor_msgs/Range
IMAGE = "camera/image_raw"  # sensor_msgs/Image, rgb8
CAMERA_INFO = "camera/camera_info"  # sensor_msgs/CameraInfo
COMPRESSED_IMAGE = "camera/image_raw/compressed"  # sensor_msgs/CompressedImage, JPEG
ROBOT_STOP = "robot/stop"  # std_srvs/Trigger: this robot alone, whatever the executor says
ROBOT_RESET_STOP = "robot/reset_stop"  # std_srvs/Trigger
# std_msgs/Bool, latched: the robot refuses motion, for whatever reason
ROBOT_STOPPED = "robot/stopped"

# Perception
DETECTIONS = "detections"  # tank_msgs/DetectedObjectArray
MARKERS = "markers"  # visualization_msgs/MarkerArray
# sensor_msgs/Image, rgb8: what was seen, drawn into the image
DETECTIONS_IMAGE = "detections/image"

# Simulation
CLOCK = "/clock"  # rosgraph_msgs/Clock; absolute, because ROS's clocks listen there
GROUND_TRUTH = "ground_truth/odom"  # nav_msgs/Odometry, for results only
# visualization_msgs/MarkerArray, latched: fixtures and objects where they really are, for the eye
GROUND_TRUTH_MARKERS = "ground_truth/markers"
# std_msgs/String, latched: world, seed, and the worlds that there are, as JSON. Another one is had
# by setting sim_node's parameters `world` and `seed`.
WORLD = "world"
RESET_WORLD = "reset_world"  # std_srvs/Trigger
# std_msgs/Header, sim_node -> executor_node, perception_node: what was known in its frame up to its
# stamp holds no more
WORLD_RESET = "world_reset"
SET_PAUSE = "set_pause"  # std_srvs/SetBool
STEP_SIMULATION = "step_simulation"  # std_srvs/Trigger

# Everybody
DIAGNOSTICS = "diagnostics"  # diagnostic_msgs/DiagnosticArray, 1 Hz

# Frames, where the parameters odom_frame and base_frame give no other names
ODOM_FRAME, BASE_FRAME = frame_names.ODOM, frame_names.BASE
CAMERA_FRAME, OPTICAL_FRAME = frame_names.CAMERA, frame_names.OPTICAL
RANGE_FRAME = frame_names.RANGE

# Rates [Hz]
CONTROL_RATE = 1.0 / TICK_S
DIAGNOSTICS_RATE = 1.0

# Age of a message's stamp [s] beyond which it is dropped, and how far ahead of this clock it may
# be.
STAMP_MAX_AGE = 0.5
STAMP_MAX_AHEAD = 0.2

# What a node of this process says of itself on LISTENING.
THIS_PROCESS = f"{socket.gethostname()}/{os.getpid()}"

# Quality of service
# Commands and answers: none may be lost. A stop comes with the rejections of all that it drops, in
# one burst.
RELIABLE = QoSProfile(depth=200)
NEWEST = QoSProfile(depth=1)  # velocity: only the newest counts, and it arrives
# As it is heard: of every publisher, and never an older one after a newer one.
# One that is lost is followed by the next, or by the watchdog.
NEWEST_HEARD = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
# odom, joint_states: reliable, so that both kinds of subscriber match
STREAM = QoSProfile(depth=10)
TF_QOS = QoSProfile(depth=100)
# Several nodes may be the senders of latched transforms, and with depth 1 a listener that comes
# late would miss all but one of them.
TF_STATIC_QOS = QoSProfile(depth=100, durability=DurabilityPolicy.TRANSIENT_LOCAL)
# [s] after which a process that listened, and was killed or hangs, counts as gone: a stop then
# takes under 0.3 s
LISTENING_LEASE = 0.2
# [s] between messages, and after which the node counts as stuck though its process lives
LISTENING_PERIOD, LISTENING_SILENCE = 0.25, 1.5
# Asserted by the middleware's own thread: one in Python was late ten times a minute on a machine
# with eight times the work that it can do.
# Offered for less than it is asked for: Fast DDS asserts after two thirds of what is offered, and
# counts what is asked.
ALIVE_OFFERED, ALIVE = (
    QoSProfile(
        depth=1,
        liveliness=LivelinessPolicy.AUTOMATIC,
        liveliness_lease_duration=Duration(seconds=lease),
    )
    for lease in (0.4 * LISTENING_LEASE, LISTENING_LEASE)
)
SENSOR_DATA = qos_profile_sensor_data  # images: best effort
# The executor keeps one status for who comes late; who is there must not miss one of several in a
# row.
EVERY_STATUS = QoSProfile(depth=100, durability=DurabilityPolicy.TRANSIENT_LOCAL)
# Of the robot's stop, that may be taken back a moment later: neither may be lost, for the first one
# ends the plans.
EVERY_STOP = QoSProfile(depth=10, durability=DurabilityPolicy.TRANSIENT_LOCAL)
LAST_PHOTOS = QoSProfile(depth=8, durability=DurabilityPolicy.TRANSIENT_LOCAL)
LATCHED = QoSProfile(
    depth=1,
    history=HistoryPolicy.KEEP_LAST,
    reliability=ReliabilityPolicy.RELIABLE,
    durability=DurabilityPolicy.TRANSIENT_LOCAL,
)
