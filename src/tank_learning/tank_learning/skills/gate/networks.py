"""The driver's networks: an eye for images, a head that proposes a chunk."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from tank_learning.skills.gate.demonstrator import SPEED, TURN_RATE
from tank_skills.driver import HORIZON, IMAGE

Spec = list[dict[str, Any]]

CHANNELS = (3, 16, 32, 48, 64)
SEEN = 64  # numbers that the eye tells of an image
WIDTH = 128
SCALE = (SPEED, TURN_RATE)  # [m/s], [rad/s] of the velocities: those of the demonstrator


def eye() -> Spec:
    """64x48 pixels, 0 to 1, to SEEN numbers."""
    layers: Spec = [{"layer": "scale", "offset": -0.5}]
    for inner, outer in pairwise(CHANNELS):
        layers += [
            {"layer": "conv", "in": inner, "out": outer, "kernel": 3, "stride": 2, "pad": 1},
            {"layer": "group_norm", "groups": 8, "channels": outer},
            {"layer": "silu"},
        ]
    width, height = (side >> len(CHANNELS) - 1 for side in IMAGE)
    return [
        *layers,
        {"layer": "flatten"},
        {"layer": "linear", "in": CHANNELS[-1] * width * height, "out": SEEN},
        {"layer": "silu"},
    ]


def head() -> Spec:
    """Two images as seen, and the motion between, to (HORIZON, 3) numbers.

    They are velocities as a share of SCALE, and the logit of the end.
    """
    return [
        {"layer": "linear", "in": 2 * SEEN + 3, "out": WIDTH},
        {"layer": "silu"},
        {"layer": "linear", "in": WIDTH, "out": WIDTH},
        {"layer": "silu"},
        {"layer": "linear", "in": WIDTH, "out": 3 * HORIZON},
        {"layer": "reshape", "shape": [HORIZON, 3]},
        {"layer": "scale", "factor": [*SCALE, 1.0]},
    ]
