"""launch/rviz/tank.rviz fits rviz, and what the nodes publish.

It is held against their sources; rviz's are those of branch jazzy.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tank_core.io.yaml_files import read_text, read_yaml
from tank_stack.rviz_config import with_frames

pytest.importorskip("rclpy", reason="ROS 2 is not installed here")

from rclpy.qos import (
    DurabilityPolicy,
    QoSCompatibility,
    QoSProfile,
    ReliabilityPolicy,
    qos_check_compatible,
)

from tank_core.ros import interfaces as names

ROOT = Path(__file__).parents[1]
FILE = ROOT / "launch" / "rviz" / "tank.rviz"
RELIABILITY = {"Reliable": ReliabilityPolicy.RELIABLE, "Best Effort": ReliabilityPolicy.BEST_EFFORT}
DURABILITY = {
    "Volatile": DurabilityPolicy.VOLATILE,
    "Transient Local": DurabilityPolicy.TRANSIENT_LOCAL,
}
HISTORY = {"System Default", "Keep Last", "Keep All"}
# what a choice may be (EnumProperty)
CHOICES = {
    "Line Style": {"Lines", "Billboards"},
    "Pose Style": {"None", "Axes", "Arrows"},
    "Description Source": {"File", "Topic"},
    "Shape": {"Arrow", "Axes"},
}
GLOBAL = {"Fixed Frame", "Background Color", "Frame Rate"}  # visualization_manager.cpp
EVERY = {"Class", "Name", "Enabled", "Value"}
TOPIC = {
    "Value",
    "Depth",
    "History Policy",
    "Reliability Policy",
    "Durability Policy",
    "Filter size",
}
# Class: the properties, and what those hold that hold more
# (rviz_default_plugins/src/.../displays/*.cpp, jazzy).
DISPLAYS: dict[str, dict[str, set[str]]] = {
    "Grid": {name: set() for name in (
        "Reference Frame", "Plane Cell Count", "Normal Cell Count", "Cell Size", "Line Style",
        "Color", "Alpha", "Plane", "Offset",
    )},
    "RobotModel": {name: set() for name in (
        "Visual Enabled", "Collision Enabled", "Mass Properties", "Update Interval", "Alpha",
        "Description Source", "Description File",
        "TF Prefix",
    )} | {"Description Topic": TOPIC},
    "TF": {name: set() for name in (
        "Show Names", "Show Axes", "Show Arrows", "Marker Scale", "Update Interval",
        "Frame Timeout", "Filter (whitelist)",
        "Filter (blacklist)", "Frames", "Tree",
    )},
    "Odometry": {
        "Topic": TOPIC, "Position Tolerance": set(), "Angle Tolerance": set(), "Keep": set(),
        "Covariance": {"Value", "Position", "Orientation"},
        "Shape": {
            "Value", "Color", "Alpha", "Shaft Length", "Shaft Radius", "Head Length", "Head Radius",
            "Axes Length", "Axes Radius",
        },
    },
    "Image": {"Topic": TOPIC} | {name: set() for name in ("Normalize Range", "Min Value",
    "Max Value", "Median window")},
    "Marker": {"Topic": TOPIC, "Namespaces": set()},
    "MarkerArray": {"Topic": TOPIC, "Namespaces": set()},
    "Range": {"Topic": TOPIC, "Color": set(), "Alpha": set(), "Buffer Length": set()},
    "Path": {"Topic": TOPIC} | {name: set() for name in (
        "Line Style", "Line Width", "Color", "Alpha", "Buffer Length", "Offset", "Pose Style",
        "Length", "Radius", "Pose Color", "Shaft Length", "Head Length", "Shaft Diameter",
        "Head Diameter",
    )},
}  # fmt: skip
SHOWS = {
    "Odometry": "Odometry",
    "Image": "Image",
    "Marker": "Marker",
    "MarkerArray": "MarkerArray",
    "Range": "Range",
    "Path": "Path",
    "RobotModel": "String",
}
TOOLS = {
    "Interact",
    "MoveCamera",
    "Select",
    "FocusCamera",
    "Measure",
    "SetInitialPose",
    "SetGoal",
    "PublishPoint",
}
PANELS = {"Displays", "Help", "Selection", "Time", "Tool Properties", "Transformation", "Views"}
ORBIT = {
    "Class",
    "Name",
    "Target Frame",
    "Distance",
    "Focal Shape Size",
    "Focal Shape Fixed Size",
    "Yaw",
    "Pitch",
    "Focal Point",
    "Near Clip Distance",
}


@pytest.fixture(scope="module")
def manager() -> Any:
    return config()["Visualization Manager"]


def config() -> Any:
    return read_yaml(read_text(FILE, "rviz configuration"), str(FILE))


def published() -> Iterator[tuple[str, str, QoSProfile]]:
    """(message type, topic, QoS) of each publisher.

    Every call in the nodes' sources with a type, a topic and a QoS by name.
    """
    for path in ROOT.glob("src/tank_*/tank_*/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and len(node.args) == 3
                and isinstance(node.args[0], ast.Name)
            ):
                topic, qos = (_interface(argument) for argument in node.args[1:])
                if isinstance(topic, str) and isinstance(qos, QoSProfile):
                    yield node.args[0].id, topic, qos


def _interface(argument: ast.expr) -> Any:
    is_one = (
        isinstance(argument, ast.Attribute)
        and isinstance(argument.value, ast.Name)
        and argument.value.id == "names"
    )
    return getattr(names, argument.attr) if is_one and isinstance(argument, ast.Attribute) else None


def test_rviz_has_every_class_and_property(manager: Any) -> None:
    assert all(
        panel["Class"].removeprefix("rviz_common/") in PANELS for panel in config()["Panels"]
    )
    assert all(
        tool["Class"].removeprefix("rviz_default_plugins/") in TOOLS for tool in manager["Tools"]
    )
    for display in manager["Displays"]:
        known = DISPLAYS[display["Class"].removeprefix("rviz_default_plugins/")]
        assert set(display) - EVERY <= set(known), display["Name"]
        for name, within in known.items():
            value = display.get(name)
            assert not (within and name in display) or (
                isinstance(value, dict) and set(value) <= within
            ), (display["Name"], name)
    view = manager["Views"]["Current"]
    assert view["Class"] == "rviz_default_plugins/Orbit" and set(view) <= ORBIT
    assert set(manager["Global Options"]) <= GLOBAL


def test_every_choice_and_number_is_one_that_rviz_takes(manager: Any) -> None:
    for display in manager["Displays"]:
        for name, value in display.items():
            chosen = value.get("Value") if name == "Shape" else value
            assert name not in CHOICES or chosen in CHOICES[name], (display["Name"], name)
        topic = display.get("Topic") or display.get("Description Topic") or {}
        assert topic.get("History Policy", "Keep Last") in HISTORY, display["Name"]
        assert topic.get("Depth", 5) >= 1, display["Name"]
        for part in str(display.get("Color", "0; 0; 0")).split(";"):
            assert 0 <= int(part) <= 255, display["Name"]


@pytest.mark.slow
def test_each_topic_is_published_with_the_type_that_is_shown_and_a_qos_that_matches(
    manager: Any,
) -> None:
    """A policy that the file leaves out is rviz's own: reliable, volatile."""
    publishers = {topic: (kind, qos) for kind, topic, qos in published()}
    shown = [
        (display, display.get("Topic") or display.get("Description Topic"))
        for display in manager["Displays"]
    ]
    assert sum(topic is not None for _, topic in shown) >= 10
    for display, topic in shown:
        if topic is not None:
            kind, offered = publishers[topic["Value"]]
            assert (
                kind.removesuffix("Message")
                == SHOWS[display["Class"].removeprefix("rviz_default_plugins/")]
            ), topic
            asked = QoSProfile(
                depth=topic.get("Depth", 5),
                reliability=RELIABILITY[topic.get("Reliability Policy", "Reliable")],
                durability=DURABILITY[topic.get("Durability Policy", "Volatile")],
            )
            compatible, reason = qos_check_compatible(offered, asked)
            assert compatible != QoSCompatibility.ERROR, (topic, reason)
            is_latched = offered.durability == DurabilityPolicy.TRANSIENT_LOCAL
            assert not is_latched or asked.durability == DurabilityPolicy.TRANSIENT_LOCAL, (
                f"{topic}: its one message would not be seen"
            )


def test_topics_are_relative_so_that_a_namespace_holds_for_them(manager: Any) -> None:
    topics = [
        display.get("Topic") or display.get("Description Topic") for display in manager["Displays"]
    ]
    assert not any(topic["Value"].startswith("/") for topic in topics if topic)


def test_odometry_is_slim_arrows_without_ellipsoids(manager: Any) -> None:
    """rviz shows covariances unless told not to.

    Its arrows' radii are those of arrows of a meter.
    """
    (odometry,) = [
        display for display in manager["Displays"] if display["Class"].endswith("/Odometry")
    ]
    shape = odometry["Shape"]
    assert odometry["Covariance"]["Value"] is False
    assert shape["Value"] == "Arrow"
    assert (
        0 < shape["Shaft Radius"] < shape["Head Radius"] < shape["Head Length"]
        and shape["Shaft Radius"] < shape["Shaft Length"]
    )


def test_model_frames_odometry_camera_detections_and_status_are_shown(manager: Any) -> None:
    shown = {one["Name"] for one in manager["Displays"]}
    assert {"Robot", "Frames", "Odometry", "Camera", "Detections", "Range", "Status"} <= shown
    assert {"Path", "Plan", "Reach"} <= shown


def test_the_view_follows_the_robot(manager: Any) -> None:
    assert manager["Global Options"]["Fixed Frame"] == names.ODOM_FRAME
    assert manager["Views"]["Current"]["Target Frame"] == names.BASE_FRAME


def test_other_frames_take_the_place_of_the_usual_ones_and_nothing_else_changes() -> None:
    text = FILE.read_text(encoding="utf-8")
    changed, expected = read_yaml(with_frames(text, "map_a", "robot_a/base"), "changed"), config()
    expected["Visualization Manager"]["Global Options"]["Fixed Frame"] = "map_a"
    expected["Visualization Manager"]["Views"]["Current"]["Target Frame"] = "robot_a/base"
    assert changed == expected
