"""Tries a model file that nobody vouches for in a process of its own.

Where llama.cpp meets the unexpected it ends the process. About one randomly damaged header in 170
gets past every check and does that (measured on 1200); the process that would die with it also
drives the robot.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tank_core.exceptions import ModelError

TIMEOUT = 120.0  # [s]; a model of 3 MB takes 0.4 s, one of 300 MB about 2 s
REFUSED = 3  # exit status: a ModelError, told on stdout


def try_model(path: Path, context: int) -> None:
    """Load a model and ask it, in a process of its own.

    Raises ModelError when it cannot be loaded and asked, or when that ends the process.
    """
    environment = dict(
        os.environ, PYTHONPATH=os.pathsep.join(filter(None, sys.path)), GGML_NO_BACKTRACE="1"
    )
    command = [sys.executable, "-m", "tank_llama.trial", str(path), str(context)]
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, errors="replace",
            timeout=TIMEOUT, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise ModelError(
            f"model file {path} was not ready within {TIMEOUT:g} s; choose a smaller model"
        ) from None
    if done.returncode == REFUSED:
        raise ModelError(done.stdout.strip())
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        reason = next((line for line in lines if "GGML_ASSERT" in line), lines[-1])
        raise ModelError(
            f"llama.cpp cannot live with model file {path} ({reason.rpartition('/')[2]}): it is "
            "damaged; choose another file"
        )


def main() -> int:
    """The process that tries: load, and evaluate a few tokens under a grammar."""
    from tank_llama.context import LlamaContext

    try:
        context = LlamaContext(Path(sys.argv[1]), threads=1, size=int(sys.argv[2]))
        context.evaluate(context.tokens("turn left", begin=True))
        context.grammar('root ::= "a"\n').choose(context.logits())
    except ModelError as error:
        print(error)
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main())
