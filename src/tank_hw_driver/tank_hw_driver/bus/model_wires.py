"""Wires of the chip model, for tests and ``--mock``.

Their errors and sentences are those of the real ones.
"""

from __future__ import annotations

from typing import Any

from tank_hw_driver.bus.base import MODEL, BusError, I2cBus
from tank_hw_driver.bus.faults import CheckedBus
from tank_hw_driver.chip_model.client import ModelClient


class ModelWires:
    """A connection to the model on ``path``; ``timeout`` [s] is its bus's.

    Raises BusError where none listens.
    """

    def __init__(self, path: str, timeout: float = 0.05) -> None:
        self.name = MODEL + path
        try:
            self._client = ModelClient(path, timeout)
        except OSError as error:
            raise BusError(
                f"no chip model listens at {path!r} ({error.strerror or error}); "
                f"start one: python -m tank_hw_driver.chip_model --board BOARD --socket {path}"
            ) from error
        self.i2c: I2cBus = CheckedBus(self._client, self.name, timeout)
        self._factory: Any = None

    def pin_factory(self) -> Any:
        if self._factory is None:
            from tank_hw_driver.bus.model_pins import ModelFactory

            self._factory = ModelFactory(self._client)
        return self._factory

    def drive_low(self, pins: tuple[int, ...]) -> None:
        try:
            self._client.drive_low(pins)
        except (OSError, ValueError) as error:
            raise BusError(
                f"GPIO pins {pins} cannot be driven low: {error}; is the chip model still there?"
            ) from error

    def close(self) -> None:
        if self._factory is not None:
            self._factory.close()
            self._factory = None
        self._client.close()
