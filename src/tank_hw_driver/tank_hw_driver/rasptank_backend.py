"""The real RaspTank as a Backend.

It joins board, tracks, servos, dead reckoning, battery, range finder, camera and the guardian's
heartbeat.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Protocol

from tank_core.backend import Backend
from tank_core.exceptions import BackendError
from tank_core.pacing import Pacer
from tank_core.robot import Robot
from tank_core.state import CameraFrame, JointState, RobotCommand, RobotState, Twist2D
from tank_hw_driver.actuators.servo_bank import ServoBank
from tank_hw_driver.actuators.track_motors import TrackMotors
from tank_hw_driver.board.board import Board
from tank_hw_driver.bus.base import BusError
from tank_hw_driver.dead_reckoning import DeadReckoning
from tank_hw_driver.hardware import BoardFileError, Hardware
from tank_hw_driver.sensors.battery import BatteryLevel, BatteryMonitor, charge
from tank_hw_driver.sensors.latest_value import LatestValue

# everything is sent again so often, so that a write that was lost heals, and the chip is asked
# whether it was reset
REPEAT_S = 1.0
BATTERY_S = 0.5
BATTERY_AGAIN_S = 10.0  # after it could not be read
LONGEST_STEP = 0.1  # [s] of slew in one control step


class HeartbeatSender(Protocol):
    """The guardian's client: ``heartbeat.Heartbeat``."""

    def beat(self, lasts: float | None = None) -> None: ...

    def fault(self) -> str | None: ...

    def acknowledge(self) -> None: ...

    def close(self) -> None: ...


class RasptankBackend(Backend):
    """A RaspTank, to which only what changed goes out in each control step.

    Joints are where they were told to be. A board that fails twice in a row, or was reset, ends the
    backend: its motors are off. Without a heartbeat nobody stops the motors when this process dies,
    so None has to be said for it.
    """

    def __init__(
        self,
        robot: Robot,
        hardware: Hardware,
        board: Board,
        heartbeat: HeartbeatSender | None,
        range_finder: LatestValue[float] | None = None,
        camera: LatestValue[CameraFrame] | None = None,
        clock: Callable[[], float] = time.monotonic,
        battery_level: BatteryLevel = BatteryLevel.OK,
    ) -> None:
        """Take over all parts, and start the board.

        Motors are off, servos as the chip has them until ``wake``. ``battery_level``: the level to
        begin with, as known from before. Raises BusError.
        """
        self.robot, self.hardware = robot, hardware
        self.range_finder, self.camera_reader = range_finder, camera
        self._board, self._heartbeat, self._clock = board, heartbeat, clock
        self._motors = TrackMotors(hardware.tracks, robot.drive.wheel_separation)
        self._reckoning = DeadReckoning(self._motors.across, robot.drive.wheel_radius)
        self._bank = servo_bank(robot, hardware)
        self.battery = BatteryMonitor(hardware.battery, battery_level) if hardware.battery else None
        self.guardian_fault: str | None = None  # why the tracks must not move
        self._failure = ""
        self._repeat, self._ask_battery = Pacer(REPEAT_S), Pacer(BATTERY_S)
        self._forget()
        self._applied_at = self._reckoned_at = clock()
        board.start()
        self._bank.stand(board.pulses())

    def apply(self, command: RobotCommand) -> RobotCommand:
        self._answer()
        now = self._clock()
        self._reckon(now)
        still = command.twist == Twist2D()
        self._beat(None if still else command.lasts)
        self._motors.command(Twist2D() if self.guardian_fault else command.twist)
        self._motors.step(min(LONGEST_STEP, max(0.0, now - self._applied_at)))
        # A controller that holds everything where it is names the sprockets, too.
        joints = self._bank.command(
            {
                name: target
                for name, target in command.joints.items()
                if name in self.robot.joint_names
            }
        )
        self._bank.step(now)
        self._applied_at = now
        everything = self._repeat.due(now)
        self._on_bus(lambda: self._send(everything))
        if everything:
            self._on_bus(self._board.check)
        if self._heartbeat is not None and self.guardian_fault and still:
            # the motors are off, and whoever commands has let go of the velocity
            self._heartbeat.acknowledge()
        self._measure(now)
        return RobotCommand(
            self._motors.twist, {name: joints[name] for name in self.robot.joint_names}
        )

    def read(self) -> RobotState:
        self._answer()
        now = self._clock()
        self._reckon(now)
        told = self._bank.joints
        joints = {name: told[name] for name in self.robot.joint_names}
        for name, angle, speed in zip(
            self.robot.drive.wheel_joints, self._reckoning.angles, self._motors.speeds, strict=True
        ):
            joints[name] = JointState(angle, speed / self.robot.drive.wheel_radius)
        volts = self.battery.volts if self.battery else None
        share = None if volts is None else charge(volts)
        told_volts = math.nan if self.battery and volts is None else volts
        return RobotState(
            now,
            self._reckoning.odometry(self._motors.twist),
            joints,
            self._distance(),
            told_volts,
            share,
        )

    def _distance(self) -> float | None:
        """The distance [m]; None: nothing in reach; NaN: no reading."""
        distance = self.range_finder.read() if self.range_finder else None
        if distance is None:
            return math.nan
        return None if distance == math.inf else distance

    def stop(self) -> None:
        self._reckon(self._clock())
        self._motors.stop()
        self._bank.hold()
        if self._failure:
            return
        try:
            self._on_bus(lambda: self._board.set_motors(self._motors.duties))
        except BackendError:
            return  # told by the next apply; the guardian has heard the heartbeat stop

    def close(self) -> None:
        self.stop()
        self._failure = self._failure or "the robot was closed; configure it again"
        self._board.close()
        for part in (self.range_finder, self.camera_reader, self._heartbeat):
            if part is not None:
                part.close()

    def camera(self) -> CameraFrame | None:
        return self.camera_reader.read() if self.camera_reader else None

    def wake(self) -> None:
        """Give the servos pulses, one after another as time passes.

        Each jumps to where it was told to be last. Those that have pulses already go to rest at
        limited speed instead.
        """
        self._bank.wake()

    def greet(self) -> str | None:
        """Beat once before the first command, while the motors stand.

        Returns the guardian's fault.
        """
        self._beat()
        if self._heartbeat is not None and self.guardian_fault:
            self._heartbeat.acknowledge()
        return self.guardian_fault

    @property
    def servos_awake(self) -> bool:
        """True when every servo has pulses."""
        return self._bank.awake

    @property
    def clamps(self) -> list[str]:
        """A sentence for each target that its servo cannot reach."""
        return list(self._bank.clamps.values())

    def _answer(self) -> None:
        if self._failure:
            raise BackendError(self._failure)

    def _reckon(self, now: float) -> None:
        """Let time pass at the duties that are in force."""
        self._reckoning.advance(*self._motors.speeds, max(0.0, now - self._reckoned_at))
        self._reckoned_at = now

    def _beat(self, lasts: float | None = None) -> None:
        """Beat, and hear whether the guardian has its hand on the motors."""
        if self._heartbeat is None:
            return
        self._heartbeat.beat(lasts)
        before, self.guardian_fault = self.guardian_fault, self._heartbeat.fault()
        if (before is None) != (self.guardian_fault is None):
            self._forget()  # the guardian may have written to the chips

    def _forget(self) -> None:
        """Count everything sent as lost, so that it is sent again."""
        self._sent_duties: dict[str, float] | None = None
        self._sent_pulses: dict[int, float | None] = {}

    def _send(self, everything: bool) -> None:
        duties, pulses = self._motors.duties, self._bank.pulses
        if everything or duties != self._sent_duties:
            self._board.set_motors(duties)
            self._sent_duties = duties
        changed = {
            channel: pulse
            for channel, pulse in pulses.items()
            if everything or self._sent_pulses.get(channel, -1.0) != pulse
        }
        if changed:
            self._board.set_pulses(changed)
            self._sent_pulses.update(changed)

    def _on_bus(self, work: Callable[[], None]) -> None:
        """Do some work on the bus, and once more where it fails once.

        Raises BackendError, with the motors off, where it fails again.
        """
        try:
            work()
        except BusError:
            self._forget()
            try:
                work()
            except BusError as error:
                self._lose(error)

    def _lose(self, error: BusError) -> None:
        self._motors.stop()
        try:
            self._board.motors_off()
            ending = "the motors are off"
        except BusError:
            ending = "the motors could not be told to stop"
        if self._heartbeat is not None:
            # the guardian hears it at once, and goes on until the bus takes it
            self._heartbeat.close()
            ending += "; the guardian keeps them off"
        self._failure = f"{error}; {ending}"
        raise BackendError(self._failure)

    def _measure(self, now: float) -> None:
        if self.battery is None:
            return
        self.battery.watch(now)
        if not self._ask_battery.due(now):
            return
        try:
            volts = self._board.battery_v()
        except BusError as error:
            # it can drive without: whether the bus lives is told by the motors
            self.battery.miss(f"not measured: {error}")
            self._ask_battery.period = BATTERY_AGAIN_S
            self._forget()  # after any failure the board has the motors off
            self._on_bus(lambda: self._send(everything=False))
            return
        if volts is not None:
            self.battery.update(volts, now)
            self._ask_battery.period = BATTERY_S


def servo_bank(robot: Robot, hardware: Hardware) -> ServoBank:
    """The servos of the arm from base to tip, the gripper, the camera's tilt.

    Raises BoardFileError where the board has no servo for a joint.
    """
    rest, speeds = (
        robot.rest_positions,
        {name: robot.joint_velocity(name) for name in robot.joint_names},
    )
    for name in rest:
        if name not in hardware.servos:
            raise BoardFileError(
                f"robot {robot.name} has a joint {name}, and board {hardware.board} no such servo; "
                f"it has {', '.join(hardware.servos)}. "
                f"Say another robot: this board's is {hardware.robot}"
            )
    if hardware.camera.tilt:
        rest[hardware.camera.tilt] = robot.camera.pitch
    return ServoBank(hardware.servos, hardware.servo_start, rest, speeds)
