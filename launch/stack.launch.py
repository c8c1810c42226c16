"""Tank's stack: the processes of config/stack.yaml, whose nodes share a process each, with rviz beside them if asked.

sim.launch.py includes this with the simulator as the robot.
"""

from launch.actions import DeclareLaunchArgument, OpaqueFunction, SetEnvironmentVariable
from launch.conditions import IfCondition
from launch.substitutions import EnvironmentVariable, LaunchConfiguration, PathJoinSubstitution
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterFile, ParameterValue
from launch_ros.substitutions import FindPackageShare

from launch import LaunchContext, LaunchDescription, LaunchDescriptionEntity
from tank_core.stack import load_stack

SHARE = FindPackageShare("tank_bringup")
DISCOVERY = "ROS_AUTOMATIC_DISCOVERY_RANGE"
LEVELS = ["debug", "info", "warn", "error", "fatal"]

# Launch arguments that become parameters of every node that has them: name, type, default, choices, description.
PARAMETERS = (
    ("robot", str, "tank", None, "the robot: a name that comes with Tank, or a path to a YAML file"),
    ("world", str, "playground", None, "which objects are there, such as empty or playground"),
    ("seed", int, "0", None, "places the objects"),
    ("realism", str, "ideal", ["ideal", "real"], "real: wheels slip, servos and camera are noisy and late, as on a robot"),
    ("viewer", str, "web", ["web", "window", "none"], "where it is shown: in a browser here, in a window, nowhere"),
    ("real_time_factor", float, "1.0", None, "simulated seconds in a second; 0: as fast as the machine can"),
    ("model", str, "", None, "path of the GGUF language model; empty: the one that comes with Tank"),
)


def declare_arguments() -> list[DeclareLaunchArgument]:
    """Every argument, with its description, for `ros2 launch tank_bringup stack.launch.py --show-args`."""
    own = [
        DeclareLaunchArgument("namespace", default_value="", description="namespace of every node and topic"),
        DeclareLaunchArgument(
            "params_file",
            default_value=PathJoinSubstitution([SHARE, "config", "params.yaml"]),
            description="YAML file with parameters of the nodes; the arguments here win over it",
        ),
        DeclareLaunchArgument("headless", default_value="false", choices=["true", "false"], description="the same as viewer:=none"),
        DeclareLaunchArgument("use_rviz", default_value="false", choices=["true", "false"], description="start rviz2, too"),
        DeclareLaunchArgument("log_level", default_value="info", choices=LEVELS, description="of every node"),
    ]  # fmt: skip
    parameters = [
        DeclareLaunchArgument(name, default_value=default, choices=choices, description=description)
        for name, _, default, choices, description in PARAMETERS
    ]
    return own + parameters


def start_processes(context: LaunchContext) -> list[LaunchDescriptionEntity]:
    """One launch_ros Node a process: the executable tank_nodes runs several nodes in one."""
    values = {name: ParameterValue(LaunchConfiguration(name), value_type=kind) for name, kind, *_ in PARAMETERS}
    if LaunchConfiguration("headless").perform(context) == "true":
        values["viewer"] = "none"
    return [
        Node(
            package="tank_core",
            executable="tank_nodes",
            arguments=list(process.nodes),
            namespace=LaunchConfiguration("namespace"),
            parameters=[ParameterFile(LaunchConfiguration("params_file"), allow_substs=True), process.settings(values)],
            ros_arguments=["--log-level", LaunchConfiguration("log_level")],
            output="screen",
            emulate_tty=True,
            respawn=True,
            respawn_delay=2.0,
        )
        for process in load_stack().processes
    ]


def generate_launch_description() -> LaunchDescription:
    """The stack on this machine alone, unless ROS_AUTOMATIC_DISCOVERY_RANGE says otherwise."""
    rviz = Node(
        package="rviz2",
        executable="rviz2",
        namespace=LaunchConfiguration("namespace"),
        arguments=["-d", PathJoinSubstitution([SHARE, "rviz", "tank.rviz"])],
        condition=IfCondition(LaunchConfiguration("use_rviz")),
    )
    return LaunchDescription([
        *declare_arguments(),
        SetEnvironmentVariable(DISCOVERY, EnvironmentVariable(DISCOVERY, default_value="LOCALHOST")),
        OpaqueFunction(function=start_processes),
        rviz,
    ])  # fmt: skip
