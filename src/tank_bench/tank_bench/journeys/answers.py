"""Answers to questions, read as a person reads them and held against the truth.

An answer is belied by a thing of another color or shape, by a wrong count, by a place that is off
by more than 5 cm (more where it says "about"), by a wrong word on what is held, by a pose that is
farther off than it allows for, and by "I see no ..." where one stands in plain sight.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tank_bench.journeys.trial import Assessment, Run
from tank_bench.manipulation.tasks import TrueObject, TrueScene
from tank_bench.manipulation.truth import VisibleObject, Witness, scene_of
from tank_core.commands import (
    Color,
    Command,
    Grasp,
    Move,
    MoveDirection,
    Report,
    Shape,
    Side,
    Topic,
    Turn,
)
from tank_core.geometry import Place
from tank_executor.answering.words import number
from tank_executor.findings import PERHAPS

OFF_M = 0.05
ABOUT_M, ABOUT_PER_M = 0.15, 0.2  # a place that is said with "about"
POSE_M = 0.01  # to which a pose is rounded
PLAIN_M = 1.2  # what stands this near in the image, unhidden, is in plain sight
COUNTS = {number(count): count for count in range(1, 11)}
NOUNS = (*Shape, "thing")
_ITEM = re.compile(
    rf"an? (?:({'|'.join(Color)}) )?({'|'.join(NOUNS)})(?: \(an? (\w+), I think\))? (about )?"
    r"([\d.]+) m (straight ahead|straight behind me|away, (?:about )?(\d+) degrees to the "
    r"(left|right))"
)
_COUNT = re.compile(rf"I see ({'|'.join(COUNTS)}) [\w ]+?: ")
_MORE = re.compile(rf"and ({'|'.join(COUNTS)}) more")
_POSE = re.compile(r"give or take (\d+) cm")
VIEWS: tuple[tuple[Command, ...], ...] = (
    (),
    (Turn(Side.LEFT, 100.0),),
    (Turn(Side.LEFT, 130.0),),
    (Move(MoveDirection.FORWARD, 0.4),),
)


@dataclass(frozen=True)
class Told:
    """A thing in an answer: color, shape or None, place [m] in base_link."""

    color: str | None
    shape: str | None
    place: Place
    about: bool

    def fits(self, body: TrueObject, place: Place) -> bool:
        """Whether a true thing at a place [m] in base_link is what was told."""
        off = ABOUT_M + ABOUT_PER_M * math.hypot(*self.place) if self.about else OFF_M
        return (
            self.color in (None, body.color)
            and self.shape in (None, body.shape)
            and math.dist(self.place, place) <= off
        )


def told_in(sentence: str) -> list[Told]:
    """The things that a sentence tells of."""
    things = []
    for color, noun, _, about, away, way, degrees, side in _ITEM.findall(sentence):
        angle = math.radians(float(degrees or 0)) * (1 if side == "left" else -1)
        if "behind" in way:
            angle = math.pi
        place = float(away) * math.cos(angle), float(away) * math.sin(angle)
        shape = None if noun == "thing" else noun
        things.append(Told(color or None, shape, place, bool(about)))
    return things


def belied(text: str, scene: TrueScene, command: Report, plain: Sequence[TrueObject]) -> str:
    """Say in words what of an answer about objects is not true; "": nothing.

    ``plain``: what stands in plain sight.
    """
    bodies = {name: one for name, one in scene.objects.items() if name != scene.held}
    for sentence in re.split(r"\. (?=[A-Z])", text):
        things = told_in(sentence)
        count, more = _COUNT.match(sentence), _MORE.search(sentence)
        if count and COUNTS[count[1]] != len(things) + (COUNTS[more[1]] if more else 0):
            return f"{count[1]} are counted, {len(things)} are told"
        if sentence.startswith(("I see", "I remember")):
            wrong = unmatched(things, bodies, scene)
            if wrong is not None:
                return f"no {wrong.color or ''} {wrong.shape or 'thing'} at {_at(wrong.place)}"
    if text.startswith("I see no ") and "for sure" not in text.split(".")[0]:
        for body in plain:
            if command.color in (None, body.color) and command.shape in (None, body.shape):
                return f"a {body.kind} stands at {_at(scene.from_robot(body))}"
    return ""


def unmatched(
    things: Sequence[Told], bodies: Mapping[str, TrueObject], scene: TrueScene
) -> Told | None:
    """The first of the things that is not there.

    None: each is a true one of its own.
    """
    owner: dict[str, int] = {}

    def give(number: int, tried: set[str]) -> bool:
        for name, body in bodies.items():
            if name not in tried and things[number].fits(body, scene.from_robot(body)):
                tried.add(name)
                if name not in owner or give(owner[name], tried):
                    owner[name] = number
                    return True
        return False

    return next((thing for at, thing in enumerate(things) if not give(at, set())), None)


def report(run: Run) -> Iterator[Assessment]:
    """Questions from several places: objects, position, and what is held."""
    witness = Witness(run.episode.backend)
    colors = [run.dice.choice(list(Color)) for _ in VIEWS]
    shapes = [run.dice.choice(list(Shape)) for _ in VIEWS]
    for view, color, shape in zip(VIEWS, colors, shapes, strict=True):
        if view:
            run.do(*view)
        for command in (
            Report(Topic.OBJECTS),
            Report(Topic.OBJECTS, color=color),
            Report(Topic.OBJECTS, shape=shape),
        ):
            yield objects(run, witness, command, _row(run))
        yield _position(run)
    if run.seed % 3 == 0:
        run.do(Grasp(color=run.dice.choice((Color.RED, Color.BLUE, Color.GREEN))))
        yield _holding(run)
        yield objects(run, witness, Report(Topic.OBJECTS), _row(run))


def _row(run: Run) -> str:
    return f"answers that are true, {run.world}"


def objects(run: Run, witness: Witness, command: Report, row: str) -> Assessment:
    """Ask what is there, and judge the answer; it counts in ``row``."""
    claimed, backend = run.did(command), run.episode.backend
    frame = backend.camera()
    seen: Sequence[VisibleObject] = (witness.look(frame.time) if frame is not None else None) or ()
    scene = scene_of(backend)
    near = [one.body for one in seen if one.due and math.hypot(*one.place) <= PLAIN_M]
    if scene.held is not None:  # it is in the image, too, and is no answer
        held = scene.objects[scene.held]
        near = [one for one in near if one.kind != held.kind or one.lies]
    wrong = belied(run.message, scene, command, near)
    return Assessment(row, claimed, not wrong, run.message, wrong)


def _position(run: Run) -> Assessment:
    claimed, status = run.did(Report(Topic.POSITION)), run.episode.status
    answer = status.outcomes[-1].answer
    if answer is None or answer.pose is None:
        return Assessment(_row(run), claimed, False, run.message, "no pose in it")
    given, off = _POSE.search(run.message), answer.pose.distance(run.pose)
    room = (float(given[1]) / 100 if given else 0.0) + POSE_M
    return Assessment(_row(run), claimed, off <= room, run.message, f"{100 * off:.1f} cm off")


def _holding(run: Run) -> Assessment:
    claimed, held = run.did(Report(Topic.HOLDING)), run.episode.backend.held()
    answer = run.episode.status.outcomes[-1].answer
    said = answer.held if answer is not None else ""
    kind = scene_of(run.episode.backend).objects[held].kind if held else ""
    unsure = said.startswith(PERHAPS)  # it says that it may have been lost
    words = said.removeprefix(PERHAPS).split()
    named = not held or "something" in said or {*words} <= {*kind.split(), "the", "object", "thing"}
    right = named and (unsure or bool(said) == bool(held))
    return Assessment(_row(run), claimed, right, run.message, f"{kind or 'nothing'} is held")


def _at(place: Place) -> str:
    """A place [m] in base_link, in words."""
    degrees = math.degrees(math.atan2(place[1], place[0]))
    return f"{math.hypot(*place):.2f} m, {degrees:.0f} degrees"
