"""An instruction on its way through the stack, from sentence to end.

Pure: reports in, an exit code out.
"""

from __future__ import annotations

from tank_client.narrator import ENDED, Understanding
from tank_core.io.console import ExitCode
from tank_executor.plan import PlanState, PlanStatus


class Request:
    """Follows an instruction by the stack's reports.

    Feed it every report that comes after the sentence was sent: ``understood`` and ``progressed``
    are functions for a ``Listener``. ``code``, a program's exit code, is None until it is known how
    it ends: DONE, FAILED, or USAGE for what was not understood. ``tank_client`` has an example.
    """

    def __init__(self, instruction: str, after: int = 0) -> None:
        """Follow an instruction; lists stamped up to ``after`` [ns] are old."""
        self.instruction = instruction
        self.understanding: Understanding | None = None
        self.status: PlanStatus | None = None  # the newest about this instruction
        self.code: ExitCode | None = None
        self._after = after
        self._early: list[PlanStatus] = []  # the executor may be heard before the translator

    def understood(self, understanding: Understanding) -> bool:
        """Take a translation; True when it is this instruction's."""
        if (
            self.understanding is not None
            or understanding.stamp <= self._after
            or not self._mine(understanding.instruction)
        ):
            return False
        self.understanding = understanding
        if not understanding.understood:
            self.code = ExitCode.USAGE
        for status in self._early:
            self.progressed(status)
        return True

    def _mine(self, instruction: str) -> bool:
        """Whether a sentence is this one; one too long comes back shortened."""
        shortened = instruction.removesuffix("...")
        return instruction == self.instruction or (
            len(shortened) >= 300 and self.instruction.startswith(shortened)
        )

    def progressed(self, status: PlanStatus) -> bool:
        """Take the executor's report; True when it is this instruction's."""
        if self.understanding is None:
            self._early.append(status)
            return False
        stamp = status.plan.stamp if status.plan is not None else None
        if stamp == self.understanding.stamp:
            self.status = status
            if status.state in ENDED and self.code is None:
                succeeded = status.state is PlanState.SUCCEEDED
                self.code = ExitCode.DONE if succeeded else ExitCode.FAILED
            return True
        # Lists are carried out in their order: a later one that runs says that ours has ended,
        # unheard; but for questions, which are answered meanwhile.
        if (
            status.plan is not None
            and status.plan.stamp > self.understanding.stamp
            and status.state is PlanState.RUNNING
            and not status.plan.asks
        ):
            self.code = ExitCode.FAILED if self.code is None else self.code
        return False

    def trust_executor(self) -> Understanding | None:
        """Take the executor's word for what the instruction means.

        For where the translator's own answer was not heard: language_node may not have found us yet
        when it answered (the executor has, or we would not have begun).
        """
        for status in self._early:
            plan = status.plan
            if plan is not None and plan.stamp > self._after and self._mine(plan.instruction):
                answer = Understanding(plan.stamp, plan.instruction, plan.commands, status.message)
                return answer if self.understood(answer) else None
        return None
