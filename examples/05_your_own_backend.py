"""Put a robot of your own under Tank: apply, read, stop, close.

Limits and watchdog come with it.
"""

from dataclasses import replace

from tank_core.backend import Backend
from tank_core.robot import Robot, load_robot
from tank_core.robot_controller import RobotController
from tank_core.state import Odometry, Pose2D, RobotCommand, RobotState, Twist2D


class Slider(Backend):
    """A robot that only goes straight; put your motors in here."""

    def __init__(self, robot: Robot) -> None:
        self.robot, self.speed, self.x, self.time = robot, 0.0, 0.0, 0.0

    def apply(self, command: RobotCommand) -> RobotCommand:
        self.speed = command.twist.linear
        return replace(command, twist=Twist2D(self.speed, 0.0))  # what is really being done

    def read(self) -> RobotState:
        self.x, self.time = self.x + 0.02 * self.speed, self.time + 0.02
        return RobotState(self.time, Odometry(Pose2D(self.x), Twist2D(self.speed)), {})

    def stop(self) -> None:
        self.speed = 0.0

    def close(self) -> None:
        self.stop()


controller = RobotController(Slider(load_robot("tank")))
print(controller.command_twist(Twist2D(1.5, 0.0), now=0.0).message)
for tick in range(100):
    state = controller.step(now=0.02 * tick)
print(f"x {state.odometry.pose.x:.2f} m: no command came for 2 s, so the watchdog stopped it")
