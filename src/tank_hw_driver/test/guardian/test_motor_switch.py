"""The guardian's writes: every motor of every board off.

On a bus that works, and as much of it as a bus that does not lets through.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tank_hw_driver.bus.base import BusError
from tank_hw_driver.chip_model.model import ChipModel
from tank_hw_driver.guardian.motor_switch import MotorSwitch, guards_of, switch_off
from tank_hw_driver.guardian.protocol import Beat, read_beat
from tank_hw_driver.hardware import BoardFileError, board_names, load_hardware


class PaperWires:
    """The chips of a board in this process.

    ``fault`` is raised by every transfer while it is set.
    """

    name = "paper"

    def __init__(self, board: str) -> None:
        self.i2c = self
        self.chips = ChipModel(load_hardware(board))
        self.fault: Exception | None = None
        self.opened = self.closed = self.transfers = 0

    def write(self, address: int, data: bytes) -> None:
        self._transfer(
            lambda: self.chips.i2c_write(float(self.transfers), "guardian", address, data)
        )

    def read(self, address: int, register: int, count: int) -> bytes:
        return self._transfer(
            lambda: self.chips.i2c_read(float(self.transfers), "guardian", address, register, count)
        )

    def _transfer(self, work: Callable[[], Any]) -> Any:
        self.transfers += 1
        if self.fault:
            raise self.fault
        try:
            return work()
        except OSError as error:
            raise BusError(str(error)) from error

    def probe(self, address: int) -> bool:
        if self.fault:
            raise self.fault
        return bool(self.chips._addressed(address))

    def drive_low(self, pins: tuple[int, ...]) -> None:
        self.transfers += 1
        self.chips.drive_low(float(self.transfers), "guardian", 2, list(pins))

    def put(self, first: float, second: float) -> None:
        """Inputs of every port.

        1 is high, 0 low; with both, the motors are braked.
        """
        hardware = self.chips.hardware
        for port in hardware.motor_ports.values():
            if port.enable is None:
                led = [(0, 0x10, 0, 0) if level else (0, 0, 0, 0x10) for level in (first, second)]
                self.write(hardware.pca9685.address, bytes([0, 0x21]))
                for channel, four in zip((port.in1, port.in2), led, strict=True):
                    self.write(hardware.pca9685.address, bytes([6 + 4 * channel, *four]))
            else:
                for pin, level in ((port.in1, first), (port.in2, second), (port.enable, 1.0)):
                    self.chips.gpio(float(self.transfers), "driver", 1, pin, "output", int(level))

    @property
    def moving(self) -> bool:
        return any(self.chips.motor_duties().values())

    def close(self) -> None:
        self.closed += 1

    def open(self, *_: object) -> PaperWires:
        self.opened += 1
        return self


def hung() -> BusError:
    error = BusError("the bus hangs")
    error.__cause__ = TimeoutError()
    return error


@pytest.mark.parametrize("board", board_names())
@pytest.mark.parametrize("inputs", [(1, 0), (0, 1), (1, 1), (0, 0)])
def test_every_motor_is_off_without_a_twitch_on_the_way_and_no_servo(
    board: str, inputs: tuple[int, int]
) -> None:
    wires = PaperWires(board)
    hardware = wires.chips.hardware
    wires.put(*inputs)
    for servo in hardware.servos.values():
        wires.write(hardware.pca9685.address, bytes([6 + 4 * servo.channel, 0, 0, 0, 1]))
    began, servos = float(wires.transfers), wires.chips.pulses()
    switch_off(hardware, wires)
    assert not wires.moving
    # Ports may go one after the other, but each from what it was to nothing.
    felt = [
        [duties[port] for _, duties in wires.chips.motor_history(began)]
        for port in hardware.motor_ports
    ]
    assert all(duty in (float(inputs[0] - inputs[1]), 0.0) for duties in felt for duty in duties)
    for servo in hardware.servos.values():
        assert wires.chips.pulses()[servo.channel] == servos[servo.channel]


def test_a_chip_whose_auto_increment_is_off_is_switched_off_too() -> None:
    wires = PaperWires("robot_hat_v3")
    wires.put(1, 0)
    wires.write(0x5F, bytes([0, 0x01]))
    switch_off(wires.chips.hardware, wires)
    assert not wires.moving


def test_a_transfer_that_is_cut_short_leaves_no_motor_running() -> None:
    wires = PaperWires("robot_hat_v3")
    wires.put(1, 0)
    wires.chips.fault(0.0, "nack", address=0x5F, after=20)
    MotorSwitch("paper", "robot_hat_v3", "none", wires.open).off()
    assert not wires.moving


def test_a_bus_that_hangs_costs_one_time_out() -> None:
    wires = PaperWires("robot_hat_v3")
    wires.fault = hung()
    with pytest.raises(BusError, match="hangs"):
        switch_off(load_hardware("robot_hat_v3"), wires)
    assert wires.transfers == 1


@pytest.mark.parametrize("board", board_names())
def test_the_board_is_found(board: str) -> None:
    wires = PaperWires(board)
    wires.put(1, 0)
    MotorSwitch("paper", calibration="none", opener=wires.open).off()
    assert not wires.moving


def test_the_wires_are_opened_once_and_anew_after_a_failure() -> None:
    wires = PaperWires("robot_hat_v3")
    switch = MotorSwitch("paper", "robot_hat_v3", "none", wires.open)
    switch.off()
    switch.off()
    assert wires.opened == 1
    wires.fault = hung()
    with pytest.raises(BusError):
        switch.off()
    assert wires.closed == 1
    wires.fault = None
    switch.off()
    assert wires.opened == 2


@pytest.mark.parametrize(
    "fault",
    [
        "{",
        "tracks: {left: {slw: 1}}",
        "board: robot_hat_v9",
        "board: robot_hat_v3\ni2c: {timeout: 99.0}",
    ],
)
def test_a_calibration_with_a_typo_is_told_and_leaves_no_motor_running(
    tmp_path: Path, fault: str
) -> None:
    path = tmp_path / "rasptank.yaml"
    path.write_text(fault)
    wires = PaperWires("robot_hat_v3")
    wires.put(1, 0)
    switch = MotorSwitch("paper", calibration=str(path), opener=wires.open)
    with pytest.raises(BoardFileError):
        switch.off()
    assert not wires.moving
    path.write_text("board: robot_hat_v3\n")
    switch.off()


def test_a_board_that_is_not_there_is_never_said_to_be_off() -> None:
    wires = PaperWires("robot_hat_v3")
    wires.put(1, 0)
    for board in ("motor_hat", "pro"):
        with pytest.raises(
            BusError,
            match=f"the board {board} is not there: nothing answers at 0x40 on paper.*motor_hat, "
            "pro, robot_hat_v3",
        ):
            MotorSwitch("paper", board, "none", wires.open).off()
    with pytest.raises(BusError):
        MotorSwitch("paper", "robot_hat_v3", "none", PaperWires("pro").open).off()
    assert wires.moving


@pytest.mark.parametrize("board", ["motor_hat", "pro"])
def test_pins_go_low_though_the_bus_hangs_and_it_is_not_called_off(board: str) -> None:
    for name in (board, "auto"):
        wires = PaperWires(board)
        wires.put(1, 0)
        wires.fault = hung()
        with pytest.raises(BusError, match="hangs"):
            MotorSwitch("paper", name, "none", wires.open).off()
        assert not wires.moving


def test_the_calibration_is_read_again_when_that_is_asked_for_and_the_old_motors_go_off_first(
    tmp_path: Path,
) -> None:
    path = tmp_path / "rasptank.yaml"
    path.write_text("board: robot_hat_v3\nmotor_ports: {M4: {in1: 6, in2: 7}}\n")
    wires = PaperWires("robot_hat_v3")
    switch = MotorSwitch("paper", calibration=str(path), opener=wires.open)
    before = switch.off()
    path.write_text("board: robot_hat_v3\n")
    assert switch.off() == before, "a cut must not wait for a file"
    wires.put(1, 0)
    wires.write(0x5F, bytes([6 + 4 * 6, 0, 0x10, 0, 0]))
    assert switch.off(anew=True) != before
    assert not wires.moving
    assert wires.chips.pwm.wave(6) == 0
    path.write_text("{")
    with pytest.raises(BoardFileError):
        switch.off(anew=True)
    with pytest.raises(BoardFileError):
        switch.off()
    path.write_text("board: robot_hat_v3\n")
    assert switch.off() == guards_of(wires.chips.hardware, "paper")


def test_guards_of_tells_boards_wires_addresses_and_ports_apart_and_nothing_else() -> None:
    base = load_hardware("robot_hat_v3")
    others = [
        guards_of(load_hardware("motor_hat"), "pi"),
        guards_of(load_hardware("pro"), "pi"),
        guards_of(base, "model:/tmp/chips"),
        guards_of(load_hardware("robot_hat_v3", {"pca9685": {"address": 0x41}}), "pi"),
        guards_of(
            load_hardware("robot_hat_v3", {"motor_ports": {"M1": {"in1": 14, "in2": 15}}}), "pi"
        ),
        guards_of(load_hardware("robot_hat_v3", {"i2c": {"bus": 3}}), "pi"),
    ]
    same = load_hardware(
        "robot_hat_v3", {"tracks": {"slew": 5.0}, "pca9685": {"oscillator": 25.3e6}}
    )
    assert len({guards_of(base, "pi"), *others}) == 1 + len(others)
    assert guards_of(same, "pi") == guards_of(base, "pi")
    assert read_beat(Beat(7, others[1]).encode()) == Beat(7, others[1])


def test_no_board_is_a_sentence() -> None:
    wires = PaperWires("robot_hat_v3")
    wires.chips.fault(0.0, "absent", address=0x5F)
    with pytest.raises(BusError, match="no board found"):
        MotorSwitch("paper", calibration="none", opener=wires.open).off()
