"""The table that gives each command its primitive: who carries it out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tank_core.commands import (
    Approach,
    Arc,
    Arm,
    Command,
    Face,
    GoBack,
    GoThrough,
    GoTo,
    Grasp,
    Move,
    Release,
    Remember,
    Report,
    Stop,
    TakePhoto,
    Turn,
    Wait,
)
from tank_executor.behaviors.approaching import ApproachPrimitive
from tank_executor.behaviors.facing import FacePrimitive
from tank_executor.behaviors.gates.going_through import GoThroughPrimitive
from tank_executor.behaviors.going import GoBackPrimitive, GoToPrimitive
from tank_executor.behaviors.handling.grasping import GraspPrimitive, ReleasePrimitive
from tank_executor.behaviors.learned.facing import LearnedFacePrimitive
from tank_executor.behaviors.learned.going_through import LearnedGoThroughPrimitive
from tank_executor.behaviors.moves.arcs import ArcPrimitive
from tank_executor.behaviors.moves.moving import (
    MovePrimitive,
    StopPrimitive,
    TurnPrimitive,
    WaitPrimitive,
)
from tank_executor.behaviors.photographing import PhotoPrimitive
from tank_executor.behaviors.posing import ArmPrimitive
from tank_executor.behaviors.remembering import RememberPrimitive
from tank_executor.behaviors.reporting import ReportPrimitive
from tank_executor.script import Context, Primitive

_PRIMITIVES: dict[type, Callable[[Any, Context], Primitive]] = {
    Move: MovePrimitive,
    Turn: TurnPrimitive,
    Stop: StopPrimitive,
    Wait: WaitPrimitive,
    Grasp: GraspPrimitive,
    Release: ReleasePrimitive,
    Face: FacePrimitive,
    Approach: ApproachPrimitive,
    Arc: ArcPrimitive,
    Remember: RememberPrimitive,
    GoTo: GoToPrimitive,
    GoBack: GoBackPrimitive,
    GoThrough: GoThroughPrimitive,
    Arm: ArmPrimitive,
    TakePhoto: PhotoPrimitive,
    Report: ReportPrimitive,
}


def primitive_for(command: Command, context: Context) -> Primitive:
    """Return the primitive that executes a command.

    By the learned skill that was chosen for it, if any. Reaching in a grasp is a part of that, and
    a heading is faced without looking.
    """
    skills = context.learned.skills
    if isinstance(command, Face) and command.heading_deg is None and "face" in skills:
        return LearnedFacePrimitive(command, context, skills["face"])
    if isinstance(command, GoThrough) and "go_through" in skills:
        return LearnedGoThroughPrimitive(command, context, skills["go_through"])
    return _PRIMITIVES[type(command)](command, context)
