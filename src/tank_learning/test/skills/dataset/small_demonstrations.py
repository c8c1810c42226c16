"""Small demonstrations, for tests of datasets."""

from __future__ import annotations

import numpy as np

from tank_learning.skills.dataset import Demonstration, Spec

SIZE = (32, 24)
NAMES = ("arm.pos", "x.vel", "theta.vel")
SPEC = Spec("tank", 10, NAMES, NAMES, {"front": SIZE})
TASKS = ("go through the gate", "face the red cube")


def demonstration(number: int, frames: int = 4, spec: Spec = SPEC) -> Demonstration:
    """A demonstration of ``frames``, the same again for the same number."""
    dice = np.random.default_rng(number)
    images = {}
    for name, (width, height) in spec.cameras.items():
        row = np.linspace(0, 200, width) + 5 * number
        ramp = np.broadcast_to(row[None, :, None], (height, width, 3)).astype(np.uint8)
        images[name] = np.stack([np.roll(ramp, 3 * frame, axis=1) for frame in range(frames)])
    return Demonstration(
        TASKS[number % 2],
        dice.normal(size=(frames, len(spec.state))).astype(np.float32),
        dice.normal(size=(frames, len(spec.action))).astype(np.float32),
        images,
        f"dice {number}",
    )
