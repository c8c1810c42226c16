"""A stop by Ctrl-C, from the key to the line that tells of it. Pure."""

from __future__ import annotations

import threading

from tank_client.narrator import Understanding
from tank_core.commands import Stop
from tank_core.commands.wording import CANCELLED
from tank_executor.plan import PlanState, PlanStatus, describe

SENTENCE = "stop"
CONFIRMED_WITHIN_S = 1.0  # [s]; it takes 5 ms


class Halt:
    """Takes the reports that follow from a stop, else many lines.

    ``line`` tells only what the executor has confirmed.
    """

    def __init__(self) -> None:
        self._stamp: int | None = None  # of the stop
        self._ended: list[PlanStatus] = []  # the plans that it ended
        self._confirmed = threading.Event()

    def takes(self, report: Understanding | PlanStatus) -> bool:
        """Whether a report is about this stop, which then tells it."""
        if self._confirmed.is_set():
            return False
        if isinstance(report, Understanding):
            ours = report.instruction == SENTENCE and report.commands == (Stop(),)
            self._stamp = report.stamp if ours else self._stamp
            return ours or report.reason == CANCELLED  # a sentence that was being translated
        plan = report.plan
        if plan is None or report.state not in (PlanState.STOPPED, PlanState.SUCCEEDED):
            return False
        if report.state is PlanState.STOPPED:
            self._ended.append(report)
            return True
        ours = plan.preempts and self._stamp in (None, plan.stamp)
        if ours:
            self._confirmed.set()
        return ours

    def wait(self, timeout: float = CONFIRMED_WITHIN_S) -> bool:
        """Whether the executor has confirmed it within ``timeout`` [s]."""
        return self._confirmed.wait(timeout)

    def line(self) -> str:
        """Tell what has come of it."""
        if not self._confirmed.is_set():
            return "NOT CONFIRMED: nobody says that the robot has stopped; switch it off by hand"
        if not self._ended:
            return "stopped; nothing was under way"
        # those that waited are told after the one that ran
        ran, dropped = self._ended[0], len(self._ended) - 1
        steps = len(ran.outcomes)
        step = describe(ran.outcomes[ran.step].command) if steps else "a plan"
        where = f", step {ran.step + 1} of {steps}" if steps > 1 else ""
        return f"stopped in “{step}”{where}" + (f"; {dropped} more dropped" if dropped else "")
