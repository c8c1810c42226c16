"""launch/foxglove/tank.json fits itself, and the names that the nodes use."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="ROS 2 is not installed here")

from tank_core.ros import interfaces as names

ROOT = Path(__file__).parents[1]
FILE = ROOT / "launch" / "foxglove" / "tank.json"


@pytest.fixture(scope="module")
def panels() -> dict[str, Any]:
    return dict(layout()["configById"])


def layout() -> Any:
    return json.loads(FILE.read_text(encoding="utf-8"))


def ours() -> set[str]:
    """Every name that stands in interfaces."""
    return {value for value in vars(names).values() if isinstance(value, str)}


def leaves(tree: Any) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    else:
        yield from leaves(tree["first"])
        yield from leaves(tree["second"])


def asked_for(panels: dict[str, Any]) -> Iterator[str]:
    for panel in panels.values():
        yield from panel.get("topics", {})
        yield from (path["value"].partition(".")[0] for path in panel.get("paths", ()))
        for key in ("topicPath", "topicToRender", "topicName", "serviceName"):
            if key in panel:
                yield panel[key]
        if "imageTopic" in panel.get("imageMode", {}):
            yield panel["imageMode"]["imageTopic"]
        yield from (
            layer["topic"] for layer in panel.get("layers", {}).values() if "topic" in layer
        )


def test_each_panel_is_in_the_layout_once(panels: dict[str, Any]) -> None:
    assert sorted(leaves(layout()["layout"])) == sorted(panels)


def test_every_topic_and_service_is_one_of_ours(panels: dict[str, Any]) -> None:
    asked = set(asked_for(panels))
    assert len(asked) >= 12
    assert {one.removeprefix("/") for one in asked} <= ours()


def test_it_shows_what_rviz_shows_and_follows_the_robot(panels: dict[str, Any]) -> None:
    scene = panels["3D!tank"]
    assert scene["followTf"] == names.BASE_FRAME
    shown = {topic for topic, how in scene["topics"].items() if how["visible"]}
    for topic in (names.MARKERS, names.PLAN_MARKERS, names.REACH_MARKER, names.PATH, names.RANGE):
        assert f"/{topic}" in shown
    assert panels["CallService!stop"]["serviceName"] == f"/{names.STOP}"
