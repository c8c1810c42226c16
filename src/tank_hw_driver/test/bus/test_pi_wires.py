"""The Pi's own wires, on a /dev made of plain files.

Ioctls go to the register model, /dev/gpiomem is a file of one page.
"""

import ctypes
import errno
import os
import struct
import sys
import types

import pytest
import smbus2.smbus2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tank_hw_driver.bus import pi_wires
from tank_hw_driver.bus.base import BusError
from tank_hw_driver.bus.pi_wires import PiWires
from tank_hw_driver.chip_model.model import ChipModel
from tank_hw_driver.chip_model.testing import ModelBus
from tank_hw_driver.guardian.motor_switch import MotorSwitch
from tank_hw_driver.hardware import load_hardware

I2C_RDWR, I2C_M_RD = 0x0707, 0x0001


class Kernel:
    """/dev/i2c-1 as ioctl sees it."""

    def __init__(self, folder):
        self.dev = folder
        (folder / "i2c-1").touch()
        self.model = ChipModel(load_hardware("robot_hat_v3"))
        self.bus = ModelBus(self.model)
        self.settings = {}
        self.fails_with = None

    def ioctl(self, fd, request, argument=0):
        os.fstat(fd)
        if request != I2C_RDWR:
            self.settings[request] = argument
            return 0
        if self.fails_with is not None:
            raise OSError(self.fails_with, os.strerror(self.fails_with))
        register = None
        for message in argument.msgs[: argument.nmsgs]:
            data = ctypes.string_at(message.buf, message.len)
            if message.flags & I2C_M_RD:
                ctypes.memmove(
                    message.buf, self.bus.i2c_read(message.addr, register, message.len), message.len
                )
            elif argument.nmsgs == 2:
                (register,) = data
            else:
                self.bus.i2c_write(message.addr, data)
        return argument.nmsgs


@pytest.fixture
def kernel(tmp_path, monkeypatch):
    kernel = Kernel(tmp_path)
    monkeypatch.setattr(smbus2.smbus2, "ioctl", kernel.ioctl)
    monkeypatch.setattr(pi_wires.fcntl, "ioctl", kernel.ioctl)
    return kernel


@pytest.fixture
def wires(kernel):
    wires = PiWires(1, 0.05, kernel.dev)
    yield wires
    wires.close()
    wires.close()


@given(data=st.binary(min_size=1, max_size=70))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_write_reaches_the_chip_byte_by_byte_in_one_transfer(kernel, wires, data):
    kernel.model.events.clear()
    wires.i2c.write(0x5F, data)
    assert [event["bytes"] for event in kernel.model.events] == [list(data)]


def test_reads_come_with_their_register_in_the_same_transfer(kernel, wires):
    assert wires.i2c.read(0x5F, 0x00, 1) == b"\x11"
    assert kernel.model.events[-1]["register"] == 0
    assert wires.i2c.probe(0x5F) and wires.i2c.probe(0x48) and not wires.i2c.probe(0x40)


def test_the_time_out_is_set_in_units_of_ten_milliseconds_and_nothing_is_retried(kernel, wires):
    assert kernel.settings == {}, "it is opened at its first use"
    wires.i2c.probe(0x5F)
    assert kernel.settings[0x0702] == 5 and kernel.settings[0x0701] == 0


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ETIMEDOUT, r"hangs: a write of 2 bytes at 0x5f got no end within 0\.05 s"),
        (errno.EREMOTEIO, r"no chip answers at 0x5f; nothing else answers; check"),
        (errno.ENXIO, r"no chip answers at 0x5f"),
        (errno.EIO, r"a write of 2 bytes at 0x5f failed: Input/output error; run ./tank doctor"),
    ],
)
def test_every_error_of_the_kernel_has_its_sentence(kernel, wires, number, words):
    kernel.fails_with = number
    with pytest.raises(BusError, match=words):
        wires.i2c.write(0x5F, b"\0\0")


def test_a_nack_in_the_middle_is_told_from_a_chip_that_is_gone(kernel, wires):
    kernel.model.fault(0.0, "nack", address=0x5F, after=1)
    with pytest.raises(BusError, match="the chip at 0x5f refused a byte of a write of 3 bytes"):
        wires.i2c.write(0x5F, b"\x06\0\0")
    with pytest.raises(
        BusError, match=r"no chip answers at 0x40; there are 0x48 .*, 0x5f .*, 0x70"
    ):
        wires.i2c.write(0x40, b"\0")


def test_no_bus_and_no_permission_have_their_cures(tmp_path, monkeypatch):
    with pytest.raises(
        BusError, match=r"no I2C bus .*i2c-7; put dtparam=i2c_arm=on .*raspi-config"
    ):
        PiWires(7, 0.05, tmp_path).i2c.probe(0x5F)

    def refuse(*_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(smbus2.smbus2.os, "open", refuse)
    with pytest.raises(BusError, match=r"no permission for the I2C bus .*usermod -aG i2c"):
        PiWires(1, 0.05, tmp_path).i2c.probe(0x5F)


def test_a_file_that_is_no_i2c_bus_is_said(tmp_path):
    (tmp_path / "i2c-1").touch()
    with pytest.raises(BusError, match="cannot be opened: Inappropriate ioctl"):
        PiWires(1, 0.05, tmp_path).i2c.probe(0x5F)


def test_a_bus_that_comes_late_is_opened_then_and_a_closed_one_never_again(kernel):
    (kernel.dev / "i2c-1").unlink()
    wires = PiWires(1, 0.05, kernel.dev)
    with pytest.raises(BusError, match="no I2C bus"):
        wires.i2c.probe(0x5F)
    (kernel.dev / "i2c-1").touch()
    assert wires.i2c.probe(0x5F)
    wires.close()
    with pytest.raises(BusError, match="it was closed"):
        wires.i2c.probe(0x5F)


@pytest.mark.parametrize(
    ("board", "pins"), [("motor_hat", {4, 17, 15, 14, 27, 18}), ("auto", {4, 17})]
)
def test_a_guardian_without_i2c_drives_the_pins_low_and_says_that_it_is_not_enough(
    tmp_path, board, pins
):
    gpiomem = tmp_path / "gpiomem"
    gpiomem.write_bytes(bytes(4096))
    switch = MotorSwitch(
        "pi", board, "none", lambda _, bus, timeout: PiWires(bus, timeout, tmp_path)
    )
    with pytest.raises(BusError, match="no I2C bus"):
        switch.off()
    assert struct.unpack("<1024I", gpiomem.read_bytes())[10] == sum(1 << pin for pin in pins)


def test_where_a_robot_hat_answers_its_guardian_touches_no_pin(kernel):
    gpiomem = kernel.dev / "gpiomem"
    gpiomem.write_bytes(bytes(4096))
    MotorSwitch(
        "pi", "auto", "none", lambda _, bus, timeout: PiWires(bus, timeout, kernel.dev)
    ).off()
    assert gpiomem.read_bytes() == bytes(4096)


@given(
    before=st.lists(st.integers(0, 2**30 - 1), min_size=3, max_size=3),
    pins=st.lists(st.integers(0, 27), min_size=1, max_size=8),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_drive_low_clears_and_makes_outputs_of_these_pins_only(kernel, wires, before, pins):
    gpiomem = kernel.dev / "gpiomem"
    gpiomem.write_bytes(struct.pack("<3I", *before) + bytes(4096 - 12))
    wires.drive_low(tuple(pins))
    registers = struct.unpack("<1024I", gpiomem.read_bytes())
    for pin in range(28):
        function = registers[pin // 10] >> pin % 10 * 3 & 0b111
        assert function == (1 if pin in pins else before[pin // 10] >> pin % 10 * 3 & 0b111)
    assert registers[10] == sum(1 << pin for pin in set(pins))  # GPCLR0 at 0x28
    assert all(value == 0 for index, value in enumerate(registers) if index not in (0, 1, 2, 10))


def test_without_gpiomem_a_pc_is_told_from_a_pi_5(kernel, wires, monkeypatch):
    claimed = {}

    class LgpioError(Exception):
        pass

    def claim(handle, pin, level):
        if pin == 9:
            raise LgpioError("'GPIO busy'")
        claimed[pin] = level

    lgpio = types.SimpleNamespace(
        error=LgpioError,
        gpiochip_open=lambda chip: chip,
        gpiochip_close=lambda handle: 0,
        gpio_claim_output=claim,
        gpio_get_line_info=lambda handle, pin: [0, pin, 1, "ID_SD", "spi0 CS1"],
    )
    monkeypatch.setitem(sys.modules, "lgpio", lgpio)
    with pytest.raises(BusError, match=r"no GPIO pins here .*On a PC use --mock"):
        wires.drive_low((4,))
    (kernel.dev / "gpiochip0").touch()
    wires.drive_low((4, 17))
    assert claimed == {4: 0, 17: 0}
    with pytest.raises(BusError, match=r"GPIO 9 is held by 'spi0 CS1'.*dtparam=spi=on takes it"):
        wires.drive_low((9,))


def test_a_gpiomem_without_permission_has_its_cure(kernel, wires, monkeypatch):
    (kernel.dev / "gpiomem").write_bytes(bytes(4096))

    def refuse(*_, **__):
        raise PermissionError

    monkeypatch.setattr(pi_wires.Path, "open", refuse)
    with pytest.raises(
        BusError, match=r"no permission for .*gpiomem; join its group: sudo usermod -aG gpio"
    ):
        wires.drive_low((4,))


def test_a_missing_or_empty_lgpio_has_its_cure(wires, monkeypatch):
    monkeypatch.setitem(sys.modules, "lgpio", None)
    with pytest.raises(
        BusError, match=r"lgpio for the GPIO pins is missing; .*apt install python3-lgpio"
    ):
        wires.pin_factory()
    monkeypatch.setitem(sys.modules, "lgpio", types.ModuleType("lgpio"))
    with pytest.raises(BusError, match=r"empty stub of PyPI .*lgpio==0\.2\.2\.0"):
        wires.pin_factory()


def test_pins_without_permission_have_their_cure(kernel, wires, monkeypatch):
    monkeypatch.setitem(
        sys.modules, "lgpio", types.SimpleNamespace(gpiochip_open=None, error=RuntimeError)
    )
    (kernel.dev / "gpiochip0").touch()
    monkeypatch.setattr(pi_wires.os, "access", lambda *_: False)
    with pytest.raises(BusError, match=r"no permission for the GPIO pins .*usermod -aG gpio"):
        wires.pin_factory()
