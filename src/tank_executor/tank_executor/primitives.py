"""The table that gives each command its primitive: who carries it out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tank_core.commands import (
    Approach,
    Command,
    Face,
    Grasp,
    Move,
    Release,
    Stop,
    Turn,
    Wait,
)
from tank_executor.behaviors.approaching import ApproachPrimitive
from tank_executor.behaviors.facing import FacePrimitive
from tank_executor.behaviors.grasping import GraspPrimitive, ReleasePrimitive
from tank_executor.behaviors.moving import (
    MovePrimitive,
    StopPrimitive,
    TurnPrimitive,
    WaitPrimitive,
)
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
}


def primitive_for(command: Command, context: Context) -> Primitive:
    """Return the primitive that executes a command."""
    return _PRIMITIVES[type(command)](command, context)
