"""The Robot HAT V3's motors, servos and battery.

What the wire saw, and what the motors felt.
"""

import dataclasses
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tank_hw_driver.board.board import open_board
from tank_hw_driver.board.pwm_board import PwmBoard
from tank_hw_driver.bus.base import BusError
from tank_hw_driver.bus.faults import CheckedBus
from tank_hw_driver.bus.model_wires import ModelWires
from tank_hw_driver.chip_model.model import ChipModel
from tank_hw_driver.chip_model.testing import ModelBus, chip_model
from tank_hw_driver.hardware import load_hardware

HARDWARE = load_hardware("robot_hat_v3")
HAT = HARDWARE.pca9685.address
DUTY = st.floats(-1.0, 1.0)
STILL = dict.fromkeys(HARDWARE.motor_ports, 0.0)


class LocalWires:
    """Only an I2C bus."""

    name = "local"

    def __init__(self, hardware=HARDWARE):
        self.model = ChipModel(hardware)
        self.i2c = CheckedBus(ModelBus(self.model), "local", 0.05)


def started(hardware=HARDWARE):
    wires = LocalWires(hardware)
    board = open_board(hardware, wires)
    assert isinstance(board, PwmBoard)
    board.start()
    wires.model.events.clear()
    return wires.model, board


def test_start_leaves_servos_without_pulses_and_motors_still():
    model, board = started()
    assert model.motor_duties() == STILL and set(model.pulses().values()) == {None}
    board.check()


@given(st.floats(600.0, 2400.0), st.integers(0, 4095))
def test_pulses_read_back_are_those_that_the_servos_feel(pulse, begins):
    """Also where another program lets them begin elsewhere in the cycle.

    And a board that starts over a running chip leaves them.
    """
    model, board = started()
    servos = [servo.channel for servo in HARDWARE.servos.values()]
    board.set_pulses({servos[0]: pulse, servos[1]: pulse})
    ends = (begins + round(pulse / board._pwm.pulse(1))) % 4096
    registers = (begins & 0xFF, begins >> 8, ends & 0xFF, ends >> 8)
    board._pwm._bus.write(HAT, bytes((0x06 + 4 * servos[1], *registers)))
    board.start()
    read = board.pulses()
    assert read == pytest.approx(
        {**dict.fromkeys(servos), servos[0]: pulse, servos[1]: pulse}, abs=2.5
    )
    assert {
        channel: value for channel, value in model.pulses().items() if channel in servos
    } == pytest.approx(read)


@given(st.dictionaries(st.sampled_from(sorted(STILL)), DUTY, min_size=1))
def test_motors_feel_their_duties_and_all_change_in_one_transfer(duties):
    model, board = started()
    begin = len(model.motor_history(-1.0))
    board.set_motors(duties)
    assert model.motor_duties() == pytest.approx(STILL | duties, abs=0.5 / 4096 + 1e-9)
    assert len(model.events) == 1 and len(model.motor_history(-1.0)) - begin <= 1


@given(first=DUTY, second=DUTY)
def test_a_change_of_direction_goes_from_one_to_the_other_and_nothing_between(first, second):
    model, board = started()
    board.set_motors({"M1": first})
    begin = len(model.motor_history(-1.0))
    board.set_motors({"M1": second})
    felt = [duties["M1"] for _, duties in model.motor_history(-1.0)[begin:]]
    assert len(felt) <= 1 and all(value == pytest.approx(second, abs=0.001) for value in felt)


def test_ports_not_named_keep_their_duty():
    model, board = started()
    board.set_motors({"M1": 0.5})
    board.set_motors({"M2": -0.25})
    assert model.motor_duties() == STILL | {"M1": 0.5, "M2": -0.25}


@pytest.mark.parametrize(("brake", "level"), [(True, 4096), (False, 0)])
def test_zero_brakes_or_coasts_and_off_always_coasts(brake, level):
    hardware = dataclasses.replace(
        HARDWARE, tracks=dataclasses.replace(HARDWARE.tracks, brake=brake)
    )
    model, board = started(hardware)
    board.set_motors({"M1": 0.5})
    board.set_motors({"M1": 0.0})
    assert [model.pwm.wave(channel).bit_count() for channel in (14, 15)] == [level, level]
    board.set_motors(dict.fromkeys(STILL, 0.7))
    board.motors_off()
    assert not any(model.pwm.wave(channel) for channel in range(8, 16))


@pytest.mark.parametrize(
    ("duties", "words"),
    [({"M1": 1.5}, "-1 to 1"), ({"M1": float("nan")}, "-1 to 1"), ({"M9": 0.1}, "M1, M2, M3, M4")],
)
def test_wrong_duties_are_refused_and_leave_the_motors_off(duties, words):
    model, board = started()
    board.set_motors({"M2": 0.5})
    with pytest.raises(BusError, match=words):
        board.set_motors(duties)
    assert model.motor_duties() == STILL


def test_a_servo_on_the_channel_of_an_unused_port_is_never_written_as_a_motor():
    calibration = {"servos": {"camera_tilt": {"channel": 8}}}
    model, board = started(load_hardware("robot_hat_v3", calibration))
    board.set_pulses({8: 1500.0})
    board.set_motors({"M1": 0.5, "M3": -0.5})
    board.motors_off()
    assert model.pulses()[8] == pytest.approx(1500.0, abs=2.5)


@given(
    st.dictionaries(st.integers(0, 7), st.one_of(st.none(), st.floats(500.0, 2400.0)), min_size=1)
)
def test_servos_get_their_pulses_and_none_frees_them(pulses):
    model, board = started()
    board.set_pulses(pulses)
    made = model.pulses()
    for channel, pulse in pulses.items():
        assert made[channel] == (None if pulse is None else pytest.approx(pulse, abs=2.5))


# Every fault, over a real connection: its sentence, and motors off.


@pytest.fixture
def driving():
    with chip_model() as client:
        wires = ModelWires(client.path)
        board = open_board(HARDWARE, wires)
        board.start()
        board.set_motors({"M1": 0.5, "M2": -0.5})
        yield client, board
        client.clear_faults()
        board.close()
        wires.close()
        assert client.motor_duties() == STILL and set(client.pulses().values()) == {None}


def test_a_nack_in_the_middle_stops_the_motors_though_blocks_no_longer_pass(driving):
    client, board = driving
    client.fault("nack", address=HAT, after=6)
    with pytest.raises(
        BusError,
        match=r"the chip at 0x5f refused a byte of a write of 33 bytes \(NACK\); check its cable",
    ):
        board.set_motors({"M1": -1.0, "M2": 1.0})
    assert client.motor_duties() == STILL


def test_a_reset_is_said_and_the_next_start_drives_again(driving):
    client, board = driving
    client.fault("reset")
    with pytest.raises(BusError, match="was reset"):
        board.check()
    board.start()
    board.set_motors({"M1": 0.5})
    assert client.motor_duties() == STILL | {"M1": 0.5}


def test_a_hung_bus_is_said_in_time_and_the_motors_stop_when_it_is_back(driving):
    client, board = driving
    client.fault("hang", seconds=60.0)
    begin = time.monotonic()
    with pytest.raises(
        BusError,
        match=r"hangs: a write of 33 bytes at 0x5f got no end within 0.05 s; "
        r"check the wires SDA and SCL",
    ):
        board.set_motors({"M1": 1.0})
    assert time.monotonic() - begin < 30.0  # two time-outs of 0.05 s: it does not wait for the bus
    client.clear_faults()
    board.motors_off()
    assert client.motor_duties() == STILL


def test_a_chip_that_is_gone_is_said_with_who_is_there(driving):
    client, board = driving
    client.fault("absent", address=HAT)
    client.fault("absent", address=0x70)
    with pytest.raises(
        BusError,
        match=r"no chip answers at 0x5f; there are 0x48 \(the ADS7830\); check that the board",
    ):
        board.check()


def test_a_lost_adc_stops_the_motors(driving):
    client, board = driving
    assert board.battery_v() == pytest.approx(7.9, abs=0.09)
    client.fault("absent", address=0x48)
    with pytest.raises(BusError, match="0x48"):
        board.battery_v()
    assert client.motor_duties() == STILL


def test_close_is_idempotent_and_quiet_on_a_dead_bus():
    with chip_model() as client:
        wires = ModelWires(client.path)
        board = open_board(HARDWARE, wires)
        board.start()
        client.fault("absent", address=HAT)
        board.close()
        board.close()
        wires.close()
        wires.close()
        with pytest.raises(BusError, match="failed"):
            wires.i2c.write(HAT, b"\0")
