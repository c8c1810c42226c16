"""All that a page shows, as data: reports in, letters to the pages out. Pure.

One thread at a time uses it. Times are arguments: ``now`` [s] of a clock that nobody sets, ``wall``
[s] since 1970.
"""

from __future__ import annotations

import json
import struct
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any

from tank_client.narrator import Understanding
from tank_cockpit.outbox import Letter, Outbox
from tank_cockpit.sights import seen
from tank_cockpit.stop_watch import StopState
from tank_cockpit.talk import Entry, Talk
from tank_cockpit.track import PoseHistory
from tank_cockpit.views.route import NO_ROUTE, in_words, route, route_letter
from tank_cockpit.vitals import Vitals
from tank_core.geometry import Pose2D
from tank_core.state import Detections
from tank_executor.plan import PlanState, PlanStatus

VITALS_HZ = 4.0
PHOTOS = 8  # that are kept
NOTHING: Mapping[str, Any] = {"things": []}  # is seen


class PageState:
    """The state of the page, and the outboxes of those that show it."""

    def __init__(self) -> None:
        self.talk, self.track, self.vitals = Talk(), PoseHistory(), Vitals()
        self.outboxes: list[Outbox] = []
        self._kept: dict[str, dict[str, Any]] = {}  # the last letter of each kind that stays true
        self._photos: deque[bytes] = deque(maxlen=PHOTOS)
        self._kept["stop"] = {"t": "stop", "state": StopState.UNKNOWN, "why": "", "presses": 0}
        self._joints: dict[str, float] = {}
        self._told_pose: Letter | None = None
        self._path_told = 0  # points of the path that the pages have
        self._next_vitals = float("-inf")

    # Pages

    def join(self, outbox: Outbox, hello: Mapping[str, Any], now: float) -> None:
        """A page was opened: it gets all that there is."""
        self.outboxes.append(outbox)
        outbox.put({"t": "hello", **hello})
        for letter in self._kept.values():
            outbox.put(letter)
        outbox.put({"t": "entries", "all": self.talk.entries})
        outbox.put({"t": "path", "all": self.track.path[: self._path_told]})
        for photo in self._photos:
            outbox.put(photo)
        outbox.put(self.vitals.message(now), "vitals")
        if (pose := self._pose()) is not None:
            outbox.put(pose, "pose")

    def leave(self, outbox: Outbox) -> None:
        """A page was closed. Idempotent."""
        if outbox in self.outboxes:
            self.outboxes.remove(outbox)

    def tell(self, letter: Letter, name: str = "") -> None:
        """Put a letter into every outbox."""
        for outbox in self.outboxes:
            outbox.put(letter, name)

    def keep(self, letter: dict[str, Any]) -> None:
        """Tell a letter if it is news.

        Those who come late are told the last one of its kind.
        """
        kind = letter["t"]
        if letter != self._kept.get(kind):
            self._kept[kind] = letter
            self.tell(letter, kind)

    # What is heard

    def robot(self, urdf: str) -> None:
        """The robot's description."""
        self.keep({"t": "robot", "urdf": urdf})

    def moved(self, stamp: float, pose: Pose2D, now: float) -> None:
        """Odometry of ``stamp`` [s]."""
        if self.track.moved(stamp, pose):
            self._begin_anew()
        self.vitals.moved_at = now

    def joints(self, positions: Mapping[str, float]) -> None:
        """The joints' positions [rad, m], of all or of some."""
        self._joints.update(positions)

    def saw(self, detections: Detections) -> None:
        """Take the objects and gates that perception knows now."""
        pose = self.track.at(detections.time)
        if pose is not None:
            self.keep(seen(detections, pose))

    def camera(self, jpeg: bytes) -> None:
        """A camera picture, for those who look and have seen the last one."""
        letter = _with_picture({"t": "camera"}, jpeg)
        for outbox in self.outboxes:
            if outbox.looking and not outbox.awaits_seen:
                outbox.awaits_seen = True
                outbox.put(letter, "camera")

    def photo(self, about: Mapping[str, Any], jpeg: bytes) -> None:
        """A picture that the robot was asked for."""
        letter = _with_picture({"t": "photo", **about}, jpeg)
        if letter not in self._photos:
            self._photos.append(letter)
            self.tell(letter)

    def understood(self, understanding: Understanding, wall: float) -> None:
        self.tell_entry(self.talk.understood(understanding, wall))

    def rehearsed(
        self, understanding: Understanding, wall: float, reach: float | None = None
    ) -> None:
        """A sentence that nobody carries out: its steps, and their way.

        ``reach`` [m]: the robot's, where that is known (``views/route.py``).
        """
        entry, pose = self.talk.rehearsed(understanding, wall), self.track.pose
        if understanding.understood and pose is not None:
            things = self._kept.get("seen", NOTHING)["things"]
            way = route(understanding.commands, pose, things, reach)
            entry["note"] = in_words(way)
            self.keep(route_letter(way))
        self.tell_entry(entry)

    def progressed(self, status: PlanStatus, wall: float) -> None:
        if status.state is PlanState.RUNNING:
            self.keep(NO_ROUTE)  # what is done is no rehearsal
        self.tell_entry(self.talk.progressed(status, wall))

    def tell_entry(self, entry: Entry | None) -> None:
        """Tell an entry of the conversation as it is now."""
        if entry is not None:
            self.tell({"t": "entry", **entry}, f"entry {entry['id']}")

    def diagnosed(self, parts: Iterable[tuple[str, int, str]], now: float) -> None:
        self.vitals.diagnosed(parts, now)

    def stop_is(self, state: StopState, presses: int) -> None:
        """Take the state of the stop after so many presses, and tell it if new.

        Also that nothing has changed after a press: a page may have heard of its stop by the lane,
        and the release may have followed before we looked.
        """
        why = self.vitals.why_stopped() if state is StopState.STOPPED else ""
        self.keep({"t": "stop", "state": str(state), "why": why, "presses": presses})

    def world_reset(self) -> None:
        """The simulated world is as it was at the start."""
        self.track.begin_anew()
        self._begin_anew()

    # Time

    def tick(self, now: float, wall: float) -> None:
        """Tell what is new; at POSE_HZ."""
        path = self.track.path
        if len(path) < self._path_told:
            self.tell({"t": "path", "all": list(path)}, "path")
        elif len(path) > self._path_told:
            self.tell({"t": "path", "add": path[self._path_told :]})
        self._path_told = len(path)
        pose = self._pose()
        if pose is not None and pose != self._told_pose:  # a page that draws nothing costs nothing
            self._told_pose = pose
            self.tell(pose, "pose")
        if now >= self._next_vitals:
            self._next_vitals = now + 1 / VITALS_HZ
            self.tell(self.vitals.message(now), "vitals")
            for entry in self.talk.silence(wall):
                self.tell_entry(entry)

    def _begin_anew(self) -> None:
        self._path_told = 0
        self.keep(NO_ROUTE)
        self.tell({"t": "path", "all": []})

    def _pose(self) -> Letter | None:
        pose = self.track.pose
        if pose is None:
            return None
        joints = {name: round(value, 4) for name, value in self._joints.items()}
        return {"t": "pose", "p": [round(v, 4) for v in (pose.x, pose.y, pose.yaw)], "j": joints}


def _with_picture(about: Mapping[str, Any], jpeg: bytes) -> bytes:
    """A binary letter: its JSON's length (little-endian uint32), JSON, JPEG."""
    head = json.dumps(about, allow_nan=False).encode()
    return struct.pack("<I", len(head)) + head + jpeg
