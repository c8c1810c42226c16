"""Adapts rviz's configuration to other names of frames. Pure.

The names in launch/rviz/tank.rviz are the usual ones.
"""

from __future__ import annotations

import yaml

from tank_core.io.yaml_files import read_yaml

FRAMES = ("odom_frame", "base_frame")  # arguments of the stacks


def with_frames(text: str, odom_frame: str, base_frame: str) -> str:
    """The configuration in ``odom_frame``, following ``base_frame``."""
    config = read_yaml(text, "tank.rviz")
    manager = config["Visualization Manager"]
    manager["Global Options"]["Fixed Frame"] = odom_frame
    manager["Views"]["Current"]["Target Frame"] = base_frame
    return str(yaml.safe_dump(config, sort_keys=False))
