"""Picks up at a place: above, lower, close, lift, and the check of the grip.

The gripper itself is the last sensor: it closes where the object should be, and what keeps its
fingers apart against its force is held. Where it closes on nothing it probes around, up to
``SEARCH_RADIUS_M``. A hand that feels nothing closes once.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator

from tank_core.geometry import Place, Pose2D
from tank_executor.arm import FLOOR_CLEARANCE_M, SPEED_SHARE
from tank_executor.behaviors.handling.grasp_check import (
    LIFT_CHECK_S,
    LIFTED_STRAIN,
    SLIPPED,
    STRAINED,
    STUCK,
    strain,
)
from tank_executor.behaviors.learned.reaching import reach
from tank_executor.hand import cannot_reach, fold, grip_gap, holds, move_grip, straight, tip
from tank_executor.script import Context, Done, Failed, Reason, Script, TickOutput, Verdict, pause

SEARCH_RADIUS_M = 0.08
# Where to probe around the point (outwards, to the left) [m]: nearest first, as far apart as the
# fingers are wide and open.
PROBES = (
    (0.0, 0.0), (0.03, 0.0), (-0.03, 0.0), (0.0, 0.035), (0.0, -0.035), (0.03, 0.035),
    (0.03, -0.035), (-0.03, 0.035), (-0.03, -0.035),
    (0.06, 0.0), (0.0, 0.065), (0.0, -0.065), (-0.055, 0.0),
)  # fmt: skip
SEEN_PROBES = PROBES[:5]  # around a place that the camera gave
BESIDE = ((0.0, 0.03), (0.0, -0.03))  # a finger stood on it: it is to one side
# it slipped out of the fingers: it is farther out or in
ALONG = ((0.025, 0.0), (-0.025, 0.0), (0.045, 0.0), (-0.045, 0.0))
SAME_PROBE_M = 0.012  # not worth another probe
MAX_PROBES = 20
STRAINED_PROBES = 3  # places from which it does not come along: it is stuck
TOUCH_GAP_M = 0.002  # beyond the closed gap: less is nothing


def pick(
    context: Context,
    place: Place,
    pattern: tuple[Place, ...],
    where: str,
    width: float | None = None,
    floor: float = 0.0,
) -> Script[Verdict]:
    """Pick up what is at a place or, by probing, near it.

    ``width`` [m] of the thing, as far as it is known; ``floor`` [m]: how high over the floor it
    stands.
    """
    reason = cannot_reach(context, place)
    if reason:
        return Failed(f"{where} is {reason}")
    place = context.arm.in_plane(place)
    yield from move_grip(context, context.arm.open_gap, "opening the gripper")
    over = (*place, context.arm.carry_height)
    reason = yield from reach(context, over, f"reaching over {where}")
    if reason:
        return (yield from _give_up(context, reason))
    probes = ProbePlaces(context, place, pattern if context.grasp_check.feels else pattern[:1])
    strained = 0
    for probe in probes:
        message = f"grasping at {where}"
        if probes.count > 1:
            message = f"feeling around {where}, place {probes.count}"
        blocked = yield from _probe(context, probe, message, width, floor)
        if blocked:
            probes.add(probe, BESIDE)
        elif context.grasp_check.squeezes(context):
            slipped = yield from _lift(context, probe, floor)
            if slipped is None:
                return (yield from _carry(context))
            strained += slipped == STRAINED
            if strained == STRAINED_PROBES:
                slipped = STUCK
            if slipped == STUCK or not context.grasp_check.feels:
                return (yield from _give_up(context, f"{where}: {slipped}"))
            probes.add(probe, ALONG)
        elif grip_gap(context) > context.arm.closed_gap + TOUCH_GAP_M:
            probes.add(probe, ALONG)
        yield TickOutput(trajectory=context.arm.grip(context.arm.open_gap), message=message)
    near = f"{SEARCH_RADIUS_M * 100:.0f} cm"
    return (yield from _give_up(context, f"nothing to grasp within {near} of {where}"))


class ProbePlaces:
    """The places to probe, nearest first.

    What was felt at one puts its neighbors first.
    """

    def __init__(self, context: Context, place: Place, pattern: tuple[Place, ...]) -> None:
        self._context = context
        self._place = place
        base_x, base_y, _ = context.arm.solver.chain.origins[0]
        self._azimuth = math.atan2(place[1] - base_y, place[0] - base_x)
        self._ahead = deque(self._at(place, offset) for offset in pattern)
        self._tried: list[Place] = []

    @property
    def count(self) -> int:
        """The number of places that were tried, the current one included."""
        return len(self._tried)

    def add(self, probe: Place, offsets: tuple[Place, ...]) -> None:
        """Try these neighbors of a probed place next."""
        self._ahead.extendleft(self._at(probe, offset) for offset in reversed(offsets))

    def __iter__(self) -> Iterator[Place]:
        while self._ahead and len(self._tried) < MAX_PROBES:
            probe = self._ahead.popleft()
            if self._is_new(probe) and cannot_reach(self._context, probe) is None:
                self._tried.append(probe)
                yield probe

    def _is_new(self, probe: Place) -> bool:
        near = math.dist(probe, self._place) <= SEARCH_RADIUS_M
        return near and all(math.dist(probe, tried) >= SAME_PROBE_M for tried in self._tried)

    def _at(self, place: Place, offset: Place) -> Place:
        """Return a place moved by ``offset``.

        It is (outwards, to the left) as seen from the arm's first joint.
        """
        return Pose2D(*place, self._azimuth).to_world(offset)


def _probe(
    context: Context, probe: Place, message: str, width: float | None, floor: float
) -> Script[Reason]:
    """Move over a place, down, and close.

    Returns the reason when the hand met something on its way.
    """
    here, hover = tip(context), context.arm.hover_height + floor
    rise = [] if here[2] >= hover else [(here[0], here[1], hover)]
    reason = yield from straight(context, [*rise, (*probe, hover)], message, SPEED_SHARE)
    yield from move_grip(context, context.arm.open_gap, message)
    reason = reason or (
        yield from straight(context, [(*probe, FLOOR_CLEARANCE_M + floor)], message, careful=True)
    )
    if reason is None:
        yield from move_grip(context, context.grasp_check.gap_around(context, width), message)
    return reason


def _lift(context: Context, probe: Place, floor: float) -> Script[Reason]:
    """Lift a little, and all the way when what was gripped comes along.

    Else it is put back where it can be felt for again.
    """
    gap = grip_gap(context)
    hover = context.arm.hover_height + floor
    lifting = straight(context, [(*probe, hover)], "lifting")
    hindered = yield from _unless_strained(context, lifting)
    if hindered == STRAINED:
        return STRAINED
    slipped = yield from context.grasp_check.came_along(context, gap, hindered is not None)
    if slipped == STUCK:
        return slipped
    if slipped:
        doing = "putting it back for a better grip"
        low = FLOOR_CLEARANCE_M + floor
        yield from straight(context, [(*probe, low)], doing, careful=True)
        return slipped
    reason = yield from straight(
        context, [(*probe, context.arm.carry_height)], "lifting", SPEED_SHARE
    )
    return reason or (None if context.grasp_check.squeezes(context) else SLIPPED)


def _unless_strained(context: Context, lifting: Script[Reason]) -> Script[Reason]:
    """Lift, but give up as STRAINED where that is harder than a load makes it.

    Else the robot would lift itself by what is fast to the floor.
    """
    idle = strain(context)
    while True:
        try:
            output = next(lifting)
        except StopIteration as end:
            reason: Reason = end.value
            return reason
        now = strain(context)
        if any(more - less > LIFTED_STRAIN for more, less in zip(now, idle, strict=True)):
            stay = context.arm.hold(context.state.joints)
            yield TickOutput(trajectory=stay, message=STRAINED)
            return STRAINED
        yield output


def _carry(context: Context) -> Script[Verdict]:
    """Go into the carry pose, and check again."""
    context.memory.holding, context.memory.lost = True, ""
    reason = yield from fold(context, "taking it into the carry pose", context.arm.carry)
    yield from pause(context, LIFT_CHECK_S, "checking the grip")
    if reason is None and not holds(context):
        reason = f"{SLIPPED} on the way to the carry pose"
    return Failed(reason) if reason else Done(context.grasp_check.holding(context))


def _give_up(context: Context, reason: str) -> Script[Verdict]:
    """Open, go up and home, and fail for the reason."""
    yield from move_grip(context, context.arm.open_gap, "opening the gripper")
    x, y, z = tip(context)
    if z < context.arm.hover_height:
        yield from straight(context, [(x, y, context.arm.hover_height)], "raising the arm")
    yield from fold(context, "folding the arm")
    return Failed(reason)
