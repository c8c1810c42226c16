"""A RasptankBackend with a clock of the test's own, for test_rasptank_*.py.

Its board and its guardian note what they are told.
"""

from tank_core.robot import load_robot
from tank_core.state import RobotCommand, Twist2D
from tank_hw_driver.bus.base import BusError
from tank_hw_driver.hardware import load_hardware
from tank_hw_driver.rasptank_backend import RasptankBackend

TICK = 0.02
FORWARD = RobotCommand(Twist2D(0.15, 0.0))
STILL = RobotCommand()
HARDWARE = load_hardware("robot_hat_v3")


class Rig:
    """A backend with a clock, driven as RobotNode drives it."""

    def __init__(self, board, heartbeat=None, robot="rasptank"):
        self.now = 1000.0
        self.board = board
        self.heartbeat = heartbeat
        self.backend = RasptankBackend(
            load_robot(robot), self.board.hardware, self.board, heartbeat, clock=lambda: self.now
        )

    def go(self, command=STILL, seconds=TICK):
        for _ in range(round(seconds / TICK)):
            self.now += TICK
            applied = self.backend.apply(command)
        return applied

    def told(self, name):
        return [call for call in self.board.calls if call[0] == name]


class NotingBoard:
    """A Board that notes what it is told.

    ``failures`` counts down the calls that raise BusError.
    """

    def __init__(self, hardware=HARDWARE):
        self.hardware = hardware
        self.calls = []
        self.duties = {}
        self.felt = {}
        self.standing = {}
        self.volts = 7.9
        self.failures = 0
        self.battery_fails = self.deaf = False

    def _do(self, name, *what):
        self.calls.append((name, *what))
        if self.failures:
            self.failures -= 1
            raise BusError("the bus is gone")

    def start(self):
        self._do("start")

    def set_motors(self, duties):
        self._do("motors", dict(duties))
        if not self.deaf:
            self.duties.update(duties)

    def motors_off(self):
        self._do("off")
        self.duties = dict.fromkeys(self.duties, 0.0)

    def set_pulses(self, pulses):
        self._do("pulses", dict(pulses))
        self.felt.update(pulses)

    def pulses(self):
        return self.standing

    def battery_v(self):
        if self.battery_fails:
            self.duties = dict.fromkeys(self.duties, 0.0)  # as every board does when a wire fails
            raise BusError("the ADS7830 does not answer")
        return self.volts

    def check(self):
        self._do("check")

    def close(self):
        self.calls.append(("close",))


class FakeHeartbeat:
    def __init__(self):
        self.beats, self.acknowledged, self.trouble, self.closed = 0, 0, None, False
        self.lasts = None

    def beat(self, lasts=None):
        self.beats += 1
        self.lasts = lasts

    def fault(self):
        return self.trouble

    def acknowledge(self):
        self.acknowledged += 1

    def close(self):
        self.closed = True
