"""The names of a robot's frames, and all its frames under those names.

One tree. Pure.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tank_core.exceptions import TankError
from tank_core.robot.description import Robot
from tank_core.robot.frames import Transform, UrdfFrames, camera_frames

# Where nobody chose others (REP-105)
ODOM, BASE, CAMERA, RANGE = "odom", "base_link", "camera_link", "range_link"
OPTICAL = "camera_optical_frame"
_NAMED = {
    "link": "name",
    "parent": "link",
    "child": "link",
}  # attributes of a URDF that name a link


class FrameError(TankError, ValueError):
    """Names of frames that do not make one tree."""


def name_fault(name: str) -> str | None:
    """The reason why tf2 does not take a text for a frame's name, or None."""
    if not all(name.split("/")):
        return "it must not be empty, begin or end with a slash, or have two in a row"
    if " " in name or not name.isprintable():
        return "it must have no white space and no control characters"
    return None


@dataclass(frozen=True)
class FrameNames:
    """The names of a robot's frames, from its odometry's and its own.

    What stands before the own one's last slash is the robot's prefix: all its frames have it, the
    links of its URDF, too. The odometry's frame is called as it is said. Raises FrameError.
    """

    odom: str = ODOM
    base: str = BASE

    def __post_init__(self) -> None:
        if self.odom == self.base:
            raise FrameError(
                f"odom_frame and base_frame are both {self.base!r}; give them two names, such as "
                f"{ODOM!r} and {BASE!r}"
            )

    def of(self, link: str) -> str:
        """The name of the frame that is ``link`` where nobody chose one."""
        return self.base if link == BASE else self.base[: self.base.rfind("/") + 1] + link

    def rename(self, urdf: str) -> str:
        """The URDF with its links called so.

        Raises ValueError where the text is not XML.
        """
        if self.base == BASE or not urdf:
            return urdf
        try:
            root = ET.fromstring(urdf)
        except ET.ParseError as error:
            raise ValueError(f"the robot description is not XML: {error}") from None
        for element in root.iter():
            attribute = _NAMED.get(element.tag, "")
            if element.get(attribute):
                element.set(attribute, self.of(element.get(attribute, "")))
        return ET.tostring(root, encoding="unicode") + "\n"


class RobotFrames:
    """All frames of a robot.

    Raises FrameError where they are no tree from the odometry's.

    ``names``; ``urdf``: the description under these names, empty for none; ``fixed``: the frames
    that do not move, those of camera and range sensor, too, where the URDF has none.

    """

    def __init__(self, robot: Robot, urdf: str, names: FrameNames) -> None:
        self.names, self.urdf = names, names.rename(urdf)
        self._links = UrdfFrames(self.urdf or "<robot/>")
        own = [*camera_frames(robot.camera, names.base, names.of(CAMERA), names.of(OPTICAL))]
        if robot.range_sensor is not None:
            own.append(Transform(names.base, names.of(RANGE), robot.range_sensor.position))
        known = self._links.children()
        self.fixed = (*self._links.fixed, *(each for each in own if each.child not in known))
        self._check([*self.fixed, *self._links.origins])

    def moving(self, base: Transform, positions: Mapping[str, float]) -> list[Transform]:
        """The frames that move: ``base`` in odometry, and those of the joints.

        ``joints`` holds positions [rad or m] by name.
        """
        return [base, *self._links.moving(positions)]

    def _check(self, transforms: Iterable[Transform]) -> None:
        odom, base = self.names.odom, self.names.base
        parents = [(base, odom), *((each.child, each.parent) for each in transforms)]
        counts = Counter(child for child, _ in parents)
        taken = [name for name in (base, odom) if counts[name] > (name == base)]
        if taken:
            parameter = "base_frame" if taken[0] == base else "odom_frame"
            raise FrameError(
                f"parameter {parameter} is {taken[0]!r}, which is another frame of this robot; "
                f"choose a name that is none of {', '.join(sorted({*counts} - {base}))}"
            )
        roots = {parent for _, parent in parents} - {*counts}
        if roots != {odom} or max(counts.values()) > 1:
            twice = sorted(name for name, count in counts.items() if count > 1)
            found = (
                f"its roots are {_list(roots - {odom})}"
                if roots - {odom}
                else f"{_list(twice)} hangs from two links"
            )
            raise FrameError(
                f"the robot description is no tree from {BASE!r}: {found}; each link needs one "
                "parent"
            )


def _list(names: Iterable[str]) -> str:
    return ", ".join(map(repr, sorted(names)))
