"""A RasptankBackend with a clock of the test's own; used by test_rasptank_backend.py and test_rasptank_on_chips.py."""

from tank_core.robot import load_robot
from tank_core.state import RobotCommand, Twist2D
from tank_hw_driver.rasptank_backend import RasptankBackend

TICK = 0.02
FORWARD = RobotCommand(Twist2D(0.15, 0.0))
STILL = RobotCommand()


class Rig:
    """A backend with a clock, driven as RobotNode drives it."""

    def __init__(self, board, heart=None, robot="rasptank"):
        self.now = 1000.0
        self.board = board
        self.heart = heart
        self.backend = RasptankBackend(load_robot(robot), self.board.hardware, self.board, heart, clock=lambda: self.now)

    def go(self, command=STILL, seconds=TICK):
        for _ in range(round(seconds / TICK)):
            self.now += TICK
            applied = self.backend.apply(command)
        return applied

    def told(self, name):
        return [call for call in self.board.calls if call[0] == name]
