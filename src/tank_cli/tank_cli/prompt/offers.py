"""A line with what can be said where something was not done. Pure."""

from __future__ import annotations

from tank_client.narrator import ENDED, Understanding
from tank_cockpit.views.instead import nearest, ways_out
from tank_core.commands.wording import ANSWERS, CANCELLED
from tank_core.io.console import DIM, paint
from tank_executor.plan import PlanStatus

# They say themselves what to do, or nothing is.
_ANSWERED = (*ANSWERS, CANCELLED)


def offer(report: Understanding | PlanStatus, translates: bool = True) -> str:
    """The line "instead: “turn left”, “turn around”"; empty for none.

    ``translates``: whether there is a model at all. Without one nothing else is understood, either.
    """
    if isinstance(report, PlanStatus):
        sentences = ways_out(report) if report.state in ENDED else []
    elif report.understood or report.asks or report.reason in _ANSWERED or not translates:
        sentences = []
    else:
        sentences = nearest(report.instruction)
    if not sentences:
        return ""
    from tank_core.english.answers import answer_of  # takes 0.2 s

    # what was done after a yes is not done by another yes
    said = ", ".join(f"“{each}”" for each in sentences if answer_of(each) is None)
    return paint(f"instead: {said}", DIM) if said else ""
