"""The Motor HAT's and the Pro's motors on GPIO pins.

What the pins saw, and what the motors felt.
"""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tank_hw_driver.board.board import open_board
from tank_hw_driver.board.gpio_board import GpioBoard
from tank_hw_driver.bus.base import BusError
from tank_hw_driver.bus.model_wires import ModelWires
from tank_hw_driver.chip_model.testing import chip_model
from tank_hw_driver.hardware import load_hardware

STILL = {"A": 0.0, "B": 0.0}
DUTY = st.one_of(st.just(0.0), st.floats(-1.0, 1.0))


@pytest.fixture(params=["motor_hat", "pro"])
def bench(request):
    with chip_model(request.param) as client:
        wires = ModelWires(client.path)
        board = open_board(load_hardware(request.param), wires)
        assert isinstance(board, GpioBoard)
        yield client, board
        client.clear_faults()
        board.close()
        wires.close()
        assert client.motor_duties() == STILL


def test_start_makes_the_pins_low_before_anything_else_and_writes_no_servo_that_runs(bench):
    client, board = bench
    for port in board.hardware.motor_ports.values():
        for pin in (port.in1, port.enable):
            client.gpio(pin, function="output", level=1)
    assert client.motor_duties() == {"A": 1.0, "B": 1.0}
    begin = time.monotonic()
    board.start()
    first = [event for event in client.log(begin) if event["kind"] in ("gpio", "i2c_write")][:6]
    assert all(
        event["kind"] == "gpio" and event["level"] == 0 and event["function"] == "output"
        for event in first
    )
    assert [duties for _, duties in client.motor_history(begin)] == [STILL]
    board.check()
    begin = time.monotonic()
    board.start()
    assert client.writes(0x40, begin) == []
    assert board.battery_v() is None


@given(
    steps=st.lists(
        st.fixed_dictionaries({}, optional={"A": DUTY, "B": DUTY}), min_size=1, max_size=6
    )
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_motors_feel_their_duties_and_nothing_between(bench, steps):
    client, board = bench
    board.start()
    wanted = dict(STILL)
    for step in steps:
        begin = time.monotonic()
        allowed = {port: {wanted[port], 0.0, step.get(port, wanted[port])} for port in wanted}
        board.set_motors(step)
        wanted |= step
        assert client.motor_duties() == pytest.approx(wanted)
        assert all(
            duties[port] in allowed[port]
            for _, duties in client.motor_history(begin)
            for port in duties
        )


def test_zero_shorts_the_motor_and_off_frees_it(bench):
    client, board = bench
    board.start()
    board.set_motors({"A": 0.5})
    board.set_motors({"A": 0.0})
    port = board.hardware.motor_ports["A"]
    assert [client.gpio(pin)["level"] for pin in (port.in1, port.in2)] == [1, 1] and client.gpio(
        port.enable
    )["duty"] == 1.0
    board.motors_off()
    assert [client.gpio(pin)["level"] for pin in (port.in1, port.in2)] == [0, 0] and client.gpio(
        port.enable
    )["duty"] == 0.0


def test_a_busy_pin_is_said_and_no_pin_stays_claimed(bench):
    client, board = bench
    pin = board.hardware.motor_ports["B"].in2
    client.fault("gpio_busy", pin=pin)
    with pytest.raises(
        BusError, match=rf"GPIO {pin} is held by another program; stop that program \(sudo gpioinfo"
    ):
        board.start()
    with pytest.raises(BusError, match=r"not started; call start\(\)"):
        board.set_motors({"A": 0.5})
    client.clear_faults()
    board.start()
    board.set_motors({"A": 0.5})
    assert client.motor_duties()["A"] == 0.5


def test_a_servo_chip_that_is_gone_stops_the_motors(bench):
    client, board = bench
    board.start()
    board.set_motors({"A": 0.5, "B": -0.5})
    client.fault("absent", address=0x40)
    with pytest.raises(BusError, match="no chip answers at 0x40"):
        board.set_pulses({2: 1500.0})
    assert client.motor_duties() == STILL


def test_motors_off_needs_no_start_and_no_claim(bench):
    client, board = bench
    port = board.hardware.motor_ports["B"]
    for pin in (port.in1, port.enable):
        client.claim(pin)
        client.gpio(pin, function="output", level=1)
    board.motors_off()
    assert client.motor_duties() == STILL
