"""Finding things with the camera: which one is meant, looking around for it, and face."""

from __future__ import annotations

import math
from collections import Counter

from tank_core.commands import Approach, Cell, Face, Grasp
from tank_core.geometry import Place, Pose2D, clamp, wrap
from tank_core.robot.self_view import hidden_view_warning
from tank_executor.behaviors.driving import drive, standing, sweep, turn, turning
from tank_executor.memory import Thing
from tank_executor.motion import guard
from tank_executor.plan import object_name
from tank_executor.script import Action, Context, Done, Failed, Primitive, Script, Verdict

NO_DETECTIONS = "no camera detections"
FRESH_S = 1.0  # older detections count as none
# images taken this long after the robot stood still show its new place, two of them at 5 Hz
LOOK_S = 0.25
LOOK_PATIENCE_S = 2.0
CENTERED_RAD = math.radians(1.2)
TRIES = 8
SURE = 0.15  # confidence below which a thing is not worth going to
# what is this near may be hidden by the folded arm, and comes in sight from this much farther away
HIDDEN_M, BACK_M = 0.4, 0.08
SAME_PLACE_M = 0.06  # what has the same color this near to where a thing was is that thing
WIDE_M = 0.006  # a thing that is measured this much too wide for the gripper may still fit
# what is driven up to ends this far beyond the middle of the front cell: nearer, the folded arm
# begins to hide it
BEYOND_M = 0.015
EDGE_RAD = math.radians(1.5)  # what is this near to the image's edge may be cut
STRAY_M = 0.015  # how far off the robot may be where it looks at a thing
# from farther away a place is not measured well enough to drive the rest of the way by odometry
LAST_LOOK_M = 0.6
SHAPE_SURE_M = 0.55  # farther away the camera may take one shape for another

Sought = Grasp | Face | Approach


def fresh(context: Context) -> bool:
    """Whether the camera has told anything lately."""
    return abs(context.now - context.objects.time) <= FRESH_S


def was_seeing(context: Context) -> bool:
    """Whether the camera has ever told anything."""
    return context.objects.time > -math.inf


def in_sight(context: Context, thing: Thing) -> bool:
    """Whether the camera sees it now, or did a moment ago."""
    return context.now - thing.seen <= FRESH_S


def seen_from(context: Context) -> float:
    """How far ahead of base_link a thing on the floor is to be [m] when it is measured for the
    last time: the camera must see all of it.

    A camera that is low, or that looks past the folded arm, sees the floor from farther away on
    than the arm reaches. The rest of the way then goes by odometry.


    """
    camera, robot = context.robot.camera, context.robot
    depression = camera.pitch + math.radians(camera.fovy) / 2 - EDGE_RAD
    nearest = (
        camera.position[0] + camera.position[2] / math.tan(depression)
        if depression < math.pi / 2
        else -math.inf
    )
    wanted, hidden = robot.cell(Cell.FRONT)[0] + BEYOND_M, context.hidden_view
    if hidden.nearest < wanted < hidden.farthest + STRAY_M < LAST_LOOK_M:
        nearest = max(nearest, hidden.farthest)
    return max(wanted, nearest + robot.gripper.max_object / 2 + STRAY_M)


def look(context: Context, message: str) -> Script[bool]:
    """Stand still until the detections show the world from here.

    False when none come.
    """
    began = context.now
    while context.now - began < LOOK_PATIENCE_S:
        if context.objects.time >= began + LOOK_S:
            return True
        yield Action(message=message)
    return False


def glance(context: Context, place: Place, message: str) -> Script[Verdict]:
    """Turn to a place [m] in base_link, back up until the camera sees what stands there, and
    look; ``come_back`` takes that back.
    """
    angle = math.atan2(place[1], place[0])
    verdict = yield from turn(context, angle, None, turning(angle, "to look"))
    back = seen_from(context) - math.hypot(*place)
    if isinstance(verdict, Done) and back > 0.0:
        verdict = yield from drive(context, -back, None, message)
    if isinstance(verdict, Done) and not (yield from look(context, message)):
        return Failed(NO_DETECTIONS)
    return verdict


def come_back(context: Context, before: Pose2D) -> Script[Verdict]:
    """To the place and heading in odom from which ``glance`` backed up and turned."""
    here = standing(context)
    way = math.dist((here.x, here.y), (before.x, before.y))
    verdict: Verdict = Done()
    if way >= STRAY_M:
        verdict = yield from drive(context, way, None, "returning", guard.narrow(context.robot))
    return (
        verdict
        if isinstance(verdict, Failed)
        else (yield from turn(context, wrap(before.yaw - here.yaw), None, "turning back"))
    )


_FITS, _MAY_FIT, _DOUBTFUL = range(3)


class ObjectSearch:
    """The search for one thing: which is meant, and how far around was looked for it in vain."""

    def __init__(
        self, context: Context, sought: Sought, only: Thing | None = None, nearing: bool = True
    ) -> None:
        """``only``: the one thing that will do.

        ``nearing``: what cannot be told from here will be seen from nearer.
        """
        self.context, self.sought, self._only, self._nearing = context, sought, only, nearing
        self.name = object_name(sought)
        self.searched = 0.0  # [rad]
        self.looked_before = False  # right before the robot, where a low camera does not see
        # things that once were known to fit: believed until they are known to be something else
        self._told: set[int] = set()

    @property
    def searched_all(self) -> bool:
        return self.searched >= 2 * math.pi - 0.01

    def choose(self) -> Thing | None:
        """The nearest thing on the floor that is meant; else one whose shape cannot be told from
        here.

        When none is known all around, one that has another shape counts, too, if it was only ever
        seen from far away. A quest that comes no nearer takes what it cannot tell only when there
        is nothing else that could be meant.


        """
        base = self.context.state.odometry.pose
        known = [
            (rank, thing)
            for thing in on_floor(self.context)
            if (rank := self._rank(thing)) is not None
        ]
        best = min(
            known,
            key=lambda entry: (
                entry[0],
                self._is_too_wide(entry[1]),
                math.hypot(*entry[1].seen_from(base)),
            ),
            default=None,
        )
        if best is None or best[0] == _FITS:
            return best[1] if best else None
        if self._nearing:
            return best[1] if best[0] == _MAY_FIT or self.searched_all else None
        return (
            best[1]
            if best[0] == _MAY_FIT and self.searched_all and len(self._unclear()) == 1
            else None
        )

    def _rank(self, thing: Thing) -> int | None:
        """How well a thing fits; None: it does not."""
        if self._only is not None:
            same = (
                thing.color == self._only.color
                and math.dist((thing.x, thing.y), (self._only.x, self._only.y)) < SAME_PLACE_M
            )
            return _FITS if same else None
        if self.sought.color not in (None, thing.color):
            return None
        if self.sought.shape in (None, thing.shape):
            self._told.add(thing.id)
            return _FITS
        if thing.shape is None:
            return _FITS if thing.id in self._told else _MAY_FIT
        self._told.discard(thing.id)
        return _DOUBTFUL if thing.nearest > SHAPE_SURE_M else None

    def _is_too_wide(self, thing: Thing) -> bool:
        return (
            isinstance(self.sought, Grasp)
            and thing.width > self.context.robot.gripper.max_object + WIDE_M
        )

    def not_found(self) -> str:
        """What is there instead."""
        held = self.context.memory.held
        if held and self.sought.color is not None and f" {self.sought.color} " in f"{held} ":
            return f"{not_found(self.context, self.sought)} beside {held}, which I am holding"
        if self._only is not None:
            return f"I lost sight of the {self._only.name}"
        if self._unclear() and not self._nearing:
            return f'{self._cannot_tell()} from here; say "go to" to come nearer'
        return not_found(self.context, self.sought)

    def mistakable(self, thing: Thing) -> str | None:
        """Why a thing that was driven up to may as well be the wrong one.

        None where it may not.
        """
        if self._rank(thing) != _MAY_FIT or len(self._unclear()) < 2:
            return None
        return self._cannot_tell()

    def _unclear(self) -> list[Thing]:
        """What may be meant or not, because its shape is not told."""
        return [thing for thing in on_floor(self.context) if self._rank(thing) == _MAY_FIT]

    def _cannot_tell(self) -> str:
        number = len(self._unclear())
        things = "things" if self.sought.color is None else f"{self.sought.color} things"
        return (
            f"I see {_NUMBERS.get(number, str(number))} {things}, but cannot tell which is the "
            f"{self.sought.shape}"
        )


def on_floor(context: Context) -> list[Thing]:
    """Everything that the camera knows there."""
    return [
        thing for thing in context.objects.things if thing.on_floor and thing.confidence >= SURE
    ]


def nearest(context: Context, place: Place, radius: float) -> Thing | None:
    """The thing on the floor nearest to a place in base_link [m], within ``radius`` [m] of it,
    if the camera sees one.
    """
    if not fresh(context):
        return None
    base = context.state.odometry.pose
    near = min(
        on_floor(context), key=lambda thing: math.dist(thing.seen_from(base), place), default=None
    )
    return near if near is not None and math.dist(near.seen_from(base), place) <= radius else None


def find(quest: ObjectSearch) -> Script[Thing | Failed]:
    """The thing that is meant, if it is known; else what is found by looking all around."""
    context, name = quest.context, quest.name
    if not fresh(context) and not (yield from look(context, f"looking for {name}")):
        return Failed(NO_DETECTIONS)
    while (thing := quest.choose()) is None:
        if quest.searched_all:
            if quest.looked_before or not (yield from _look_before(quest)):
                return Failed(quest.not_found())
            continue
        left = 2 * math.pi - quest.searched
        turned = yield from sweep(
            context, left, f"searching for {name}", lambda: quest.choose() is not None
        )
        if isinstance(turned, Failed):
            return turned
        quest.searched += turned
        if not (yield from look(context, f"looking for {name}")):
            return Failed(NO_DETECTIONS)
    return thing


def _look_before(quest: ObjectSearch) -> Script[bool]:
    """A low camera does not see what is right before the robot.

    Back up to look there, once. False where that is not possible.
    """
    context, quest.looked_before = quest.context, True
    back = seen_from(context) - context.robot.cell(Cell.FRONT)[0] - BEYOND_M
    if back <= 0.0:
        return False
    verdict = yield from drive(context, -back, None, f"backing up to look for {quest.name}")
    return isinstance(verdict, Done) and (yield from look(context, f"looking for {quest.name}"))


def not_found(context: Context, sought: Sought) -> str:
    """Such as "I see a blue cube and two green balls, but no red cube"."""
    counts = Counter(thing.name for thing in on_floor(context))
    names = [
        _article(name) if number == 1 else f"{_NUMBERS.get(number, str(number))} {name}s"
        for name, number in sorted(counts.items())
    ]
    wanted = (
        f"no {object_name(sought).removeprefix('the ')}"
        if sought.shape
        else f"nothing {sought.color or 'else'}"
    )
    if not names:
        return (
            f"I looked all around and see {wanted if sought.color or sought.shape else 'nothing'}"
        )
    return f"I see {' and '.join(filter(None, (', '.join(names[:-1]), names[-1])))}, but {wanted}"


_NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five"}


def _article(name: str) -> str:
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def face(quest: ObjectSearch) -> Script[Thing | Failed]:
    """Turn until the thing is in the middle of the image, by the shorter way where it is known;
    returns it as it is seen then.
    """
    context, name = quest.context, quest.name
    for _ in range(TRIES):
        thing = yield from find(quest)
        if isinstance(thing, Failed):
            return thing
        angle = to_middle(context, thing)
        if abs(angle) <= CENTERED_RAD and in_sight(context, thing):
            return thing
        if abs(angle) > CENTERED_RAD:
            verdict = yield from turn(context, angle, None, f"turning to {name}")
            if isinstance(verdict, Failed):
                return verdict
        elif math.hypot(*thing.seen_from(context.state.odometry.pose)) < max(
            HIDDEN_M, seen_from(context) + BACK_M
        ):
            yield from drive(context, -BACK_M, None, f"backing up to see {name}")
        if not (yield from look(context, f"looking at {name}")):
            return Failed(NO_DETECTIONS)
    return Failed(f"{name} does not stay in the middle of the image{_hidden(context)}")


def _hidden(context: Context) -> str:
    """Why a robot may not see what is straight ahead of it."""
    warning = hidden_view_warning(context.robot)
    return f"; {warning}" if warning else ""


def to_middle(context: Context, thing: Thing) -> float:
    """The turn [rad] that brings a thing into the camera's middle plane.

    The camera need not be on the robot's own.
    """
    x, y = thing.seen_from(context.state.odometry.pose)
    distance, aside = math.hypot(x, y), context.robot.camera.position[1]
    return math.atan2(y, x) - math.asin(clamp(aside / max(distance, 1e-6), -1.0, 1.0))


class FacePrimitive(Primitive):
    """face: the object in the middle of the image."""

    def __init__(self, command: Face, context: Context) -> None:
        super().__init__(context)
        self.command = command

    def script(self) -> Script[Verdict]:
        thing = yield from face(ObjectSearch(self.context, self.command, nearing=False))
        if isinstance(thing, Failed):
            return thing
        distance = math.hypot(*thing.seen_from(self.context.state.odometry.pose))
        unclear = (
            ""
            if self.command.shape in (None, thing.shape)
            else "; its shape cannot be told from here"
        )
        return Done(f"facing the {thing.name}, {distance:.2f} m away{unclear}")
