"""A ROS context for commands that listen, or publish for those who look."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tank_core.exceptions import TankError
from tank_core.ros.runtime.discovery import speed_up_discovery
from tank_core.ros.runtime.environment import domain, not_started, prepare

prepare()  # before rclpy: some of it ends the process when that is imported

try:
    import rclpy
    from rclpy.context import Context
    from rclpy.signals import SignalHandlerOptions
except ImportError as missing:
    raise TankError(
        f"ROS 2 is not set up here ({missing}); start this through ./tank, which sets it up"
    ) from None


@contextmanager
def listening() -> Iterator[Context]:
    """A context in the domain of ROS_DOMAIN_ID.

    Raises TankError where ROS 2 does not start.
    """
    domain()
    speed_up_discovery()
    context = Context()
    try:
        rclpy.init(args=[], context=context, signal_handler_options=SignalHandlerOptions.NO)
    except Exception as error:  # what rcl and its middleware find wrong comes in many kinds
        raise TankError(not_started(error)) from None
    try:
        yield context
    finally:
        context.try_shutdown()
