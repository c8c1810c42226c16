"""Whether ROS 2 works: a node is made, in a context of its own."""

from __future__ import annotations

import rclpy
from rclpy.signals import SignalHandlerOptions

import tank_msgs.msg  # noqa: F401 - whether it was built


def try_node() -> None:
    """Make a node and let it go.

    Raises what rclpy raises where that cannot be done.
    """
    context = rclpy.Context()
    rclpy.init(args=[], context=context, signal_handler_options=SignalHandlerOptions.NO)
    try:
        node = rclpy.create_node("tank_what_works", context=context, enable_rosout=False)
        node.destroy_node()
    finally:
        context.try_shutdown()
