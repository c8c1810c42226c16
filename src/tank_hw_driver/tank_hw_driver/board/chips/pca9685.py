"""The PCA9685 PWM chip, by its one owner.

Source: NXP, PCA9685 product data sheet, rev. 4, section 7.3: registers, restart, prescale. Outputs
change together at the stop of a transfer (MODE2's OCH at 0), so what is written in one block
changes at one time.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from tank_hw_driver.bus.base import BusError, I2cBus
from tank_hw_driver.hardware import PWM_CHANNELS, PwmChip

COUNTS = 4096  # steps of a cycle
MODE1, MODE2, LED0, PRE_SCALE = 0x00, 0x01, 0x06, 0xFE
RESTART, AUTO_INCREMENT, SLEEP, ALLCALL = 0x80, 0x20, 0x10, 0x01  # of MODE1
TOTEM_POLE = 0x04  # of MODE2, everything else 0
FULL = 0x10  # in LEDn_ON_H: on throughout; in LEDn_OFF_H: off throughout, and that wins
WAKE_TIME = 0.001  # s; the oscillator needs 500 us


class Pca9685:
    """Outputs are set as counts of 4096 in which they are high.

    0 is off throughout, 4096 on throughout. All methods raise BusError.
    """

    def __init__(self, bus: I2cBus, chip: PwmChip) -> None:
        self._bus = bus
        self._chip = chip
        self.prescale = max(3, min(255, round(chip.oscillator / (COUNTS * chip.frequency)) - 1))

    def start(self, first_off: Iterable[int]) -> None:
        """Make the chip ready at its frequency.

        The channels ``first_off`` go off before anything else. A chip that runs already is then
        left alone, so that servos do not twitch; on any other every channel goes off.
        """
        self.off(first_off)
        mode, prescale = self._get(MODE1), self._get(PRE_SCALE)
        if self._get(MODE2) != TOTEM_POLE:
            self._put(MODE2, TOTEM_POLE)
        if (
            prescale == self.prescale
            and mode & (AUTO_INCREMENT | SLEEP | RESTART) == AUTO_INCREMENT
        ):
            return
        self._put(MODE1, mode & SLEEP | AUTO_INCREMENT | ALLCALL)
        self.set(dict.fromkeys(range(PWM_CHANNELS), 0))
        self._put(MODE1, SLEEP | AUTO_INCREMENT | ALLCALL)
        self._put(PRE_SCALE, self.prescale)
        self._put(MODE1, AUTO_INCREMENT | ALLCALL)
        time.sleep(WAKE_TIME)
        # outputs that somebody put to sleep while they ran wait for this
        self._put(MODE1, RESTART | AUTO_INCREMENT | ALLCALL)

    def set(self, counts: dict[int, int]) -> None:
        """Set counts by channel, in one transfer for each run of neighbors.

        The chip must have been started.
        """
        for first, values in _runs(counts):
            self._bus.write(
                self._chip.address, bytes([LED0 + 4 * first]) + b"".join(map(_led, values))
            )

    def counts_now(self, channels: Iterable[int]) -> dict[int, int]:
        """The counts that the chip makes on these channels; 0 while it sleeps.

        The chip must have been started.
        """
        asleep = bool(self._get(MODE1) & SLEEP)
        return {
            channel: 0
            if asleep
            else _read_led(self._bus.read(self._chip.address, LED0 + 4 * channel, 4))
            for channel in channels
        }

    def off(self, channels: Iterable[int]) -> None:
        """Turn these channels off, in whatever state the chip is.

        Together, or where that fails one by one.
        """
        wanted = sorted(channels)
        if not wanted:
            return
        try:
            self.set(dict.fromkeys(wanted, 0))
            if self._get(MODE1) & AUTO_INCREMENT:
                return  # else the block went into one register: the chip was reset, or is not ours
        except BusError as error:
            _give_up_if_hung(error)
        failure: BusError | None = None
        for channel in wanted:
            try:
                self._put(LED0 + 4 * channel + 3, FULL)
            except BusError as error:
                _give_up_if_hung(error)
                failure = error
        if failure is not None:
            raise failure

    def check(self) -> None:
        """Raise BusError when the chip is not as ``start`` left it."""
        mode, prescale = self._get(MODE1), self._get(PRE_SCALE)
        if mode & SLEEP or not mode & AUTO_INCREMENT or prescale != self.prescale:
            raise BusError(
                f"the PCA9685 at {self._chip.address:#04x} was reset (MODE1 {mode:#04x}, PRE_SCALE "
                f"{prescale}, not {self.prescale}): "
                "its outputs are dead; check the battery and the supply's plug, then start the "
                "driver again"
            )

    def counts(self, pulse: float) -> int:
        """The counts nearest to a pulse [us], by this chip's own clock.

        Raises BusError for what it cannot make.
        """
        step = (self.prescale + 1) / self._chip.oscillator * 1e6
        if not 0.5 * step < pulse < (COUNTS - 0.5) * step:
            longest = (COUNTS - 1) * step
            raise BusError(
                f"a pulse of {pulse:g} us is impossible; the PCA9685 at {self.frequency:.1f} Hz "
                f"makes {step:.1f} to {longest:.0f} us"
            )
        return round(pulse / step)

    def pulse(self, counts: int) -> float:
        """The pulse [us] that so many counts make."""
        return counts * (self.prescale + 1) / self._chip.oscillator * 1e6

    @property
    def frequency(self) -> float:
        """The frequency that the prescaler really makes [Hz]."""
        return self._chip.oscillator / (COUNTS * (self.prescale + 1))

    def _get(self, register: int) -> int:
        return self._bus.read(self._chip.address, register, 1)[0]

    def _put(self, register: int, value: int) -> None:
        self._bus.write(self._chip.address, bytes([register, value]))


def _give_up_if_hung(error: BusError) -> None:
    """Raise the error again where the bus hangs.

    That costs a time-out for each try; another NACK costs next to nothing.
    """
    if isinstance(error.__cause__, TimeoutError):
        raise error


def _led(counts: int) -> bytes:
    """The four registers of an output: ON_L, ON_H, OFF_L, OFF_H."""
    if counts <= 0:
        return bytes((0, 0, 0, FULL))
    if counts >= COUNTS:
        return bytes((0, FULL, 0, 0))
    return bytes((0, 0, counts & 0xFF, counts >> 8))


def _read_led(registers: bytes) -> int:
    """The inverse of ``_led``, wherever in the cycle the output goes high."""
    on_low, on_high, off_low, off_high = registers
    if off_high & FULL:
        return 0
    if on_high & FULL:
        return COUNTS
    return ((off_low | off_high << 8) - (on_low | on_high << 8)) % COUNTS


def _runs(counts: dict[int, int]) -> Iterator[tuple[int, list[int]]]:
    """First channel and counts of each run of neighboring channels."""
    run: list[int] = []
    for channel in sorted(counts):
        run.append(counts[channel])
        if channel + 1 not in counts:
            yield channel + 1 - len(run), run
            run = []
