"""Prints who is there within two seconds, as one line of JSON.

``python -m tank_cli.ros.neighbors``, a process of its own, for the doctor. ``nodes``: full names;
``ages``: how old [s] the stamps of joint_states were when they came, none where a simulation has
its own time; ``unheard``: who publishes what one of Tank's nodes cannot hear, or hears nothing of
it; ``clocks``: who publishes /clock.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from tank_core.exceptions import TankError
from tank_core.ros.runtime.environment import prepare

LISTEN_S = 2.0


def main() -> None:
    try:
        prepare()  # before rclpy: some of it ends the process when that is imported
    except TankError as unfit:
        sys.exit(str(unfit))
    import rclpy
    from sensor_msgs.msg import JointState

    from tank_core.ros import interfaces as names
    from tank_core.ros.runtime.executor import GroupExecutor
    from tank_core.ros.surroundings import clock_givers, full_name, unheard

    ages: list[float] = []

    def on_joints(message: Any) -> None:
        ages.append(time.time() - message.header.stamp.sec - message.header.stamp.nanosec * 1e-9)

    rclpy.init(args=[])
    node = rclpy.create_node("tank_doctor", start_parameter_services=False, enable_rosout=False)
    node.create_subscription(JointState, names.JOINT_STATES, on_joints, names.SENSOR_DATA)
    executor = GroupExecutor()
    executor.add_node(node)
    executor.start()
    time.sleep(LISTEN_S)
    executor.shutdown()
    others = [
        (name, space)
        for name, space in node.get_node_names_and_namespaces()
        if name != node.get_name()
    ]
    ours = {full_name(name, space) for name, space in others if name in names.NODES}
    report = {
        "nodes": [
            full_name(name, space) for name, space in others if "_ros2cli_daemon" not in name
        ],
        "ages": [] if node.count_publishers(names.CLOCK) else ages,
        "unheard": unheard(node, [topic for topic, _ in node.get_topic_names_and_types()], ours),
        "clocks": clock_givers(node),
    }
    print(json.dumps(report), flush=True)
    node.destroy_node()
    rclpy.shutdown()


if __name__ == "__main__":
    main()
