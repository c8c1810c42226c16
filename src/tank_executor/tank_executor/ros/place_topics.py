"""The executor's places over ROS: told on one topic, changed on another.

Both are JSON. ``places`` is latched: {"places": {NAME: place}, "answer": {"id", "done",
"message"}}, a place as ``saved_places`` tells it, the answer that to the last change.
``change_places`` takes
{"id": ID, "put": {NAME: place}} and {"id": ID, "forget": [NAME, ...]}.
"""

from __future__ import annotations

import json
from threading import RLock
from typing import Any

from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from std_msgs.msg import String

from tank_core.exceptions import TankError
from tank_core.io.inputs import parse_json
from tank_core.io.one_line import quoted
from tank_core.ros import interfaces as names
from tank_core.ros.tank_node import TankNode
from tank_executor.places import Places, listed
from tank_executor.saved_places import SavedPlacesError, places_to_data, put_places


class PlaceTopics:
    """Tells the places, and changes them where somebody asks for it."""

    def __init__(self, node: TankNode, lock: RLock, places: Places) -> None:
        self._node, self._lock, self._places = node, lock, places
        self._answer: dict[str, Any] = {}
        self._told = ""
        self._publisher = node.create_publisher(String, names.PLACES, names.LATCHED)
        group = MutuallyExclusiveCallbackGroup()
        self._heard = node.hear(String, names.CHANGE_PLACES, self._on_change, names.RELIABLE, group)

    def tell(self) -> None:
        """Publish the places if they have changed. With the lock held."""
        text = json.dumps({"places": places_to_data(self._places), "answer": self._answer})
        if text != self._told:
            self._told = text
            self._publisher.publish(String(data=text))

    def _on_change(self, message: String) -> None:
        with self._lock:
            try:
                self._answer = self._changed(parse_json(message.data))
            except TankError as error:
                self._answer = {"id": None, "done": False, "message": str(error)}
            self.tell()

    def _changed(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict) or ("put" in data) == ("forget" in data):
            raise SavedPlacesError(f"{quoted(data)} is no change: say put or forget")
        try:
            message = (
                put(self._places, data["put"])
                if "put" in data
                else drop(self._places, data["forget"])
            )
        except TankError as error:
            return {"id": data.get("id"), "done": False, "message": str(error)}
        return {"id": data.get("id"), "done": True, "message": message}

    def close(self) -> None:
        """Let go of both topics."""
        self._heard.close()
        self._node.destroy_publisher(self._publisher)


def put(places: Places, data: Any) -> str:
    """Put places into the book; says what holds now. Raises SavedPlacesError."""
    return (
        f"I know {listed(put_places(places, data))} now; this holds if I was started where I was "
        "started then"
    )


def drop(places: Places, wanted: Any) -> str:
    """Forget some names, all or none of them. Raises SavedPlacesError."""
    if not isinstance(wanted, list) or not wanted:
        raise SavedPlacesError(f"forget is {quoted(wanted)}; it must be a list of names")
    for name in wanted:
        if name not in places.names:
            known = f"I know {listed(places.names)}" if places.names else "I know none"
            raise SavedPlacesError(f"I know no place called {quoted(name)}; {known}")
    for name in dict.fromkeys(wanted):
        places.drop(name)
    return f"I forgot {listed(dict.fromkeys(wanted))}"
