"""Answers about objects: those in sight, and those of the last minute."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tank_core.commands import Color, Report, Shape
from tank_core.robot import Robot
from tank_core.state import OTHER_SHAPE, Detection
from tank_executor.answering import words
from tank_executor.findings import Answer
from tank_executor.hand import knows_held
from tank_executor.memory import Thing
from tank_executor.motion.route import Footprint
from tank_executor.script import Context

REMEMBERED_S = 60.0
SILENT_S = 2.0  # a camera that told nothing for longer shows nothing that is there now
NOW_S = 0.5  # what was seen within this of the newest image is in view
LEAST_CONFIDENCE = 0.15  # below, it may be nothing at all
# Measured against the truth (docs/LOG.md): of things in sight within EXACT_M and with this
# confidence none was more than 4 cm from where it was said to be, and of shapes that were told
# within SHAPE_M 1 in 1700 was wrong; of those told from farther away 3 in 100.
SURE_CONFIDENCE, EXACT_M, SHAPE_M = 0.4, 1.2, 1.0
# How far off a place may be, and what may be wrong with a camera's tilt: a low camera, which looks
# along the floor, is sure of less.
OFF_M, TILT_RAD = 0.04, 0.012
# of deviations, which are too small by as much where a robot that slips has turned
EXACT_DEVIATION_M = 0.02
SAME_M = 0.06  # two of one color this near to each other may be one thing
SPREADS = 2.0  # deviations besides, where they were not seen together
TOGETHER_S = 0.05  # they were seen in one image
# of what stands on a thing, when one image takes it for something on the floor farther behind
BEHIND_M = 0.25
MOST_TOLD = 6  # things that a sentence names
SHAPES = ", ".join(f"{shape}s" for shape in Shape)
LIMITS = f"I know only {SHAPES} and {words.number(len(Color))} colors."


class KnownObjects:
    """The things that a question is about, sorted by what is known of them.

    ``seen`` are there now for sure, ``perhaps`` are in sight and may be meant or not,
    ``remembered`` are out of sight.
    """

    def __init__(self, context: Context, command: Report) -> None:
        self._context, self._command = context, command
        base = context.state.odometry.pose
        newest = context.objects.time
        self._exact_m = _exact_within(context.robot)
        self._shape_m = min(SHAPE_M, self._exact_m)
        itself = Footprint.of(context.robot).turning
        things = sorted(
            (
                thing
                for thing in context.objects.things
                if not (thing.hangs and context.memory.holding)
                and thing.confidence >= LEAST_CONFIDENCE
            ),
            key=lambda thing: math.hypot(*thing.seen_from(base)),
        )
        self.silent = context.now - newest  # [s] since the newest image
        now = self.silent <= SILENT_S
        in_view = [thing for thing in things if now and newest - thing.seen <= NOW_S]
        self._doubles = _doubles(in_view)
        self.seen = [one for one in in_view if self._meant(one) and self.is_sure(one)]
        self.perhaps = [one for one in in_view if self._may_be_meant(one) and one not in self.seen]
        old = [
            one
            for one in things
            if one not in in_view
            and context.now - one.seen <= REMEMBERED_S
            and one.confidence >= SURE_CONFIDENCE
            and not context.objects.may_be_pushed(one)
            and self._meant(one)
            and math.hypot(*one.seen_from(base)) > itself  # or the robot stands on it
        ]
        doubles = _doubles([*in_view, *sorted(old, key=lambda one: context.now - one.seen)])
        self.remembered = [one for one in old if one.id not in doubles]

    @property
    def name(self) -> str:
        """The name of what is asked for: "red cube", "red thing", "thing"."""
        shape = self._command.shape
        return " ".join(filter(None, (self._command.color, shape or "thing")))

    def is_sure(self, thing: Thing) -> bool:
        """Whether it is there, and no other one seen twice.

        Of what hangs though nothing is held, the height is wrong, and so is the place.
        """
        sure = thing.confidence >= SURE_CONFIDENCE and not thing.hangs
        return sure and thing.id not in self._doubles

    def _meant(self, thing: Thing) -> bool:
        return self._command.color in (None, thing.color) and (
            self._command.shape is None
            or (self._command.shape == thing.shape and thing.nearest <= self._shape_m)
        )

    def _may_be_meant(self, thing: Thing) -> bool:
        told = thing.shape is not None and thing.nearest <= self._shape_m
        return self._command.color in (None, thing.color) and (
            self._command.shape is None
            or self._command.shape == thing.shape
            or (not told and thing.shape != OTHER_SHAPE)
        )

    def told(self, thing: Thing) -> str:
        """A thing with its place: "a red cube 0.62 m straight ahead"."""
        where = thing.seen_from(self._context.state.odometry.pose)
        told = thing.shape not in (None, OTHER_SHAPE)
        sure = told and thing.nearest <= self._shape_m
        name = " ".join(filter(None, (thing.color, thing.shape if sure else "thing")))
        guess = f" ({words.with_article(str(thing.shape))}, I think)" if told and not sure else ""
        under = next((one for one in self._context.objects.things if thing.stands_on(one)), None)
        on = f", on the {under.name}" if under is not None else ""
        return f"{words.with_article(name)}{guess} {words.place(where, self.exact(thing))}{on}"

    def exact(self, thing: Thing) -> bool:
        """Whether its place is known to 5 cm; out of sight it is not."""
        distance = math.hypot(*thing.seen_from(self._context.state.odometry.pose))
        sure = self.is_sure(thing) and thing not in self.remembered
        return sure and distance <= self._exact_m and thing.deviation <= EXACT_DEVIATION_M

    def detection(self, thing: Thing) -> Detection:
        """A thing as an answer's object: in base_link, with its age."""
        x, y = thing.seen_from(self._context.state.odometry.pose)
        variance, age = thing.deviation**2, max(0.0, self._context.now - thing.seen)
        spread = (variance, 0.0, 0.0, 0.0, variance, 0.0, 0.0, 0.0, 0.0)
        size = (thing.width, thing.width, thing.height)
        return Detection(
            thing.id, thing.color, thing.shape, (x, y, thing.z), size, thing.confidence, age, spread
        )


def objects(context: Context, command: Report) -> Answer:
    """Answer what is seen, by color and shape where they were said."""
    known = KnownObjects(context, command)
    held = context.memory.held if context.memory.holding else ""
    holding = "hold" if knows_held(context) else "picked up"
    beside = f" beside {held}, which I {holding}" if held and not known.seen else ""
    sentences = [f"I see {_told_of(known)}{beside}."]
    if known.silent > SILENT_S:
        sentences = [f"The camera has told nothing for {words.lasting(known.silent)}."]
    if known.perhaps:
        names = words.listed(_named(known, known.perhaps), ";")
        asked = command.color or command.shape
        sentences.append(f"{'Perhaps one more' if asked and known.seen else 'Perhaps'}: {names}.")
    if known.remembered:
        names = words.listed(
            [
                f"{known.told(one)}, {words.lasting(context.now - one.seen)} ago"
                for one in known.remembered[:MOST_TOLD]
            ],
            ";",
        )
        sentences.append(f"I remember {names}.")
    if command.color is None and command.shape is None:
        sentences.append(LIMITS)
    found = (*known.seen, *known.perhaps, *known.remembered)
    things = tuple(map(known.detection, found))
    return Answer(command.what, " ".join(sentences), context.now, things)


def _told_of(known: KnownObjects) -> str:
    """Those in sight: "two red cubes: ...", or "no red cube from here"."""
    if not known.seen:
        sure = " for sure" if known.perhaps else ""
        return f"{words.counted(0, known.name)}{sure} from here"
    if len(known.seen) == 1:
        return known.told(known.seen[0])
    count = words.counted(len(known.seen), known.name)
    return f"{count}: {words.listed(_named(known, known.seen), ';')}"


def _named(known: KnownObjects, things: Sequence[Thing]) -> list[str]:
    told = [known.told(thing) for thing in things[:MOST_TOLD]]
    left = len(things) - len(told)
    return [*told, words.counted(left, "more")] if left else told


def _exact_within(robot: Robot) -> float:
    """Return how far from base_link [m] the camera measures a place well.

    What stands on the floor a way d from under a camera of height h is off by (d^2 + h^2) / h for
    each radian that the camera is tilted.
    """
    ahead, _, height = robot.camera.position
    way = math.sqrt(max(0.0, height * (OFF_M / TILT_RAD - height)))
    return min(EXACT_M, ahead + way)


def _doubles(things: Sequence[Thing]) -> set[int]:
    """The ids of those that may be one with another that comes before them."""
    return {
        one.id
        for index, one in enumerate(things)
        if any(_may_be_one(one, other) for other in things[:index])
    }


def _may_be_one(one: Thing, other: Thing) -> bool:
    """Whether a thing may be the same as another one.

    Those seen in one image are two unless they touch; between images odometry errs.
    """
    together = abs(one.seen - other.seen) < TOGETHER_S
    if one.on_floor != other.on_floor:
        return not together and one.color == other.color and _apart(one, other) <= BEHIND_M
    reach = SAME_M if together else SAME_M + SPREADS * (one.deviation + other.deviation)
    return one.color == other.color and _apart(one, other) <= reach


def _apart(one: Thing, other: Thing) -> float:
    return math.dist((one.x, one.y), (other.x, other.y))
