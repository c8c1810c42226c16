"""Judges when a stack is ready, and what is missing until then.

Pure: what was heard is an argument.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tank_core.health import LOADING

MODEL_PART = "language_node: model"  # in diagnostics
# where the robot is shown: MuJoCo's own view, or the cockpit
VIEWER_PARTS = ("sim_node: viewer", "cockpit_node: page")
WITHOUT_SIGHT = "the robot looks for nothing and grasps by touch alone"
PERCEPTION_PART = "perception_node: perception"
# the real robot's is found again by itself, so nobody waits for it
CAMERA_PART = "sim_node: camera"


@dataclass(frozen=True)
class Readiness:
    """The state of a stack that starts.

    ``missing``: what it still waits for; ``failed``: nodes that could not start; ``doubled``: nodes
    that are there twice.
    """

    missing: tuple[str, ...]
    failed: tuple[str, ...]
    doubled: tuple[str, ...]
    model: str
    model_ok: bool
    blind: str = ""  # why the simulated camera gives no images, where it should

    @property
    def ready(self) -> bool:
        return not self.missing and not self.failed


def readiness(
    wanted: Sequence[str],
    there: Sequence[str],
    diagnostics: Mapping[str, tuple[bool, str]],
    robot: bool,
    status: bool,
) -> Readiness:
    """Judge whether the stack of the ``wanted`` nodes is ready.

    ``there``: the nodes that are there; ``diagnostics``: in order and message, by part; ``robot``,
    ``status``: whether robot and executor have said how they are.
    """
    counts = Counter(there)
    missing = [f"node {name}" for name in wanted if not counts[name]]
    model_ok, model = diagnostics.get(MODEL_PART, (True, LOADING))
    camera_ok, camera = diagnostics.get(CAMERA_PART, (True, ""))
    if not missing:
        missing += [] if robot else ["the robot"]
        missing += [] if status else ["the executor"]
        missing += ["the language model"] if model == LOADING else []
        missing += ["the camera"] if camera == LOADING else []
        first_look = diagnostics.get(PERCEPTION_PART, (True, ""))[1]
        missing += ["the first look around"] if camera_ok and first_look == LOADING else []
    doubled = tuple(name for name in wanted if counts[name] > 1)
    return Readiness(
        tuple(missing),
        tuple(_failures(wanted, diagnostics)),
        doubled,
        model,
        model_ok,
        "" if camera_ok else camera,
    )


def _failures(wanted: Sequence[str], diagnostics: Mapping[str, tuple[bool, str]]) -> list[str]:
    """Nodes that are there and could not start: they say so themselves."""
    states = {name: diagnostics.get(f"{name}: state", (True, "")) for name in wanted}
    return [f"{name} {message}" for name, (fine, message) in states.items() if not fine]
