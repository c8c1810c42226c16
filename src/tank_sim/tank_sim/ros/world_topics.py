"""Topics about the simulated world: which it is, and where all in it really is.

For the eye: nothing that drives the robot hears them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from geometry_msgs.msg import Point, Pose, Quaternion, Vector3
from std_msgs.msg import ColorRGBA, String
from visualization_msgs.msg import Marker, MarkerArray

from tank_core.commands import Shape
from tank_core.geometry import wxyz_from_yaw
from tank_core.ros import interfaces as names
from tank_core.ros.conversions import header
from tank_core.ros.tank_node import TankNode
from tank_sim.mjcf.appearance import OBJECT_RGB
from tank_sim.mujoco_backend import MujocoBackend
from tank_sim.worlds import World, world_names

AGAIN_S = 0.2  # [s] of simulated time between two looks at where things are
MOVED = 0.003  # [m], and of a quaternion's parts: less is no news
FIXTURES, OBJECTS = "fixtures", "objects"  # the markers' namespaces
_FORMS = {Shape.CUBE: Marker.CUBE, Shape.BALL: Marker.SPHERE, Shape.CYLINDER: Marker.CYLINDER}


class WorldTopics:
    """The publishers of ``world`` and ``ground_truth/markers``."""

    def __init__(self, node: TankNode, settings: Mapping[str, Any]) -> None:
        self._node, self._frame = node, settings["odom_frame"]
        self._world = node.create_publisher(String, names.WORLD, names.LATCHED)
        self._markers = node.create_publisher(
            MarkerArray, names.GROUND_TRUTH_MARKERS, names.LATCHED
        )
        self._shown: World | None = None  # the very one
        self._places: dict[str, list[float]] = {}
        self._due = -math.inf
        self.say(settings)

    def say(self, settings: Mapping[str, Any]) -> None:
        """Tell which world and seed there are, and which worlds there could be."""
        told = {name: settings[name] for name in ("world", "seed")}
        self._world.publish(String(data=json.dumps({**told, "worlds": world_names()})))

    def look(self, simulation: MujocoBackend, seconds: float) -> bool:
        """Note where everything is at ``seconds``; whether that is news.

        At most each AGAIN_S. Quick, for it needs the simulation, whose lock a stop waits for.
        """
        world = simulation.world
        if world is self._shown and 0.0 <= self._due - seconds <= AGAIN_S:
            return False
        self._due = seconds + AGAIN_S
        bodies = {each.name: simulation.data.body(each.name) for each in world.objects}
        now = {name: [*body.xpos.tolist(), *body.xquat.tolist()] for name, body in bodies.items()}
        news = world is not self._shown or _moved(self._places, now)
        if news:
            self._shown, self._places = world, now
        return news

    def show(self, seconds: float) -> None:
        """Tell where everything was at the last look, at ``seconds``."""
        if (world := self._shown) is not None:
            markers = self._all(world, self._places, seconds)
            self._markers.publish(MarkerArray(markers=markers))

    def _all(self, world: World, places: Mapping[str, list[float]], seconds: float) -> list[Marker]:
        head = header(seconds, self._frame)
        markers = [Marker(header=head, action=Marker.DELETEALL)]
        for number, wall in enumerate(world.scene.fixtures):
            rgb = wall.rgb if wall.color is None else OBJECT_RGB[wall.color]
            size = [2 * half for half in wall.half_size]
            pose = [*wall.position, *wxyz_from_yaw(wall.yaw)]
            markers.append(_marker(Marker.CUBE, FIXTURES, number, pose, size, rgb))
        for number, thing in enumerate(world.objects):
            form, size, rgb = _FORMS[thing.shape], [thing.size] * 3, OBJECT_RGB[thing.color]
            markers.append(_marker(form, OBJECTS, number, places[thing.name], size, rgb))
        for marker in markers:
            marker.header = head
        return markers

    def close(self) -> None:
        """Let go of the publishers."""
        for publisher in (self._world, self._markers):
            self._node.destroy_publisher(publisher)


def _moved(before: Mapping[str, list[float]], now: Mapping[str, list[float]]) -> bool:
    return before.keys() != now.keys() or any(
        abs(one - other) > MOVED
        for name in now
        for one, other in zip(before[name], now[name], strict=True)
    )


def _marker(
    form: int, kind: str, number: int, place: list[float], size: list[float], rgb: Any
) -> Marker:
    """A marker; ``place``: x, y, z [m], then the quaternion w, x, y, z."""
    x, y, z, w, i, j, k = map(float, place)
    return Marker(
        ns=kind, id=number, type=form, action=Marker.ADD,
        pose=Pose(position=Point(x=x, y=y, z=z), orientation=Quaternion(w=w, x=i, y=j, z=k)),
        scale=Vector3(**dict(zip("xyz", map(float, size), strict=True))),
        color=ColorRGBA(a=0.4 if kind == FIXTURES else 0.8, **dict(zip("rgb", rgb, strict=True))),
    )  # fmt: skip
