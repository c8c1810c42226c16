"""report: answers in words from what is measured."""

from __future__ import annotations

from dataclasses import replace

from tank_core.commands import Report, Topic
from tank_executor.answering import itself
from tank_executor.answering.objects import REMEMBERED_S, objects
from tank_executor.behaviors.looking import LOOK_PATIENCE_S, LOOK_S, NO_DETECTIONS, fresh
from tank_executor.findings import Answer
from tank_executor.script import Context, Done, Failed, Primitive, Script, TickOutput, Verdict

NOTHING = TickOutput(twist=None, message="looking")  # whoever moves the robot goes on
_ABOUT = {
    Topic.POSITION: itself.position,
    Topic.HOLDING: itself.holding,
    Topic.BATTERY: itself.battery,
    Topic.STATUS: itself.status,
}
_OF_PLACES = (Topic.OBJECTS, Topic.POSITION)


class ReportPrimitive(Primitive):
    """The command report: it sends nothing to the robot."""

    def __init__(self, command: Report, context: Context) -> None:
        super().__init__(context)
        self.command = command

    def script(self) -> Script[Verdict]:
        context, command = self.context, self.command
        if command.what is Topic.OBJECTS:
            answer = yield from _seen(context, command)
        else:
            while command.what is Topic.HOLDING and itself.may_have_lost(context):
                yield NOTHING
            answer = _ABOUT[command.what](context, command)
        if isinstance(answer, Failed):
            return answer
        if command.what in _OF_PLACES and itself.moves(context):
            answer = replace(answer, text=f"{answer.text} I am moving, so this is of just now.")
        return Done(answer.text, answer=answer)


def _seen(context: Context, command: Report) -> Script[Answer | Failed]:
    """Wait until images show the world from here, and tell what is in them.

    A robot that somebody moves answers from the newest one.
    """
    began = context.now
    while context.now - began < LOOK_PATIENCE_S and context.objects.time < began + LOOK_S:
        if itself.moves(context) and fresh(context):
            break
        yield NOTHING
    if context.now - context.objects.time > REMEMBERED_S:
        return Failed(
            f"I cannot see: {NO_DETECTIONS}; see that a camera is connected and perception runs "
            "(./tank doctor tells)"
        )
    return objects(context, command)
