"""The chip model as a process: its socket, its clients, its log, its faults."""

import errno
import json
import os
import signal
import socket
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tank_hw_driver.chip_model.client import ModelClient
from tank_hw_driver.chip_model.model import ChipModel
from tank_hw_driver.chip_model.testing import chip_model
from tank_hw_driver.hardware import load_hardware

HAT, ADC = 0x5F, 0x48
M1_FORWARD = bytes([0x06 + 4 * 14, 0, 0, 0, 0x10, 0, 0x10, 0, 0])  # channel 14 off, channel 15 on


@pytest.fixture(scope="module")
def shared():
    with chip_model() as client:
        yield client


@pytest.fixture
def client(shared):
    shared.clear_faults()
    shared.fault("reset")
    return shared


def test_motors_follow_the_registers_and_each_change_has_its_time(client):
    begin = time.monotonic()
    client.i2c_write(HAT, bytes([0x00, 0x21]))
    client.i2c_write(HAT, M1_FORWARD)
    assert client.motor_duties() == {"M1": 1.0, "M2": 0.0, "M3": 0.0, "M4": 0.0}
    client.fault("reset")
    history = client.motor_history(begin)
    assert [duties["M1"] for _, duties in history] == [1.0, 0.0]
    assert begin < history[0][0] < history[1][0] < time.monotonic()
    assert client.writes(HAT, begin) == [bytes([0x00, 0x21]), M1_FORWARD]


def test_both_inputs_high_is_a_brake_and_slow_decay_its_difference(client):
    client.i2c_write(HAT, bytes([0x00, 0x21]))
    client.i2c_write(HAT, bytes([0x06 + 4 * 14, 0, 0x10, 0, 0, 0, 0x10, 0, 0]))
    assert client.motor_duties()["M1"] == 0.0
    # in2 high for 3/4 of the cycle
    client.i2c_write(HAT, bytes([0x06 + 4 * 14, 0, 0, 0, 0x0C, 0, 0x10, 0, 0]))
    assert client.motor_duties()["M1"] == 0.25


def test_a_nack_in_the_middle_leaves_what_came_before(client):
    client.i2c_write(HAT, bytes([0x00, 0x21]))
    client.fault("nack", address=HAT, after=3)
    begin = time.monotonic()
    with pytest.raises(OSError) as refused:
        client.i2c_write(HAT, bytes([0x06, 1, 2, 3, 4]))
    assert refused.value.errno == errno.EREMOTEIO
    assert client.i2c_read(HAT, 0x06, 4) == bytes([1, 2, 0, 0x10])
    assert [(e["bytes"], e["ok"]) for e in client.log(begin) if e["kind"] == "i2c_write"] == [
        ([6, 1, 2], False)
    ]


def test_an_absent_chip_and_a_strange_address_do_not_answer(client):
    client.fault("absent", address=ADC)
    for address in (ADC, 0x20):
        with pytest.raises(OSError) as silent:
            client.i2c_read(address, 0x84, 1)
        assert silent.value.errno == errno.EREMOTEIO
    client.clear_faults()
    assert client.i2c_read(ADC, 0x84, 1)


def test_a_hung_bus_ends_with_the_clients_time_out_and_nothing_took_effect(client):
    client.fault("hang", seconds=60.0)
    begin = time.monotonic()
    with pytest.raises(TimeoutError):
        client.i2c_write(HAT, bytes([0x00, 0x21]))
    assert 0.04 < time.monotonic() - begin < 30.0  # it is not the hang that ended
    client.clear_faults()
    assert client.i2c_read(HAT, 0x00, 1) == b"\x11"


def test_a_bus_that_hangs_within_a_write_keeps_what_came_before_and_hangs_until_cleared(client):
    client.fault("hang", seconds=None, after=3)
    client.i2c_write(HAT, bytes([0x00, 0x21]))
    with pytest.raises(TimeoutError):
        client.i2c_write(HAT, bytes([0x06, 1, 2, 3, 4]))
    for _ in range(2):
        with pytest.raises(TimeoutError):
            client.i2c_read(HAT, 0x06, 4)
    client.clear_faults()
    assert client.i2c_read(HAT, 0x06, 4) == bytes([1, 2, 0, 0x10])


def test_a_new_duty_of_software_pwm_counts_when_its_cycle_has_ended():
    model = ChipModel(load_hardware("motor_hat"))
    for pin, level in ((27, 1), (18, 0)):
        model.gpio(0.0, "test", 1, pin, "output", level)
    model.gpio(0.0, "test", 1, 17, "output", duty=0.25)
    assert model.motor_duties()["B"] == 0.25
    for t, duty in ((1.0, 0.5), (1.0004, 0.75)):
        model.gpio(t, "test", 1, 17, duty=duty)
        assert model.motor_duties()["B"] == 0.25
    assert model.settle(1.0004) == pytest.approx(0.0006)
    assert model.settle(2.0) == 0.0
    assert [(t, duties["B"]) for t, duties in model.motor_history(0.5)] == [(1.001, 0.75)]
    model.gpio(3.0, "test", 1, 17, duty=1.0)
    model.gpio(3.0, "test", 1, 17, level=0)
    assert model.motor_duties()["B"] == 0.0 and model.settle(3.0) == 0.0


def test_the_battery_jumps_and_comes_back(client):
    client.set_battery(7.8)
    before = client.i2c_read(ADC, 0x84, 1)[0]
    client.fault("adc_jump", volts=-4.0)
    assert client.i2c_read(ADC, 0x84, 1)[0] < before - 40
    client.clear_faults()
    assert client.i2c_read(ADC, 0x84, 1)[0] == before == int(7.8 / 4 / 5.2 * 256)


def test_a_software_reset_by_general_call(client):
    client.i2c_write(HAT, bytes([0x00, 0x21]))
    client.i2c_write(0x00, b"\x06")
    assert client.i2c_read(HAT, 0x00, 1) == b"\x11"


def test_wrong_faults_and_pins_are_refused_by_name(client):
    for ask, word in (
        (lambda: client.fault("rust"), "absent, nack"),
        (lambda: client.gpio(28), "0 to 27"),
        (lambda: client.gpio(3, level=7), "0 or 1"),
    ):
        with pytest.raises(ValueError, match=word):
            ask()


def test_software_pwm_of_a_client_that_dies_stands_still_at_its_worst():
    with chip_model("motor_hat") as client:
        other = ModelClient(client.path)
        other.claim(17)
        with pytest.raises(OSError, match="busy"):
            client.claim(17)
        for pin in (27, 18):
            other.gpio(pin, function="output", level=int(pin == 27))
        other.gpio(17, function="output", duty=0.3)
        assert client.motor_duties() == {"A": 0.0, "B": 0.3}
        other.close()
        deadline = time.monotonic() + 10.0
        while client.motor_duties()["B"] != 1.0 and time.monotonic() < deadline:
            time.sleep(0.005)
        assert client.motor_duties()["B"] == 1.0
        client.claim(17)
        begin = time.monotonic()
        client.drive_low((17, 27, 18))
        assert client.motor_history(begin)[-1][1] == {"A": 0.0, "B": 0.0}


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=200).map(lambda data: data.replace(b"\n", b"")),
            st.sampled_from(
                [b"{}", b"[]", b'{"do":"i2c_write"}', b'{"do":"__init__"}', b'{"do":7}']
            ),
        ),
        max_size=5,
    )
)
@settings(max_examples=40)
def test_hostile_requests_get_an_answer_each(shared, lines):
    with socket.socket(socket.AF_UNIX) as raw:
        raw.settimeout(20.0)
        raw.connect(shared.path)
        raw.sendall(b"".join(line + b"\n" for line in lines))
        raw.shutdown(socket.SHUT_WR)
        answers = raw.makefile("rb").readlines()
    assert len(answers) == len(lines)
    assert all("error" in json.loads(answer) for answer in answers)
    assert set(shared.motor_duties()) == {"M1", "M2", "M3", "M4"}


@pytest.mark.slow
@given(
    st.lists(
        st.tuples(st.sampled_from([0x00, 0x40, 0x5F, 0x48, 0x70]), st.binary(max_size=40)),
        max_size=10,
    )
)
def test_hostile_transfers_keep_every_duty_within_one(transfers):
    model = ChipModel(load_hardware("robot_hat_v3"))
    for address, data in transfers:
        try:
            model.i2c_write(0.0, "test", address, data)
        except OSError:
            assert address == 0x40 or address == 0x70
    assert all(-1.0 <= duty <= 1.0 for duty in model.motor_duties().values())


def test_it_ends_on_sigterm_without_its_socket_and_takes_over_a_dead_ones(tmp_path):
    path = tmp_path / "chips"
    command = [
        sys.executable,
        "-m",
        "tank_hw_driver.chip_model",
        "--board",
        "pro",
        "--socket",
        str(path),
    ]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}

    def start():
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
        )
        return process, process.stdout.readline()

    killed, said = start()
    assert said == f"chip model of pro at {path}\n"
    second, nothing = start()
    assert (
        nothing == ""
        and second.wait(60.0) == 1
        and "another chip model listens there" in second.communicate()[1]
    )
    killed.kill()
    killed.communicate()
    assert path.exists()
    third, said = start()
    assert said
    third.send_signal(signal.SIGTERM)
    third.communicate(timeout=20.0)
    assert third.returncode == 0 and not path.exists()


def test_importing_the_light_parts_pulls_in_nothing_heavy():
    code = (
        "import sys, tank_hw_driver.bus.base, tank_hw_driver.hardware, "
        "tank_hw_driver.board.probing, tank_hw_driver.board.chips.pca9685, "
        "tank_hw_driver.board.pwm_board\n"
        "import tank_hw_driver.board.gpio_board, tank_hw_driver.bus.pi_wires, "
        "tank_hw_driver.bus.model_wires, tank_hw_driver.chip_model.__main__\n"
        "print([name for name in ('numpy', 'gpiozero', 'rclpy', 'lgpio', 'cv2') if name in "
        "sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    assert (
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env=environment,
        ).stdout
        == "[]\n"
    )
