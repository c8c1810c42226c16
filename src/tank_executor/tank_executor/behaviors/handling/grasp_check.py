"""Checks what the fingers hold: by the servos' effort, or by the camera.

The robot decides which. A hobby servo does not say where it is nor how hard it works: its joint
state is what it was told (``Robot.joint_feedback`` is False). Then the gripper closes to a little
less than the thing's width, so that it squeezes without stalling, and what is between the fingers
is shown to the camera. What the camera does not see there is not held. Only without a camera it is
assumed, and said to be unchecked.
"""

from __future__ import annotations

import math

from tank_core.geometry import Place
from tank_core.robot import Robot
from tank_executor.behaviors import looking
from tank_executor.behaviors.driving import standing
from tank_executor.hand import fold, grip_gap, tip
from tank_executor.memory import Thing
from tank_executor.script import Context, Done, Failed, GraspCheck, Reason, Script, Verdict, pause

# beyond the closed gap: less between the fingers is an edge at best, which slips; objects are 30 mm
# and more
HELD_GAP_M = 0.018
HELD_EFFORT_SHARE = 0.2  # of the gripper's force, while it holds something
BLOCKED_EFFORT_SHARE = 0.5  # of a joint's, on the way down: the hand stands on something
# of its effort: how much harder a joint may work while it lifts something. A robot that pulls at
# something fast lifts itself, which takes a third and more
LIFTED_STRAIN = 0.25
UPRIGHT = 0.9  # of a joint's axis upwards: it turns aside, and lifts nothing
RELEASE_ROOM_M = 0.025  # the fingers open this much beyond the object before the hand rises
LIFT_CHECK_S = 0.2
CREEP_M = 0.003  # the gap shrinks this much during the check: the grip is on an edge
STUCK = "it does not come along; is it too heavy, or fast to the floor?"
SLIPPED = "it slipped out of the fingers"
STRAINED = "it does not come along from there"  # a finger that stands on it feels like that, too

# a gripper without feedback is told to close so much farther than to the thing: the camera errs by
# 3 mm at most
SQUEEZE_M = 0.008
UNKNOWN_M = 0.023  # width of what was not seen; narrower fingers would not be looked between
LAG_S = 0.25  # a servo is there so much later than its pulse
# confidence of what is seen between the fingers: it fills a third of the view there, and nothing
# behind them does
FILLED = 0.8
HAND_M = 0.03  # what the fingers hold is this near to where they meet
LAID_M = 0.05  # what was put down is seen this near to its place


def grasp_check_for(robot: Robot) -> GraspCheck:
    """Return the check that a robot's gripper allows."""
    return EffortGraspCheck() if robot.joint_feedback else CameraGraspCheck()


class EffortGraspCheck:
    """The check of a gripper with feedback.

    What keeps the fingers apart against the gripper's force is held.
    """

    feels, lag = True, 0.0

    def squeezes(self, context: Context) -> bool:
        effort = abs(context.state.joints[context.robot.gripper.joint].effort)
        apart = grip_gap(context) > context.arm.closed_gap + HELD_GAP_M
        return apart and effort >= HELD_EFFORT_SHARE * context.robot.gripper.effort

    def pushes(self, context: Context) -> bool:
        joints = context.state.joints
        return any(
            abs(joints[joint.name].effort) > BLOCKED_EFFORT_SHARE * joint.effort
            for joint in context.robot.arm.joints
        )

    def gap_around(self, context: Context, width: float | None) -> float:
        return context.arm.closed_gap

    def release_gap(self, context: Context) -> float:
        return min(context.arm.open_gap, grip_gap(context) + RELEASE_ROOM_M)

    def came_along(self, context: Context, gap: float, hindered: bool) -> Script[Reason]:
        yield from pause(context, LIFT_CHECK_S, "checking the grip")
        if self.squeezes(context) and (hindered or self.pushes(context)):
            return STUCK
        return SLIPPED if not self.squeezes(context) or grip_gap(context) < gap - CREEP_M else None

    def in_hand(self, context: Context, since: float) -> Thing | None:
        return _between_fingers(context, since)

    def lies_there(self, context: Context, place: Place) -> Script[Verdict]:
        yield from ()
        return Done()  # it was felt on the floor, and let go of there

    def held_width(self, context: Context) -> float:
        return grip_gap(context)

    def holding(self, context: Context) -> str:
        return f"holding something {grip_gap(context) * 1000:.0f} mm wide"


class CameraGraspCheck:
    """The check of a gripper without feedback, by the camera.

    What was shown to it between the fingers is held, until they open. Without a camera: what they
    closed on.
    """

    feels, lag = False, LAG_S

    def squeezes(self, context: Context) -> bool:
        """Whether the gripper was told to be narrower than the widest thing."""
        return grip_gap(context) < context.robot.gripper.max_object

    def pushes(self, context: Context) -> bool:
        return False

    def gap_around(self, context: Context, width: float | None) -> float:
        return max(UNKNOWN_M, min(width or 0.0, context.robot.gripper.max_object)) - SQUEEZE_M

    def release_gap(self, context: Context) -> float:
        wide = max(context.robot.gripper.max_object, grip_gap(context) + SQUEEZE_M) + RELEASE_ROOM_M
        return min(context.arm.open_gap, wide)

    def came_along(self, context: Context, gap: float, hindered: bool) -> Script[Reason]:
        """Show it to the camera at every pose that looks between the fingers.

        What is only behind them is not there at each. Returns the reason why nothing can be held;
        None for what cannot be seen.
        """
        context.memory.shown = None
        seen: Thing | None = None
        for pose in context.arm.shows if looking.has_seen(context) else ():
            reason = yield from fold(context, "showing it to the camera", pose)
            if reason:
                return reason
            began, before = context.now, seen
            if not (yield from looking.look(context, "looking at what is held")):
                return None
            seen = _between_fingers(context, began, FILLED)
            if seen is None or (before is not None and before.color != seen.color):
                return "the camera sees nothing between the fingers"
        context.memory.shown = seen
        return None

    def in_hand(self, context: Context, since: float) -> Thing | None:
        return context.memory.shown

    def lies_there(self, context: Context, place: Place) -> Script[Verdict]:
        shown, there = context.memory.shown, context.state.odometry.pose.to_world(place)
        if shown is None:
            return Done(f"; that it lies there could not be checked: {looking.NO_DETECTIONS}")
        before, began = standing(context), context.now
        looked = yield from looking.look_at(context, place, "looking whether it lies there")
        lying = [
            one
            for one in looking.on_floor(context)
            if one.color == shown.color and one.seen >= began
        ]
        seen = any(math.dist((one.x, one.y), there) <= LAID_M for one in lying)
        back = yield from looking.come_back(context, before)
        if isinstance(looked, Failed):
            return Done(f"; that it lies there could not be checked: {looked.message}")
        if not seen:
            return Failed("the camera does not see it there")
        if isinstance(back, Done):
            return back
        return Done(f"; the robot did not return to where it stood: {back.message}")

    def held_width(self, context: Context) -> float:
        return min(context.robot.gripper.max_object, grip_gap(context) + SQUEEZE_M)

    def holding(self, context: Context) -> str:
        shown = context.memory.shown
        if shown is None:
            return (
                "closed the gripper; whether it holds something could not be checked: "
                f"{looking.NO_DETECTIONS}"
            )
        return f"holding something {shown.color}"


def strain(context: Context) -> tuple[float, ...]:
    """Return how hard each joint that lifts works, as a share of its effort."""
    joints = context.state.joints
    return tuple(
        abs(joints[one.name].effort) / one.effort
        for one in context.robot.arm.joints
        if abs(one.axis[2]) < UPRIGHT
    )


def _between_fingers(context: Context, since: float, confidence: float = 0.0) -> Thing | None:
    """Return what the camera saw between the fingers after ``since`` [s]."""
    held = (
        one
        for one in context.objects.things
        if _is_at_hand(context, one) and one.seen >= since and one.confidence >= confidence
    )
    return next(held, None)


def _is_at_hand(context: Context, one: Thing) -> bool:
    """Whether it hangs, or stands on something but for the hand around it."""
    x, y, z = tip(context)
    there = (*context.state.odometry.pose.to_world((x, y)), z)
    return one.hangs or (one.stacked and math.dist((one.x, one.y, one.z), there) <= HAND_M)
