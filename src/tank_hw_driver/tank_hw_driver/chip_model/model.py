"""The model of one board: its chips, pins and bridges, and faults on demand.

It logs everything, and what its motors and servos get of it. Reads no clock.
"""

from __future__ import annotations

import errno
import math
import os
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from tank_hw_driver.chip_model.pins import Header, echo_time
from tank_hw_driver.chip_model.registers import (
    COUNTS,
    CYCLE,
    GENERAL_CALL,
    SOFTWARE_RESET,
    Ads7830Model,
    Chip,
    Mpu6050,
    Pca9685Model,
)
from tank_hw_driver.hardware import PWM_CHANNELS, Hardware, MotorPort

KEPT = 50_000  # events: a quarter of an hour of driving
NACK = errno.EREMOTEIO  # what the Pi's I2C driver says of a byte that was not acknowledged

BYSTANDERS = {"mpu6050": Mpu6050}  # chips that answer and do nothing, by their names in boards/
Event = dict[str, Any]
FAULTS = ("absent", "nack", "hang", "reset", "gpio_busy", "adc_jump", "no_echo")


class ChipModel:
    """A board's chips and pins. Not thread-safe.

    Calls that change something take the time ``t`` [s], a client's name for the log, and for pins
    its number. Software PWM takes a new duty at the end of its cycle, here always a whole cycle
    later, at the first ``settle`` after that.
    """

    def __init__(
        self, hardware: Hardware, battery: float = 7.9, distance: float | None = 1.2
    ) -> None:
        self.hardware = hardware
        self.battery, self.distance = battery, distance
        self.header = Header()
        self.pwm = Pca9685Model(hardware.pca9685.address, hardware.pca9685.oscillator)
        self.chips: list[Chip] = [self.pwm]
        if hardware.battery is not None:
            self.chips.append(
                Ads7830Model(hardware.battery.address, hardware.battery.reference, self._volts)
            )
        self.chips += [
            BYSTANDERS[name](address) for name, address in hardware.also_on_the_bus.items()
        ]
        # bytes of a write that still pass, and for how long [s] the bus hangs then
        self._hang: tuple[int, float] | None = None
        self.clear_faults()
        self.events: deque[Event] = deque(maxlen=KEPT)
        self._motors: deque[tuple[float, dict[str, float]]] = deque(maxlen=KEPT)
        self._servos: deque[tuple[float, dict[int, float | None]]] = deque(maxlen=KEPT)
        taken = {
            channel
            for port in hardware.motor_ports.values()
            if port.enable is None
            for channel in (port.in1, port.in2)
        }
        self._servo_channels = sorted(
            set(range(PWM_CHANNELS)) - taken | {servo.channel for servo in hardware.servos.values()}
        )

    # The I2C bus

    def i2c_write(self, t: float, by: str, address: int, data: bytes) -> None:
        """Write to the chips at an address; bytes before a NACK take effect.

        Raises OSError with the number that the Pi's kernel gives.
        """
        chips = self._addressed(address)
        passed = data
        if address in self._nack and (chips or address == GENERAL_CALL):
            passed = data[: self._nack[address]]
        hang = self._hang if self._hang is not None and len(passed) > self._hang[0] else None
        if hang is not None:
            passed, self._hang, self._hung_until = passed[: hang[0]], None, t + hang[1]
        if address == GENERAL_CALL and passed[:1] == bytes([SOFTWARE_RESET]):
            self.pwm.reset()
        for chip in chips:
            chip.write(passed)
        refused = len(passed) < len(data) or not (chips or address == GENERAL_CALL)
        self._note(
            t,
            by,
            "i2c_write",
            address=address,
            bytes=list(passed if chips or address == GENERAL_CALL else b""),
            ok=not refused,
        )
        self._record_outputs(t)
        if hang is not None:
            raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
        if refused:
            raise OSError(NACK, os.strerror(NACK))

    def i2c_read(self, t: float, by: str, address: int, register: int | None, count: int) -> bytes:
        """Read from a register on; None: from where the chip stands.

        Raises OSError as ``i2c_write``.
        """
        chips = self._addressed(address)
        if not chips or (register is not None and self._nack.get(address, 1) < 1):
            self._note(t, by, "i2c_read", address=address, register=register, bytes=[], ok=False)
            raise OSError(NACK, os.strerror(NACK))
        if register is not None:
            chips[0].write(bytes([register]))
        answer = chips[0].read(count)
        self._note(
            t, by, "i2c_read", address=address, register=register, bytes=list(answer), ok=True
        )
        return answer

    def hung_for(self, t: float) -> float:
        """Seconds for which the bus still hangs; at most 0 where it works."""
        return self._hung_until - t

    # The header

    def settle(self, t: float) -> float:
        """Let the duties count whose cycle has ended by ``t`` [s].

        Returns how much longer [s] the next one waits, 0 where none does.
        """
        while (due := self.header.next_due()) is not None and due <= t:
            self.header.take_duties(due)
            self._record_outputs(due)
        return 0.0 if due is None else due - t

    def gpio(
        self,
        t: float,
        by: str,
        client: int,
        pin: int,
        function: str | None = None,
        level: int | None = None,
        duty: float | None = None,
    ) -> dict[str, object]:
        """Set what is given, and answer the pin's state.

        And ``echo``, where this ended the HC-SR04's trigger pulse. Raises ValueError.
        """
        before = self.header.pin(pin).drive
        if function is not None or level is not None or duty is not None:
            self.header.put(
                pin, client, function, level, duty, t + 1.0 / self.hardware.tracks.pwm_frequency
            )
            self._pin_changed(t, by, pin)
        answer = self.header.pin(pin).state()
        finder = self.hardware.range_finder
        if (
            finder is not None
            and pin == finder.trigger
            and before > 0
            and self.header.pin(pin).drive == 0
        ):
            answer["echo"] = (finder.echo, None if self._deaf else echo_time(self.distance))
        return answer

    def drive_low(self, t: float, by: str, client: int, pins: list[int]) -> None:
        """Make pins low outputs, in one write into the GPIO block.

        So no bridge sees a state in between. Raises ValueError.
        """
        for pin in pins:
            self.header.drive_low(pin, client)
        for pin in pins:
            self._pin_changed(t, by, pin)

    def leave(self, t: float, by: str, client: int) -> None:
        """Free what a client held that closed its connection, or died."""
        for pin in self.header.leave(client):
            self._pin_changed(t, by, pin)

    # What comes of it

    def motor_duties(self) -> dict[str, float]:
        """The duty at each motor, -1 to 1: the mean over a PWM cycle.

        Shorted (both inputs high) or free counts as 0.
        """
        ports = self.hardware.motor_ports.items()
        return {
            name: self._pwm_bridge(port) if port.enable is None else self._pin_bridge(port)
            for name, port in ports
        }

    def pulses(self) -> dict[int, float | None]:
        """Pulse lengths [us] by channel.

        None where the output does not switch.
        """
        return {channel: self._pulse(channel) for channel in range(PWM_CHANNELS)}

    def log(self, since: float) -> list[Event]:
        return [event for event in self.events if event["t"] > since]

    def motor_history(self, since: float) -> list[tuple[float, dict[str, float]]]:
        return [change for change in self._motors if change[0] > since]

    def servo_history(self, since: float) -> list[tuple[float, dict[int, float | None]]]:
        return [change for change in self._servos if change[0] > since]

    # Faults

    def fault(self, t: float, name: str, **details: Any) -> None:
        """Bring about one of FAULTS.

        Raises ValueError or TypeError for wrong names or details.
        """
        faults: dict[str, Callable[..., None]] = {
            "absent": lambda address: self._absent.add(address),
            "nack": lambda address, after=0: self._nack.update({address: int(after)}),
            "hang": lambda seconds, after=None: self._hang_now(
                t, math.inf if seconds is None else float(seconds), after
            ),
            "reset": self._reset,
            "gpio_busy": lambda pin: self.header.busy.add(pin),
            "adc_jump": lambda volts: setattr(self, "_jump", float(volts)),
            "no_echo": lambda: setattr(self, "_deaf", True),
        }
        if name not in faults:
            raise ValueError(f"fault {name!r} is not known; say one of {', '.join(FAULTS)}")
        faults[name](**details)
        self._note(t, "fault", name, **details)
        self._record_outputs(t)

    def clear_faults(self) -> None:
        self._absent: set[int] = set()
        self._nack: dict[int, int] = {}
        self._hung_until = 0.0
        self._hang = None
        self._jump = 0.0
        self._deaf = False
        self.header.busy.clear()

    def _hang_now(self, t: float, seconds: float, after: int | None) -> None:
        if after is None:
            self._hung_until = t + seconds
        else:
            self._hang = int(after), seconds

    def _reset(self) -> None:
        for chip in self.chips:
            chip.reset()

    def _addressed(self, address: int) -> list[Chip]:
        return (
            []
            if address in self._absent
            else [chip for chip in self.chips if chip.answers(address)]
        )

    def _volts(self, channel: int) -> float:
        """The voltage at an input of the ADC.

        A jump lasts until the faults are cleared.
        """
        battery = self.hardware.battery
        if battery is None or channel != battery.channel:
            return 0.0
        return (self.battery + self._jump) / battery.divider

    def _pwm_bridge(self, port: MotorPort) -> float:
        first, second = self.pwm.wave(port.in1), self.pwm.wave(port.in2)
        return ((first & ~second).bit_count() - (second & ~first).bit_count()) / COUNTS

    def _pin_bridge(self, port: MotorPort) -> float:
        first, second, enable = (
            self.header.pin(pin).drive for pin in (port.in1, port.in2, port.enable or 0)
        )
        return (first - second) * enable

    def _pulse(self, channel: int) -> float | None:
        wave = self.pwm.wave(channel)
        return (
            None
            if wave in (0, CYCLE)
            else round(wave.bit_count() / COUNTS * self.pwm.period * 1e6, 3)
        )

    def _pin_changed(self, t: float, by: str, pin: int) -> None:
        self._note(t, by, "gpio", pin=pin, **self.header.pin(pin).state())
        self._record_outputs(t)

    def _note(self, t: float, by: str, kind: str, **details: Any) -> None:
        self.events.append({"t": t, "by": by, "kind": kind, **details})

    def _record_outputs(self, t: float) -> None:
        """Note the motors' duties and the servos' pulses where they changed."""
        motors = self.motor_duties()
        if motors != (self._motors[-1][1] if self._motors else dict.fromkeys(motors, 0.0)):
            self._motors.append((t, motors))
        servos = dict(self._servo_pulses())
        if servos != (self._servos[-1][1] if self._servos else dict.fromkeys(servos)):
            self._servos.append((t, servos))

    def _servo_pulses(self) -> Iterator[tuple[int, float | None]]:
        return ((channel, self._pulse(channel)) for channel in self._servo_channels)
