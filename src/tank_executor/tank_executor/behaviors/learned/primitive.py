"""A step by a learned skill, with the stack's own way to fall back on."""

from __future__ import annotations

from abc import abstractmethod

from tank_core.skill import Skill
from tank_executor.behaviors.posing import fold_in
from tank_executor.hand import clear_the_floor
from tank_executor.script import Context, Done, Failed, Primitive, Script, TickOutput, Verdict


class LearnedPrimitive(Primitive):
    """A command by a learned skill; ``own`` is the stack's own way.

    What the skill claims counts only after the classical check of the subclass.
    """

    def __init__(self, context: Context, skill: Skill, own: Primitive) -> None:
        super().__init__(context)
        self.skill, self._own = skill, own

    @abstractmethod
    def learned(self) -> Script[Verdict]:
        """Return the steps of the skill, to the verdict of the check."""

    def own_way(self) -> Script[Verdict]:
        """Return the stack's own way, begun where the skill has failed."""
        return self._own.script()

    def script(self) -> Script[Verdict]:
        context = self.context
        reason = (yield from clear_the_floor(context)) or (yield from fold_in(context))
        if reason:
            return Failed(reason)
        verdict = yield from self.learned()
        context.memory.reference = None  # it was no law of ours that moved the robot
        if isinstance(verdict, Done):
            return Done(f"{verdict.message}, by the learned skill {self.skill.card.name}")
        failed = f"the learned skill {self.skill.card.name} failed: {verdict.message}"
        if not context.learned.fallback:
            return Failed(failed)
        yield TickOutput(message=f"{failed}; now by my own way")
        verdict = yield from self.own_way()
        if isinstance(verdict, Failed):
            return Failed(f"{failed}; and my own way, too: {verdict.message}")
        return Done(f"{verdict.message}, by my own way, for {failed}")
