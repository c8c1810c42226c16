"""go_through by a learned skill, checked by odometry and the gate as seen."""

from __future__ import annotations

import math
from dataclasses import replace

from tank_core.commands import GoThrough
from tank_core.diff_drive import advance
from tank_core.geometry import clamp
from tank_core.skill import Skill, SkillTarget
from tank_core.state import Twist2D
from tank_executor.behaviors.driving import in_words
from tank_executor.behaviors.gates.choosing import needed, too_narrow
from tank_executor.behaviors.gates.finding import find_gate
from tank_executor.behaviors.gates.going_through import (
    BEYOND_M,
    SAME_M,
    GoThroughPrimitive,
    go_through,
)
from tank_executor.behaviors.learned.facing import bring_into_view
from tank_executor.behaviors.learned.primitive import LearnedPrimitive
from tank_executor.behaviors.learned.proposals import Proposals, drive_by
from tank_executor.behaviors.looking import NO_DETECTIONS, look
from tank_executor.memory import KnownGate
from tank_executor.motion import guard
from tank_executor.motion.laws import BRAKING_SHARE, approach_speed
from tank_executor.motion.route import Footprint
from tank_executor.script import Context, Done, Failed, Script, Verdict

SEEN_FROM_M = 0.6  # farther before a gate than this it has to be seen again and again
LOST_S = 3.0
# it ends where something is that near for so long, before which a drive would stop
NEAR_M, BLOCKED_S = 0.02, 1.0
BESIDE_M, SOON_S = 0.01, 0.3  # from an upright: no motion ends nearer to one so soon
CLEAR_M = 0.05  # the robot's back is at least this far beyond the gate


class LearnedGoThroughPrimitive(LearnedPrimitive):
    """The command go_through: the choice is the stack's own, the drive learned.

    It drives only while a gate is known that the camera has seen, stops for obstacles as a drive
    of the stack does, and is done when by odometry the whole robot is beyond the gate, having
    crossed it between its uprights.
    """

    def __init__(self, command: GoThrough, context: Context, skill: Skill) -> None:
        super().__init__(context, skill, GoThroughPrimitive(command, context))
        self.command = command
        self._passage: Passage | None = None  # of the gate that was chosen

    def learned(self) -> Script[Verdict]:
        context = self.context
        gate = yield from find_gate(context, self.command.side)
        if isinstance(gate, Failed):
            return gate
        x, y = context.state.odometry.pose.to_local((gate.pose.x, gate.pose.y))
        brought = yield from bring_into_view(context, math.atan2(y, x), f"the {gate.name}")
        if isinstance(brought, Failed):
            return brought
        if not (yield from look(context, f"looking at the {gate.name}")):
            return Failed(NO_DETECTIONS)
        footprint = Footprint.of(context.robot)
        if gate.width < needed(footprint):
            return Failed(too_narrow(gate, footprint))
        side = None if self.command.side is None else str(self.command.side)
        target = SkillTarget(side=side)
        self._passage = passage = Passage(context, gate)
        proposals = Proposals(context, self.skill, lambda: target)
        doing = f"driving through the {gate.name}, learned"
        ended = yield from drive_by(proposals, context, doing, passage.limit)
        return passage.verdict(ended.fault)

    def own_way(self) -> Script[Verdict]:
        """Drive through the gate that was chosen: here another may be meant."""
        passage = self._passage
        if passage is None:
            return super().own_way()
        if passage.is_past:
            return _failed(f"the robot is past the {passage.gate.name} already")
        return go_through(self.context, passage.gate)


def _failed(reason: str) -> Script[Verdict]:
    """A script that fails at once."""
    yield from ()
    return Failed(reason)


class Passage:
    """Watches one drive through a gate."""

    def __init__(self, context: Context, gate: KnownGate) -> None:
        self._context, self.gate = context, gate
        self._blocked_since: float | None = None  # [s]
        self._along, _ = self._place()
        self._through = False

    def limit(self, twist: Twist2D) -> Twist2D | str:
        """The velocity that may be driven, or why the drive ends here."""
        context = self._context
        self._look_again()
        before, (self._along, across) = self._along, self._place()
        if before < 0.0 <= self._along:
            if abs(across) > self.gate.width / 2:
                return f"it drove past the {self.gate.name}, not through it"
            self._through = True
        if self._through and self._along >= BEYOND_M:
            return ""
        if self._along < -SEEN_FROM_M and context.now - self.gate.seen > LOST_S:
            return f"I lost sight of the {self.gate.name}"
        return self._guarded(twist)

    @property
    def is_past(self) -> bool:
        """Whether the robot is in line with the gate, or beyond it."""
        return self._place()[0] >= 0.0

    def verdict(self, fault: str | None) -> Verdict:
        """Judge the drive by odometry, whatever the skill said."""
        chassis = self._context.robot.chassis.half_size[0]
        back = max(chassis, Footprint.of(self._context.robot).front) + CLEAR_M
        self._along, across = self._place()
        if self._through and self._along >= back and abs(across) < self.gate.width:
            self._context.memory.places.passages.note(self.gate)
            return Done(
                f"drove through the {self.gate.name}, about {self.gate.width:.1f} m wide; by my "
                f"wheels I am {self._along:.1f} m beyond"
            )
        where = f"{abs(self._along):.1f} m {'beyond' if self._along > 0 else 'before'} it"
        said = "it said that it was through" if fault is None else fault or "it drove on"
        return Failed(f"{said}, {where}")

    def _place(self) -> tuple[float, float]:
        """Return base_link along the way through the gate, and left of it [m]."""
        pose = self._context.state.odometry.pose
        return self.gate.pose.to_local((pose.x, pose.y))

    def _look_again(self) -> None:
        """Take over the gate as it was seen last, while it is before the robot."""
        near = [
            one
            for one in self._context.objects.gates
            if one.seen > self.gate.seen and one.pose.distance(self.gate.pose) < SAME_M
        ]
        if near and self._along < 0.0:
            self.gate = min(near, key=lambda one: one.pose.distance(self.gate.pose))

    def _guarded(self, twist: Twist2D) -> Twist2D | str:
        """Slow down before what is in the way; end after a moment of standing."""
        context, drive = self._context, self._context.robot.drive
        twist = self._beside_uprights(twist)
        if not context.stop_for_obstacles or twist.linear == 0.0:
            self._blocked_since = None
            return twist
        obstacle = guard.obstacle(context, twist.linear < 0, uprights=self.gate.uprights)
        room = obstacle.distance - guard.WIDE.ahead if obstacle else math.inf
        most = (
            approach_speed(max(0.0, room), BRAKING_SHARE * drive.linear_acceleration)
            if room < math.inf
            else drive.max_linear
        )
        if room > NEAR_M or obstacle is None:
            self._blocked_since = None
        elif self._blocked_since is None:
            self._blocked_since = context.now
        elif context.now - self._blocked_since > BLOCKED_S:
            return f"{in_words(obstacle)} {'behind' if twist.linear < 0 else 'ahead'}"
        return Twist2D(clamp(twist.linear, -most, most), twist.angular)

    def _beside_uprights(self, twist: Twist2D) -> Twist2D:
        """Leave of a velocity what turns no corner into an upright."""
        straight = replace(twist, angular=0.0)
        return twist if self._gap(twist) >= min(BESIDE_M, self._gap(Twist2D())) else straight

    def _gap(self, twist: Twist2D) -> float:
        """Return how near [m] it brings the robot's edge to an upright."""
        pose, footprint = self._context.state.odometry.pose, Footprint.of(self._context.robot)
        ways = (advance(pose, twist, SOON_S * share) for share in (0.5, 1.0))
        return min(footprint.gap(end.to_local(post)) for end in ways for post in self.gate.uprights)
