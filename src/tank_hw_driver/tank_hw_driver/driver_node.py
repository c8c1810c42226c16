"""The real RaspTank as a node: a RobotNode over RasptankBackend."""

from __future__ import annotations

import time
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar

from tank_core.exceptions import TankError
from tank_core.health import Level
from tank_core.robot.urdf import build_urdf
from tank_core.ros import interfaces as names
from tank_core.ros.parameters import Setting
from tank_core.ros.robot_commands import EXECUTOR
from tank_core.ros.robot_node import RobotNode
from tank_core.ros.robot_settings import ROBOT_SETTINGS
from tank_core.state import RobotState
from tank_core.stop_latch import OPERATOR
from tank_hw_driver import dead_reckoning
from tank_hw_driver.board.board import open_board
from tank_hw_driver.board.probing import probe_board
from tank_hw_driver.bus.base import REAL, Wires
from tank_hw_driver.bus.open import open_wires
from tank_hw_driver.guardian.heartbeat import Heartbeat
from tank_hw_driver.guardian.kept_stops import KeptStops
from tank_hw_driver.guardian.motor_switch import guards_of
from tank_hw_driver.hardware import Hardware, board_names, find_calibration, load_hardware
from tank_hw_driver.rasptank_backend import RasptankBackend
from tank_hw_driver.runtime import guardian_socket
from tank_hw_driver.sensors.battery import BatteryLevel, charge
from tank_hw_driver.sensors.camera_source import open_camera
from tank_hw_driver.sensors.latest_value import LatestValue
from tank_hw_driver.sensors.range_finder import open_range_finder

AUTO = "auto"
GREETINGS, GREETING_S = 25, 0.02
GUARDIAN, BATTERY = "guardian", "battery"  # who stopped the robot
PEOPLE = (OPERATOR, EXECUTOR)  # those of them by whom a person does

DRIVER_SETTINGS = (
    Setting(
        "board",
        AUTO,
        "what the motors hang on; auto: what the calibration says, else what answers on the bus",
        choices=(AUTO, *board_names()),
    ),
    Setting(
        "wires",
        REAL,
        "pi: this machine's buses and pins; mock, or model:PATH of its socket: the chip model",
    ),
    Setting(
        "calibration",
        "",
        "a calibration file; empty: ~/.config/tank/rasptank.yaml, if there is one; none: the "
        "board's own values",
    ),
    Setting(
        "guardian",
        True,
        "drive only while the guardian watches; false: nobody stops the motors when this process "
        "dies",
    ),
    Setting("guardian_socket", "", "the guardian's socket; empty: where it makes it by itself"),
    Setting(
        "camera_source",
        "",
        "auto, picamera2, none, /dev/videoN or file:PATH; empty: what the board's or calibration's "
        "file says",
    ),
)


class DriverNode(RobotNode):
    """The driver of a RaspTank, stopped by its battery and its guardian, too.

    Low battery and a missing guardian are sources of stops of their own. ``robot`` empty means the
    board's own.
    """

    SETTINGS: ClassVar[tuple[Setting, ...]] = (
        *(
            replace(setting, default="") if setting.name == "robot" else setting
            for setting in ROBOT_SETTINGS
        ),
        *DRIVER_SETTINGS,
    )
    # a bus that was not there at power-on, or a brown-out: nobody sits before the robot to start it
    # again
    revive_after = 5.0

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(names.DRIVER_NODE, **kwargs)
        self._robot_asked = self.settings["robot"]
        self._wires: Wires | None = None
        self._battery_level = BatteryLevel.OK  # known from before, when the robot starts again
        self._told: dict[str, str] = {}  # what was said of each part last
        self._keeping = Lock()  # around the file of the stops that outlive this process
        self._kept: KeptStops | None = None
        self._worked = False  # it was active, once

    @property
    def rasptank(self) -> RasptankBackend:
        backend = self.backend
        assert isinstance(backend, RasptankBackend)
        return backend

    # What RobotNode asks for

    def make_backend(self) -> RasptankBackend:
        hardware, robot, settings = self._hardware, self.robot, self.settings
        assert self._wires is not None
        guards = guards_of(hardware, self._wires.name)
        heartbeat = (
            Heartbeat(settings["guardian_socket"] or guardian_socket(), guards=guards)
            if settings["guardian"]
            else None
        )
        board = open_board(hardware, self._wires)
        with ExitStack() as undo:
            undo.callback(board.close)
            camera = open_camera(settings["camera_source"] or hardware.camera.source, robot.camera)
            if camera:
                undo.callback(camera.close)
            finder = None
            if hardware.range_finder and robot.range_sensor:
                finder = open_range_finder(hardware.range_finder, robot.range_sensor, self._wires)
                undo.callback(finder.close)
            backend = RasptankBackend(
                robot, hardware, board, heartbeat, finder, camera, battery_level=self._battery_level
            )
            undo.pop_all()
        return backend

    def make_urdf(self) -> str:
        return build_urdf(self.robot)

    def start_driving(self) -> None:
        fault = self._greet_guardian()
        with self.lock:
            # before anything wakes: without its guardian nothing moves
            self._keep_stop(GUARDIAN, fault or "")
            self._wake()
        super().start_driving()

    def control_step(self) -> RobotState | None:
        state = super().control_step()
        if state is not None:
            self.on_robot(self._heed)
        return state

    def image_missing(self) -> None:
        """Told by ``_report``."""

    # What this robot adds: stops of its own, and what it says about its parts

    def stop_robot(self, reason: str, source: str = OPERATOR) -> None:
        super().stop_robot(reason, source)
        if source in PEOPLE:
            self._keep_stops()

    def reset_stop(self, source: str = OPERATOR) -> bool:
        free = super().reset_stop(source)
        if source in PEOPLE:
            self._keep_stops()
        with self.lock:
            self._wake()
        return free

    def _keep_stops(self) -> None:
        """Write down what people stopped; the robot stands already."""
        with self._keeping:
            with self.lock:
                stops = self.stops.of(*PEOPLE)
            try:
                if self._kept is not None:
                    self._kept.keep(stops)
            except TankError as error:
                self.diagnostics.warn("stop", "not kept", f"it ends with this process: {error}")

    def _take_kept_stops(self) -> None:
        """Stop for those who stopped a process of this robot that was killed."""
        if not self.settings["guardian"]:
            return
        self._kept = KeptStops(Path(self.settings["guardian_socket"] or guardian_socket()))
        for source, reason in self._kept.read(OPERATOR).items():
            if source in PEOPLE and not self.stops.stopped_by(source):
                self.stops.stop(reason, source)
                self.get_logger().warning(f"stopped, as before this process began: {reason}")

    def _greet_guardian(self) -> str | None:
        """Beat until the guardian answers, or has not for a while.

        Without this each start would begin with a stop. Returns its fault.
        """
        fault: str | None = None
        for _ in range(GREETINGS):
            with self.lock:
                fault = self.rasptank.greet()
            if fault is None:
                return None
            time.sleep(GREETING_S)
        return fault

    def _wake(self) -> None:
        """Wake the servos unless the robot is stopped. Under the lock.

        Servos jump when they get their first pulses.
        """
        if not self.controller.stopped:
            self.rasptank.wake()

    def _heed(self) -> None:
        """Keep the stops by what guardian and battery say. Under the lock.

        After each control step; a low battery keeps the arm from moving first.
        """
        robot = self.rasptank
        self._keep_stop(GUARDIAN, robot.guardian_fault or "")
        refusal = (
            f"battery: {robot.battery.refusal}" if robot.battery and robot.battery.refusal else ""
        )
        self._battery_level = robot.battery.level if robot.battery else BatteryLevel.OK
        self._keep_stop(BATTERY, refusal if self._battery_level is BatteryLevel.STOP else "")
        self.controller.arm_refusal = refusal

    def _keep_stop(self, source: str, reason: str) -> None:
        held = self.stops.stopped_by(source)
        if reason and not held:
            self.stop_robot(reason, source)
            self.get_logger().error(f"stopped: {reason}")
        elif held and not reason:
            self.reset_stop(source)

    def _report(self) -> None:
        """Report each part's state once a second, and log what changed."""
        with self.lock:
            if not self.working:
                return
            robot, hardware = self.rasptank, self.rasptank.hardware
            servos, awake, battery = robot.clamps, robot.servos_awake, robot.battery
            guardian_fault = robot.guardian_fault
        self._tell(
            "board", Level.OK, f"{hardware.board} on {self.settings['wires']}, {self._calibration}"
        )
        if self.settings["guardian"]:
            self._tell(
                "guardian", Level.ERROR if guardian_fault else Level.OK, guardian_fault or "watches"
            )
        else:
            self._tell(
                "guardian",
                Level.WARN,
                "switched off (guardian:=false): nobody stops the motors when this process dies",
            )
        self._tell(
            "servos",
            Level.WARN if servos else Level.OK,
            "; ".join(servos) or ("awake" if awake else "without pulses"),
        )
        self.diagnostics.set("odometry", Level.OK, dead_reckoning.KIND)
        self._tell_sensor("camera", robot.camera_reader, "none")
        self._tell_sensor("range finder", robot.range_finder, "none")
        if battery is None:
            self._tell("battery", Level.OK, "not measured: this board has no ADC")
        elif battery.lost or battery.dead:
            self._tell("battery", Level.ERROR, battery.message)
        elif battery.doubt:
            self._tell("battery", Level.WARN, battery.doubt)
        elif battery.volts is not None:
            level = {BatteryLevel.OK: Level.OK, BatteryLevel.STOP: Level.ERROR}.get(
                battery.level, Level.WARN
            )
            self.diagnostics.set(
                "battery", level, battery.message, charge=f"about {charge(battery.volts):.0%}"
            )

    def _tell_sensor(self, part: str, sensor: LatestValue[Any] | None, absent: str) -> None:
        problem = sensor.problem if sensor else ""
        self._tell(
            part, Level.WARN if problem else Level.OK, problem or ("ready" if sensor else absent)
        )

    def _tell(self, part: str, level: Level, message: str) -> None:
        self.diagnostics.set(part, level, message)
        before, self._told[part] = self._told.get(part), message
        # Two lines of code, because rclpy refuses one that logs now at this level and now at that.
        if message != before and level > Level.OK:
            self.get_logger().warning(f"{part}: {message}")
        elif message != before and before is not None:
            self.get_logger().info(f"{part}: {message}")

    # Lifecycle

    def configure(self) -> None:
        self._take_kept_stops()
        self._hardware = self._find_hardware()
        self.settings["robot"] = self._robot_asked or self._hardware.robot
        super().configure()

    def activate(self) -> None:
        super().activate()
        self._worked = True
        self.add_timer(1.0, "driver", self._report)

    def cleanup(self) -> None:
        super().cleanup()
        # asked anew at each start; what people and the battery stopped stays stopped
        self.stops.reset(GUARDIAN)
        if self._wires is not None:
            self._wires.close()
            self._wires = None

    def destroy_node(self) -> None:
        """Ends in good order: whoever starts it again wants it to drive."""
        super().destroy_node()
        if self._kept is not None and self._worked:  # a start that failed is no good order
            with self._keeping, suppress(TankError):  # then it is stopped the next time
                self._kept.keep({})

    def _find_hardware(self) -> Hardware:
        """The board that there is, with its calibration.

        The wires are open when this returns. Raises TankError.
        """
        given, where = find_calibration(self.settings["calibration"])
        board = (
            str(given.get("board", ""))
            if self.settings["board"] == AUTO
            else self.settings["board"]
        )
        if not board:
            self._wires = open_wires(self.settings["wires"])
            board = probe_board(self._wires)
        hardware = load_hardware(board, given, where)
        if self._wires is None:
            self._wires = open_wires(self.settings["wires"], hardware.i2c.bus, hardware.i2c.timeout)
        self._calibration = f"calibrated by {where}" if given else "not calibrated"
        return hardware
