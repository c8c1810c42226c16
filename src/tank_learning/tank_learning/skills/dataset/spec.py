"""The kinds of numbers and images in a dataset, as info.json says them. Pure.

LeRobot's sources are what is followed: lerobot/datasets/utils.py and lerobot_dataset.py of v0.4.4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tank_core.exceptions import TankError
from tank_core.robot import Robot
from tank_core.state import Array, RobotCommand, RobotState

VERSION = "v3.0"
STATE, ACTION, IMAGES = "observation.state", "action", "observation.images."
FRONT = "front"  # the robot's own camera
DATA_PATH = "data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet"
EPISODES_PATH = "meta/episodes/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet"
VIDEO_PATH = "videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4"
INFO, STATS, TASKS = "meta/info.json", "meta/stats.json", "meta/tasks.parquet"
FILES_IN_CHUNK = 1000
# An episode is added by writing its file anew, so files are kept smaller than LeRobot's 100 and 200
FILE_MB = 20
# a row's own columns, which LeRobot adds to each dataset
INDEX_COLUMNS = ("frame_index", "episode_index", "index", "task_index")
# The base's velocities, named as LeRobot's own mobile robot has them: [m/s], [rad/s]
BASE = ("x.vel", "theta.vel")
SUFFIX = ".pos"  # of a joint's position [rad or m]


class DatasetError(TankError):
    """A dataset that cannot be written or read; the message says why."""


@dataclass(frozen=True)
class Spec:
    """The content of each frame of a dataset, the same for all episodes.

    ``state`` and ``action`` name the columns; ``cameras`` are width and height [px] by name.
    """

    robot_type: str
    fps: int
    state: tuple[str, ...]
    action: tuple[str, ...]
    cameras: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, robot: Robot, fps: int, cameras: Mapping[str, tuple[int, int]]) -> Spec:
        """The frames of a robot: each joint, then the base's velocities."""
        names = (*(f"{joint}{SUFFIX}" for joint in robot.joint_names), *BASE)
        return cls(robot.name, fps, names, names, dict(cameras))

    @classmethod
    def from_info(cls, info: Mapping[str, Any]) -> Spec:
        """Read from info.json. Raises DatasetError for another version."""
        if info.get("codebase_version") != VERSION:
            raise DatasetError(
                f"codebase_version is {info.get('codebase_version')!r}; only {VERSION} is read, so "
                "convert it by lerobot's convert_dataset_v21_to_v30"
            )
        features = info["features"]
        cameras = {
            key.removeprefix(IMAGES): (one["shape"][1], one["shape"][0])
            for key, one in features.items()
            if key.startswith(IMAGES)
        }
        return cls(
            str(info["robot_type"]),
            int(info["fps"]),
            _names(features[STATE]),
            _names(features[ACTION]),
            cameras,
        )

    def features(self) -> dict[str, Any]:
        """The features as info.json has them."""
        return {
            STATE: _feature("float32", len(self.state), list(self.state)),
            ACTION: _feature("float32", len(self.action), list(self.action)),
            **{IMAGES + name: self._camera(*size) for name, size in self.cameras.items()},
            "timestamp": _feature("float32", 1, None),
            **{name: _feature("int64", 1, None) for name in INDEX_COLUMNS},
        }

    def info(self, episodes: int, frames: int, tasks: int) -> dict[str, Any]:
        """The whole of info.json."""
        return {
            "codebase_version": VERSION,
            "robot_type": self.robot_type,
            "total_episodes": episodes,
            "total_frames": frames,
            "total_tasks": tasks,
            "chunks_size": FILES_IN_CHUNK,
            "data_files_size_in_mb": FILE_MB,
            "video_files_size_in_mb": FILE_MB,
            "fps": self.fps,
            "splits": {"train": f"0:{episodes}"},
            "data_path": DATA_PATH,
            "video_path": VIDEO_PATH if self.cameras else None,
            "features": self.features(),
        }

    def _camera(self, width: int, height: int) -> dict[str, Any]:
        return {
            "dtype": "video",
            "shape": [height, width, 3],
            "names": ["height", "width", "channels"],
            "info": {
                "video.height": height,
                "video.width": width,
                "video.codec": "h264",
                "video.pix_fmt": "yuv420p",
                "video.is_depth_map": False,
                "video.fps": self.fps,
                "video.channels": 3,
                "has_audio": False,
            },
        }


def state_vector(robot: Robot, state: RobotState) -> Array:
    """The robot's reading: each joint's position, then odometry's twist."""
    twist = state.odometry.twist
    return _vector(state.positions(robot.joint_names), twist.linear, twist.angular)


def action_vector(robot: Robot, sent: RobotCommand, held: Mapping[str, float]) -> Array:
    """A command as it was sent: targets of joints, then the twist.

    ``held`` has the places of joints that were never told anything.
    """
    targets = [sent.joints.get(name, held[name]) for name in robot.joint_names]
    return _vector(targets, sent.twist.linear, sent.twist.angular)


def _vector(joints: Any, linear: float, angular: float) -> Array:
    return np.array([*joints, linear, angular], dtype=np.float64)


def _feature(kind: str, width: int, names: list[str] | None) -> dict[str, Any]:
    return {"dtype": kind, "shape": [width], "names": names}


def _names(feature: Mapping[str, Any]) -> tuple[str, ...]:
    names = feature["names"]
    if isinstance(names, list):
        return tuple(map(str, names))
    return tuple(map(str, range(feature["shape"][0])))
