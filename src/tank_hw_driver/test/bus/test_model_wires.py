"""The chip model's wires, and gpiozero on them."""

import threading
import time
import warnings

import pytest
from gpiozero import DigitalOutputDevice, DistanceSensor, PWMOutputDevice

from tank_hw_driver.bus.base import BusError
from tank_hw_driver.bus.model_wires import ModelWires
from tank_hw_driver.bus.open import open_wires
from tank_hw_driver.chip_model.testing import chip_model
from tank_hw_driver.hardware import SPEED_OF_SOUND, load_hardware


@pytest.fixture
def pair():
    with chip_model() as client:
        wires = open_wires("model:" + client.path)
        yield client, wires
        wires.close()


def test_without_a_model_the_command_that_starts_one_is_said(tmp_path):
    with pytest.raises(
        BusError,
        match=r"no chip model listens at .*start one: python -m tank_hw_driver\.chip_model",
    ):
        open_wires(f"model:{tmp_path / 'nowhere'}")


def test_a_model_that_dies_is_a_bus_error_on_bus_and_pins():
    with chip_model() as client:
        wires = ModelWires(client.path)
        led = DigitalOutputDevice(5, pin_factory=wires.pin_factory())
    for touch in (
        lambda: wires.i2c.write(0x5F, b"\0"),
        lambda: wires.i2c.probe(0x5F),
        led.on,
        lambda: wires.drive_low((5,)),
    ):
        with pytest.raises(BusError):
            touch()
    wires.close()


def test_the_factory_is_made_once_and_its_devices_reach_the_model(pair):
    client, wires = pair
    assert wires.pin_factory() is wires.pin_factory()
    with (
        PWMOutputDevice(4, frequency=1000, pin_factory=wires.pin_factory()) as pwm,
        DigitalOutputDevice(5, pin_factory=wires.pin_factory()) as led,
    ):
        pwm.value = 0.25
        led.on()
        assert client.gpio(4) == {"function": "output", "level": 0, "duty": 0.25}
        assert client.gpio(5) == {"function": "output", "level": 1, "duty": None}
        wires.drive_low((4, 5))
        assert client.gpio(4)["duty"] is None and client.gpio(5)["level"] == 0
    assert client.gpio(4)["function"] == client.gpio(5)["function"] == "input"


def test_drive_low_by_another_ends_a_level_but_not_a_living_programs_pwm(pair):
    client, wires = pair
    other = ModelWires(client.path)
    with (
        PWMOutputDevice(4, initial_value=0.5, pin_factory=wires.pin_factory()),
        DigitalOutputDevice(5, initial_value=True, pin_factory=wires.pin_factory()),
    ):
        other.drive_low((4, 5))
        assert client.gpio(4)["duty"] == 0.5 and client.gpio(5)["level"] == 0
    other.close()


@pytest.mark.parametrize("distance", [0.05, 1.2, 2.5])
def test_gpiozeros_distance_sensor_reads_the_models_distance(pair, distance):
    client, wires = pair
    client.set_distance(distance)
    finder = load_hardware("robot_hat_v3").range_finder
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sensor = DistanceSensor(
            finder.echo,
            finder.trigger,
            max_distance=4,
            queue_len=1,
            pin_factory=wires.pin_factory(),
        )
        # gpiozero reckons with a speed of sound of its own
        assert sensor.distance == pytest.approx(distance, rel=1e-3)
        sensor.close()


def test_an_echo_has_both_edges_in_order_and_none_comes_from_nothing(pair):
    client, wires = pair
    finder = load_hardware("robot_hat_v3").range_finder
    factory = wires.pin_factory()
    echo, trigger = (
        factory.pin(finder.echo),
        DigitalOutputDevice(finder.trigger, pin_factory=factory),
    )
    edges, fell = [], threading.Event()

    def changed(ticks, level):
        edges.append((ticks, bool(level)))
        if not level:
            fell.set()

    echo.edges, echo.when_changed = "both", changed
    client.fault("no_echo")
    trigger.on()
    trigger.off()
    time.sleep(0.02)
    assert edges == []
    client.clear_faults()
    for distance, seconds in ((0.5, 2 * 0.5 / SPEED_OF_SOUND), (None, 0.038), (30.0, 0.038)):
        edges.clear()
        fell.clear()
        client.set_distance(distance)
        trigger.on()
        trigger.off()
        assert fell.wait(60.0)
        assert [level for _, level in edges] == [True, False]
        assert edges[1][0] - edges[0][0] == pytest.approx(seconds)
    trigger.close()
