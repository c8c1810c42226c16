"""What a training run computes on."""

from __future__ import annotations

import torch

from tank_core.exceptions import TankError


def choose(said: str) -> str:
    """PyTorch's name of the device; "auto" takes a GPU where there is one.

    Raises TankError for a GPU that is not there.
    """
    if said == "cuda" and not torch.cuda.is_available():
        raise TankError(
            "--device cuda: PyTorch sees no GPU here; say --device cpu, or install a PyTorch with "
            "CUDA"
        )
    return ("cuda" if torch.cuda.is_available() else "cpu") if said == "auto" else said


def has_bfloat16(device: str) -> bool:
    """Whether a GPU computes in bfloat16.

    Older ones (T4) do so in software, and Gemma 3 overflows their float16.
    """
    return device == "cuda" and torch.cuda.get_device_capability() >= (8, 0)
