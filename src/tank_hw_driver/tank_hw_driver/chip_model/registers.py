"""The chips on the I2C bus, register by register.

Sources: NXP, PCA9685 product data sheet, rev. 4, sections 7.1 to 7.3 (addresses, register map with
values at reset, restart, auto-increment); TI, ADS7830 data sheet, "command byte" and "single-ended
channel selection"; InvenSense, MPU-6000 register map (WHO_AM_I).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

COUNTS = 4096  # steps of one PWM cycle
CYCLE = (1 << COUNTS) - 1  # a cycle that is high throughout, one bit a step

MODE1, MODE2, SUBADR1, ALLCALLADR, PRE_SCALE = 0x00, 0x01, 0x02, 0x05, 0xFE
LED0, LED_END, ALL_LED, ALL_LED_END = 0x06, 0x45, 0xFA, 0xFD
RESTART, AUTO_INCREMENT, SLEEP, ALLCALL = 0x80, 0x20, 0x10, 0x01  # of MODE1
SUB_ENABLE = (0x08, 0x04, 0x02)  # of MODE1, for SUBADR1 to 3
INVERT = 0x10  # of MODE2
FULL = 0x10  # of LEDn_ON_H (full on) and LEDn_OFF_H (full off, which wins)
GENERAL_CALL, SOFTWARE_RESET = 0x00, 0x06


class Chip(Protocol):
    """A chip on the bus.

    Bytes reach it one after another: a transfer that breaks off has done what came before.
    """

    def answers(self, address: int) -> bool:
        """True when it acknowledges this 7-bit address."""
        ...

    def write(self, data: bytes) -> None:
        """Take the bytes after the address byte, up to the stop."""
        ...

    def read(self, count: int) -> bytes:
        """The next bytes it sends."""
        ...

    def reset(self) -> None:
        """Be as at power-on."""
        ...


class Pca9685Model:
    """The PWM chip, whose clock really runs at ``oscillator`` [Hz]."""

    def __init__(self, address: int, oscillator: float = 25e6) -> None:
        self.address = address
        self.oscillator = oscillator
        self.reset()

    def reset(self) -> None:
        self._registers = bytearray(256)
        self._registers[MODE1] = SLEEP | ALLCALL
        self._registers[MODE2] = 0x04  # totem pole
        self._registers[SUBADR1 : ALLCALLADR + 1] = bytes((0xE2, 0xE4, 0xE8, 0xE0))
        for register in range(LED0 + 3, LED_END + 1, 4):
            self._registers[register] = FULL
        self._registers[PRE_SCALE] = 0x1E
        self._pointer = 0

    def answers(self, address: int) -> bool:
        mode = self._registers[MODE1]
        if address == self.address:
            return True
        if mode & ALLCALL and address == self._registers[ALLCALLADR] >> 1:
            return True
        return any(
            mode & bit and address == self._registers[SUBADR1 + i] >> 1
            for i, bit in enumerate(SUB_ENABLE)
        )

    def write(self, data: bytes) -> None:
        if not data:
            return
        self._pointer = data[0]
        for value in data[1:]:
            self._put(self._pointer, value)
            self._advance()

    def read(self, count: int) -> bytes:
        answer = bytearray()
        for _ in range(count):
            # ALL_LED registers are write-only and read as zero.
            answer.append(
                0 if ALL_LED <= self._pointer <= ALL_LED_END else self._registers[self._pointer]
            )
            self._advance()
        return bytes(answer)

    @property
    def period(self) -> float:
        """The time of a PWM cycle [s]."""
        return COUNTS * (self._registers[PRE_SCALE] + 1) / self.oscillator

    @property
    def alive(self) -> bool:
        """Whether outputs move.

        Not while the oscillator is off, and after that until the outputs are restarted.
        """
        return not self._registers[MODE1] & (SLEEP | RESTART)

    def wave(self, channel: int) -> int:
        """A cycle of an output: bit n is its level in step n of 4096.

        A dead chip's outputs are low.
        """
        if not self.alive:
            return 0
        at = LED0 + 4 * channel
        on_low, on_high, off_low, off_high = self._registers[at : at + 4]
        if off_high & FULL:
            high = 0
        elif on_high & FULL:
            high = CYCLE
        else:
            on, off = on_low | (on_high & 0x0F) << 8, off_low | (off_high & 0x0F) << 8
            high = (1 << off) - (1 << on) if on <= off else CYCLE ^ ((1 << on) - (1 << off))
        return high ^ CYCLE if self._registers[MODE2] & INVERT else high

    def _put(self, register: int, value: int) -> None:
        if register == MODE1:
            self._put_mode1(value)
        elif register == PRE_SCALE:
            if self._registers[MODE1] & SLEEP:  # blocked while the oscillator runs
                self._registers[PRE_SCALE] = max(3, value)
        elif ALL_LED <= register <= ALL_LED_END:
            for channel in range(16):
                self._put_led(LED0 + 4 * channel + register - ALL_LED, value)
        elif LED0 <= register <= LED_END:
            self._put_led(register, value)
        elif register == MODE2:
            self._registers[MODE2] = value & 0x1F
        elif SUBADR1 <= register <= ALLCALLADR:
            self._registers[register] = value & 0xFE

    def _put_mode1(self, value: int) -> None:
        before = self._registers[MODE1]
        restart = before & RESTART
        if (
            value & SLEEP
            and not before & SLEEP
            and any(not self._registers[LED0 + 4 * n + 3] & FULL for n in range(16))
        ):
            # put to sleep while outputs run: they stay dead after it until restarted
            restart = RESTART
        elif value & RESTART and not value & SLEEP:
            restart = 0  # writing 1 clears the bit
        self._registers[MODE1] = (value & ~RESTART & 0xFF) | restart

    def _put_led(self, register: int, value: int) -> None:
        high_byte = (register - LED0) % 2 == 1
        self._registers[register] = value & 0x1F if high_byte else value
        if not self._registers[MODE1] & SLEEP:
            # with MODE2's OCH at 0 a write to a PWM register ends it, too
            self._registers[MODE1] &= ~RESTART & 0xFF

    def _advance(self) -> None:
        if self._registers[MODE1] & AUTO_INCREMENT:
            self._pointer = (
                0 if self._pointer in (LED_END, PRE_SCALE) else (self._pointer + 1) & 0xFF
            )


class Ads7830Model:
    """The 8-bit ADC with 8 inputs.

    ``inputs(channel)`` gives the volts at a pin; ``supply`` [V] is the reference while its own is
    off.
    """

    def __init__(self, address: int, supply: float, inputs: Callable[[int], float]) -> None:
        self.address = address
        self._supply = supply
        self._inputs = inputs
        self.reset()

    def reset(self) -> None:
        self._command = 0

    def answers(self, address: int) -> bool:
        return address == self.address

    def write(self, data: bytes) -> None:
        if data:
            self._command = data[-1]  # every byte is a command; the last one counts

    def read(self, count: int) -> bytes:
        return bytes(self._convert() for _ in range(count))

    def _convert(self) -> int:
        select = self._command >> 4 & 0x7
        pair = (select & 0x3) * 2
        odd = select >> 2
        if self._command & 0x80:  # single-ended: C2 is the channel's lowest bit
            volts = self._inputs(pair + odd)
        else:
            volts = (self._inputs(pair) - self._inputs(pair + 1)) * (-1 if odd else 1)
        reference = 2.5 if self._command & 0x08 else self._supply
        return max(0, min(255, int(volts / reference * 256)))


class Mpu6050:
    """As much of the motion sensor as tells that it is there."""

    WHO_AM_I = 0x75

    def __init__(self, address: int) -> None:
        self.address = address
        self.reset()

    def reset(self) -> None:
        self._pointer = 0

    def answers(self, address: int) -> bool:
        return address == self.address

    def write(self, data: bytes) -> None:
        if data:
            self._pointer = data[0]

    def read(self, count: int) -> bytes:
        answer = bytes(
            0x68 if (self._pointer + i) & 0xFF == self.WHO_AM_I else 0 for i in range(count)
        )
        self._pointer = (self._pointer + count) & 0xFF
        return answer
