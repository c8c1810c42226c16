"""``--twist``, of the commands that start a stack."""

from __future__ import annotations

import argparse


def add_twist(parser: argparse.ArgumentParser) -> None:
    """Add --twist: one word for both ends of cmd_vel.

    The executor publishes what the robot hears.
    """
    parser.add_argument(
        "--twist",
        action="store_true",
        help="cmd_vel is geometry_msgs/Twist, as older teleop programs send it (default: "
        "TwistStamped)",
    )
