"""photo: one picture of a robot that stands still."""

from __future__ import annotations

from tank_core.commands import TakePhoto
from tank_executor.findings import Photo, PhotoRequest
from tank_executor.motion.laws import REST_ANGULAR, REST_LINEAR
from tank_executor.script import Context, Done, Failed, Primitive, Script, TickOutput, Verdict

REST_S = 0.25  # at rest for so long: odometry, and what shakes, may be late
STOPPING_S = 3.0  # within which a robot at zero velocity comes to rest
TAKING_S = 10.0  # for one picture, a camera that has to be started first included
TRIES = 3  # pictures of a robot that somebody pushes meanwhile
DOING = "taking a picture"


class PhotoPrimitive(Primitive):
    """The command photo: it is done when the file is whole."""

    def __init__(self, command: TakePhoto, context: Context) -> None:
        super().__init__(context)
        self.command = command

    def script(self) -> Script[Verdict]:
        for _ in range(TRIES):
            if not (yield from _at_rest(self.context)):
                break
            photo = yield from _taken(self.context)
            if isinstance(photo, Photo):
                return Done(f"the picture is {photo.path}", photo=photo)
            if photo is not None:
                return Failed(photo)
        return Failed("the robot does not stand still, so no picture was taken; is it pushed?")


def _at_rest(context: Context) -> Script[bool]:
    """Stand still until odometry says so; False when it never does."""
    began = moved = context.now
    while context.now - began < STOPPING_S:
        twist = context.state.odometry.twist
        if abs(twist.linear) > REST_LINEAR or abs(twist.angular) > REST_ANGULAR:
            moved = context.now
        if context.now - moved >= REST_S:
            return True
        yield TickOutput(message=DOING)
    return False


def _taken(context: Context) -> Script[Photo | str | None]:
    """Ask for a picture; returns it, or why there is none.

    None: the robot was moved before it was taken.
    """
    pose, compass = context.state.odometry.pose, context.memory.compass
    heading = compass.heading_deg(pose) if compass is not None else None
    request, context.photo = PhotoRequest(context.now, pose, heading), None
    while context.photo is None and context.now - request.after < TAKING_S:
        if not request.stands(context.state.odometry.pose):
            return None
        yield TickOutput(photo=request, message=DOING)
    return context.photo or (
        f"no camera: no picture came within {TAKING_S:g} s; see that a camera is connected and "
        "started (./tank doctor tells)"
    )
