"""The Motor HAT on gpiozero's own lgpio pins.

The lines of its lgpio are the chip model's.
"""

import math
import sys
import types

import pytest

from tank_hw_driver.board.gpio_board import GpioBoard
from tank_hw_driver.bus.base import BusError
from tank_hw_driver.bus.faults import CheckedBus
from tank_hw_driver.chip_model.model import ChipModel
from tank_hw_driver.chip_model.testing import ModelBus
from tank_hw_driver.hardware import load_hardware

HARDWARE = load_hardware("motor_hat")
PIN_MODULES = ("gpiozero.pins.lgpio", "tank_hw_driver.bus.pi_pins")
OUT = 1 << 1


class Lgpio(types.ModuleType):
    """As much of the library as gpiozero calls for outputs."""

    SET_PULL_NONE, RISING_EDGE, FALLING_EDGE, BOTH_EDGES = 0, 1, 2, 3

    class error(Exception):  # noqa: N801, N818  # the library's own name
        pass

    def __init__(self, model):
        super().__init__("lgpio")
        self.model = model
        self.open = False
        self.broken = False

    def gpiochip_open(self, chip):
        self.open = True
        return 7

    def gpiochip_close(self, handle):
        self.open = False

    def _put(self, pin, **what):
        if self.broken:
            raise self.error("'bad handle'")
        self.model.gpio(0.0, "lgpio", 1, pin, **what)

    def gpio_claim_input(self, handle, pin, flags=0):
        try:
            self.model.header.claim(pin, 1)
        except OSError:
            raise self.error("'GPIO busy'") from None
        self._put(pin, function="input")

    def gpio_claim_output(self, handle, pin, level=0):
        self._put(pin, function="output", level=level)

    def gpio_get_mode(self, handle, pin):
        return OUT if self.model.header.pin(pin).function == "output" else 0

    def gpio_read(self, handle, pin):
        return self.model.header.pin(pin).level

    def gpio_write(self, handle, pin, level):
        self._put(pin, level=int(level))

    def tx_pwm(self, handle, pin, frequency, duty):
        assert frequency in (0, HARDWARE.tracks.pwm_frequency)
        self._put(pin, **({"duty": duty / 100} if frequency else {"level": 0}))

    def gpio_get_line_info(self, handle, pin):
        return [0, pin, 0, f"GPIO{pin}", "another driver"]


class PiLikeWires:
    name = "pi"

    def __init__(self, model):
        from tank_hw_driver.bus.pi_pins import PiFactory

        self.model = model
        self.i2c = CheckedBus(ModelBus(model), "test", 0.05)
        self._factory = PiFactory(0)

    def pin_factory(self):
        return self._factory

    def drive_low(self, pins):
        self.model.drive_low(0.0, "gpiomem", 1, list(pins))


@pytest.fixture
def bench(monkeypatch):
    model = ChipModel(HARDWARE)
    lgpio = Lgpio(model)
    monkeypatch.setitem(sys.modules, "lgpio", lgpio)
    for name in PIN_MODULES:  # they bind to lgpio as they are imported
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr("gpiozero.pins.local.get_pi_revision", lambda: 0x902120)  # a Zero 2 W
    wires = PiLikeWires(model)
    board = GpioBoard(HARDWARE, wires)
    yield model, lgpio, board
    lgpio.broken = False
    board.close()
    wires.pin_factory().close()
    for name in PIN_MODULES:
        sys.modules.pop(name, None)
    assert not lgpio.open and set(model.motor_duties().values()) == {0.0}


def test_motors_feel_their_duties_to_the_percent_that_lgpio_has(bench):
    model, _, board = bench
    board.start()
    for duties in (
        {"A": 0.5, "B": -0.25},
        {"A": -1.0},
        {"A": 0.0, "B": 0.0},
        {"A": 0.33, "B": 0.34},
    ):
        board.set_motors(duties)
        model.settle(math.inf)
        felt = model.motor_duties()
        assert {port: felt[port] for port in duties} == pytest.approx(duties, abs=0.0101)


def test_a_line_that_is_held_is_said_with_its_holder_and_the_setting_behind_it(bench):
    model, _, board = bench
    model.header.busy.add(14)
    with pytest.raises(
        BusError, match=r"GPIO 14 is held by 'another driver'; .* the serial console takes it"
    ):
        board.start()


def test_pins_that_fail_stop_the_motors_by_the_other_way(bench):
    model, lgpio, board = bench
    board.start()
    board.set_motors({"A": 0.5, "B": 0.5})
    lgpio.broken = True
    with pytest.raises(
        BusError, match=r'GPIO 4: invalid state "0\.6" for pin GPIO4; run \./tank doctor'
    ):
        board.set_motors({"A": 0.6})
    assert set(model.motor_duties().values()) == {0.0}
