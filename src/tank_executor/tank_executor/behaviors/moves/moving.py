"""move, turn, wait and stop: the commands that look for nothing."""

from __future__ import annotations

import math

from tank_core.commands import Move, MoveDirection, Stop, Turn, Until, Wait
from tank_executor.behaviors.driving import drive, turn
from tank_executor.behaviors.moves.until import until_object, until_obstacle
from tank_executor.motion.laws import REST_ANGULAR, REST_LINEAR
from tank_executor.plan import describe
from tank_executor.script import (
    Context,
    Done,
    Failed,
    Primitive,
    Script,
    TickOutput,
    Verdict,
    pause,
)

STOPPING_S = 2.0  # a robot that still moves after this much time at zero velocity has not stopped


class MovePrimitive(Primitive):
    """The command move: a straight line by odometry, or until something."""

    def __init__(self, command: Move, context: Context) -> None:
        super().__init__(context)
        self.command = command

    def script(self) -> Script[Verdict]:
        if self.command.until is Until.OBSTACLE:
            return (yield from until_obstacle(self.context, self.command))
        if self.command.until is Until.OBJECT:
            return (yield from until_object(self.context, self.command))
        sign = 1.0 if self.command.direction is MoveDirection.FORWARD else -1.0
        distance, doing = sign * self.command.distance_m, describe(self.command)
        return (yield from drive(self.context, distance, self.command.speed, doing))


class TurnPrimitive(Primitive):
    """The command turn: in place by odometry."""

    def __init__(self, command: Turn, context: Context) -> None:
        super().__init__(context)
        self.command = command

    def script(self) -> Script[Verdict]:
        angle = self.command.direction.sign * math.radians(self.command.angle_deg)
        return (yield from turn(self.context, angle, self.command.speed, describe(self.command)))


class WaitPrimitive(Primitive):
    """The command wait: standing still."""

    def __init__(self, command: Wait, context: Context) -> None:
        super().__init__(context)
        self.command = command

    def script(self) -> Script[Verdict]:
        yield from pause(self.context, self.command.duration_s, describe(self.command))
        return Done()


class StopPrimitive(Primitive):
    """The command stop as a step: zero velocity until the robot rests."""

    def __init__(self, command: Stop, context: Context) -> None:
        super().__init__(context)
        self.command = command

    def script(self) -> Script[Verdict]:
        began = self.context.now
        yield TickOutput(message="stopping")
        while self.context.now - began < STOPPING_S:
            twist = self.context.state.odometry.twist
            if abs(twist.linear) <= REST_LINEAR and abs(twist.angular) <= REST_ANGULAR:
                return Done()
            yield TickOutput(message="stopping")
        return Failed(f"the robot still moves {STOPPING_S:g} s after it was told to stop")
