"""The device that a training run computes on."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

import torch

from tank_core.exceptions import TankError

WORTH_COMPILING = 2_000_000  # [tokens] compiling takes about a minute


@dataclass(frozen=True)
class Machine:
    """On what a run is trained.

    It decides the speed; the figures it changes within noise only.
    """

    device: str = "cpu"  # a torch device
    threads: int = 1  # CPU threads; 0 leaves torch's own choice
    bf16: bool = False  # matrix products in bfloat16; weights, norms and attention stay in float32
    compiled: bool = False  # fused by torch.compile, which needs a C++ compiler

    @classmethod
    def detect(cls, device: str = "auto", threads: int = 1, tokens: int = 0) -> Machine:
        """The fastest way that this machine has.

        A GPU, or a CPU's products in bfloat16, or float32. Raises TankError without a GPU for
        "cuda".
        """
        device = choose(device)
        bf16 = has_bfloat16(device)
        compiled = bf16 and tokens >= WORTH_COMPILING and shutil.which("g++") is not None
        return cls(device, threads, bf16, compiled)


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
    """Whether a device multiplies in bfloat16.

    A CPU by AMX or AVX-512 (4.4 times the speed of float32, measured on a Zen 5 core). Older GPUs
    (T4) do so in software, and Gemma 3 overflows their float16.
    """
    if device == "cpu":
        known = torch.cpu.get_capabilities()
        return bool(known.get("amx_bf16") or known.get("avx512_bf16"))
    return device == "cuda" and torch.cuda.get_device_capability() >= (8, 0)
