"""face by a learned skill, checked by the camera's detections."""

from __future__ import annotations

import math

from tank_core.commands import Face
from tank_core.skill import FACED_RAD, Skill, SkillTarget
from tank_core.state import Twist2D
from tank_executor.behaviors.driving import turn
from tank_executor.behaviors.facing import FacePrimitive, to_middle
from tank_executor.behaviors.gates.finding import half_view
from tank_executor.behaviors.learned.primitive import LearnedPrimitive
from tank_executor.behaviors.learned.proposals import Proposals, drive_by
from tank_executor.behaviors.looking import NO_DETECTIONS, look
from tank_executor.behaviors.search import ObjectSearch, find
from tank_executor.memory import Thing
from tank_executor.script import Context, Done, Failed, Script, Verdict

# of the camera's view, from the middle to the side, in which the skill finds the thing
VIEW_SHARE = 0.85
BROUGHT_SHARE = 0.5  # the same for where a thing is brought that is outside of that
AWAY_SHARE = 1.3  # the same beyond which the skill has turned away from it


class LearnedFacePrimitive(LearnedPrimitive):
    """The command face: the search is the stack's own, the centering learned.

    It is done when the camera, of a robot that stands, sees the thing within 2 degrees of the
    middle; a skill that claims it too early goes on.
    """

    def __init__(self, command: Face, context: Context, skill: Skill) -> None:
        super().__init__(context, skill, FacePrimitive(command, context))
        self.command = command

    def learned(self) -> Script[Verdict]:
        context, command = self.context, self.command
        colors = self.skill.card.colors
        if colors and command.color not in colors:
            return Failed(
                f"it knows things that are {', '.join(colors)}, and not {command.color or 'others'}"
            )
        search = ObjectSearch(context, command, nearing=False)
        thing = yield from find(search)
        if not isinstance(thing, Failed):
            thing = yield from self._centered(search, thing)
        if isinstance(thing, Failed):
            return thing
        distance = math.hypot(*thing.seen_from(context.state.odometry.pose))
        return Done(f"facing the {thing.name}, {distance:.2f} m away{search.untold(thing)}")

    def _centered(self, search: ObjectSearch, thing: Thing) -> Script[Thing | Failed]:
        """Center a thing that is known; returns it as it is seen at the end."""
        context, name = search.context, search.name
        brought = yield from bring_into_view(context, to_middle(context, thing), name)
        if isinstance(brought, Failed):
            return brought
        target = SkillTarget(self.command.color, self.command.shape)
        proposals, off = Proposals(context, self.skill, lambda: target), math.inf

        def in_place(twist: Twist2D) -> Twist2D | str:
            """Leave of a velocity the turning, as long as that is not away."""
            if abs(to_middle(context, thing)) > AWAY_SHARE * half_view(context.robot):
                return f"it turned away from {name}"
            return Twist2D(0.0, twist.angular)

        while True:
            ended = yield from drive_by(proposals, context, f"centering {name}, learned", in_place)
            if ended.fault is not None:
                at = f"; {name} is {math.degrees(off):.0f} degrees off" if off < math.inf else ""
                return Failed(ended.fault + at)
            stood = context.now
            if not (yield from look(context, f"looking at {name}")):
                return Failed(NO_DETECTIONS)
            seen = search.choose()
            if seen is not None and seen.seen >= stood:
                off = abs(to_middle(context, seen))
                if off <= FACED_RAD:
                    return seen
                thing = seen
            proposals.go_on()


def bring_into_view(context: Context, angle: float, name: str) -> Script[Verdict]:
    """Turn by the stack's own law until what is ``angle`` [rad] aside is seen."""
    half = half_view(context.robot)
    if abs(angle) <= VIEW_SHARE * half:
        return Done()
    aside = math.copysign(BROUGHT_SHARE * half, angle)
    return (yield from turn(context, angle - aside, None, f"turning until I see {name}"))
