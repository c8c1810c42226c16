"""``python -m tank_cli.ros_neighbors``: who is there within two seconds, as one line of JSON; a process of its own, for the doctor.

``nodes``: full names; ``ages``: how old [s] the stamps of joint_states were when they came, none where a simulation has its own time.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from tank_core.exceptions import TankError
from tank_core.ros_environment import prepare

LISTEN_S = 2.0


def main() -> None:
    try:
        prepare()  # before rclpy: some of it ends the process when that is imported
    except TankError as unfit:
        sys.exit(str(unfit))
    import rclpy
    from sensor_msgs.msg import JointState

    from tank_core import ros_interfaces as names

    ages: list[float] = []

    def on_joints(message: Any) -> None:
        ages.append(time.time() - message.header.stamp.sec - message.header.stamp.nanosec * 1e-9)

    rclpy.init(args=[])
    node = rclpy.create_node("tank_doctor", start_parameter_services=False, enable_rosout=False)
    node.create_subscription(JointState, names.JOINT_STATES, on_joints, names.SENSOR_DATA)
    give_up = time.monotonic() + LISTEN_S
    while time.monotonic() < give_up:
        rclpy.spin_once(node, timeout_sec=0.1)
    found = [f"{space.rstrip('/')}/{name}" for name, space in node.get_node_names_and_namespaces() if name != node.get_name()]
    simulated = node.count_publishers(names.CLOCK) > 0
    print(json.dumps({"nodes": [name for name in found if "_ros2cli_daemon" not in name], "ages": [] if simulated else ages}), flush=True)
    node.destroy_node()
    rclpy.shutdown()


if __name__ == "__main__":
    main()
