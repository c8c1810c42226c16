"""A chip model for a test: its process, or only its I2C bus.

The process has a socket of its own and ends with the test; the bus is in the test's process.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tank_hw_driver.chip_model.client import ModelClient
from tank_hw_driver.chip_model.model import ChipModel


@contextmanager
def chip_model(
    board: str = "robot_hat_v3", *, battery: float = 7.9, distance: float = 1.2
) -> Iterator[ModelClient]:
    """A fresh model of a board; ``client.path`` is its socket.

    Raises RuntimeError where it does not start.
    """
    with tempfile.TemporaryDirectory(prefix="tank-chips-") as folder:
        path = Path(folder) / "chips"
        command = [
            sys.executable,
            "-m",
            "tank_hw_driver.chip_model",
            "--board",
            board,
            "--socket",
            str(path),
        ]
        command += ["--battery", str(battery), "--distance", str(distance)]
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry),
        }
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
        )
        try:
            assert process.stdout is not None and process.stderr is not None
            if not process.stdout.readline():
                raise RuntimeError(f"the chip model did not start: {process.stderr.read()}")
            client = ModelClient(str(path), name="test")
            try:
                yield client
            finally:
                client.close()
        finally:
            process.terminate()
            process.communicate(timeout=30.0)


class ModelBus:
    """A model's I2C bus without process, hang and clock.

    For many transfers in little time. Raises OSError as ``ModelClient`` does.
    """

    def __init__(self, model: ChipModel) -> None:
        self.model = model

    def i2c_write(self, address: int, data: bytes) -> None:
        self.model.i2c_write(0.0, "test", address, data)

    def i2c_read(self, address: int, register: int | None, count: int) -> bytes:
        return self.model.i2c_read(0.0, "test", address, register, count)

    def close(self) -> None:
        pass
