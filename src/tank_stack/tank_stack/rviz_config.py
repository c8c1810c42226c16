"""rviz's configuration for frames with other names than in launch/rviz/tank.rviz. Pure."""

from __future__ import annotations

import yaml

from tank_core.io.yaml_files import read_yaml

FRAMES = ("odom_frame", "base_frame")  # arguments of the stacks


def with_frames(text: str, odom_frame: str, base_frame: str) -> str:
    """The configuration, shown in ``odom_frame``, with a view that follows ``base_frame``."""
    config = read_yaml(text, "tank.rviz")
    manager = config["Visualization Manager"]
    manager["Global Options"]["Fixed Frame"] = odom_frame
    manager["Views"]["Current"]["Target Frame"] = base_frame
    return str(yaml.safe_dump(config, sort_keys=False))
