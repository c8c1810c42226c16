"""rviz's configuration for frames with other names than in launch/rviz/tank.rviz. Pure."""

from __future__ import annotations

from typing import Any

import yaml

from tank_core.yaml_files import read_yaml

FRAMES = ("odom_frame", "base_frame")


def frames_given(params: Any) -> dict[str, str]:
    """The frames that a ROS parameter file (plain data) gives to any node."""
    nodes = params.values() if isinstance(params, dict) else ()
    given = [node.get("ros__parameters", {}) for node in nodes if isinstance(node, dict)]
    return {name: str(some[name]) for some in given if isinstance(some, dict) for name in FRAMES if name in some}


def with_frames(text: str, odom_frame: str, base_frame: str) -> str:
    """The configuration, shown in ``odom_frame``, with a view that follows ``base_frame``."""
    config = read_yaml(text, "tank.rviz")
    manager = config["Visualization Manager"]
    manager["Global Options"]["Fixed Frame"] = odom_frame
    manager["Views"]["Current"]["Target Frame"] = base_frame
    return str(yaml.safe_dump(config, sort_keys=False))
