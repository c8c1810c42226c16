"""Tries what of Tank works on this machine: the last line of the set-up.

``python -m tank_cli.doctor.what_works``.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tank_core.exceptions import TankError
from tank_core.io.one_line import described

SENTENCE = "turn left"


@dataclass(frozen=True)
class Part:
    """``works``: what it is here.

    Where that is empty it does not, and ``problem`` says why, with the cure.
    """

    name: str
    works: str = ""
    problem: str = ""


def look() -> Iterator[Part]:
    """Every part, one after another."""
    parts: tuple[tuple[str, Callable[[], Part]], ...] = (
        ("camera", camera), ("viewer", viewer), ("ROS 2", ros), ("model", model),
    )  # fmt: skip
    for name, try_it in parts:
        try:
            yield try_it()
        except Exception as error:  # the border: a part that is broken in its own way does not work
            yield Part(name, problem=f"{described(error)}; ./tank doctor tells more")


def camera() -> Part:
    """Whether a picture can be rendered."""
    from tank_sim.sensors import render_backend

    finding = render_backend.look()
    if finding.way:
        return Part("camera", f"camera ({render_backend.NAMES.get(finding.way, finding.way)})")
    return Part("camera", problem=f"{finding.problem}; {render_backend.cure()}")


def viewer() -> Part:
    """Whether MuJoCo's own viewer for the browser can be loaded.

    With what of Tank goes into it.
    """
    import tank_sim  # noqa: F401 - says by what OpenGL is spoken, before mujoco is imported

    for module in (
        "mujoco.studio.launch_web",
        "mujoco.studio.web.web_server",
        "tank_sim.view.follower",
    ):
        try:
            importlib.import_module(module)
        except ImportError as missing:
            return Part("viewer", problem=f"{missing}; ./tank setup")
    return Part("viewer", "viewer (in a browser)")


def ros() -> Part:
    """Whether a node can be made, in a context of its own."""
    from tank_core.ros.runtime.environment import prepare

    try:
        prepare()  # before rclpy: some of it ends the process when that is imported
    except TankError as unfit:
        return Part("ROS 2", problem=str(unfit))
    from tank_cli.ros.try_node import try_node

    try_node()
    origin = " (from PyPI)" if os.environ.get("TANK_WHEELS") else ""
    return Part("ROS 2", f"ROS 2 {os.environ.get('ROS_DISTRO', '')}{origin}")


def model() -> Part:
    """Whether the model understands a sentence."""
    from tank_language.gguf_model import load_model
    from tank_language.translator import Translator

    loaded = load_model()
    try:
        translation = Translator(loaded).translate(SENTENCE)
    finally:
        loaded.close()
    if not translation.commands:
        return Part("model", problem=f'"{SENTENCE}" was not understood: {translation.reason}')
    return Part("model", f"language model ({SENTENCE!r}: {translation.latency_s * 1000:.0f} ms)")


def tell(parts: list[Part]) -> str:
    """All in one line."""
    works = ", ".join(part.works for part in parts if part.works)
    fails = "; ".join(f"{part.name} does not: {part.problem}" for part in parts if not part.works)
    return "; ".join(filter(None, (f"works: {works}" if works else "", fails)))


def main() -> int:
    """0 when all works; else 1, which keeps nobody from using the rest."""
    parts = list(look())
    print(tell(parts), flush=True)
    return 0 if all(part.works for part in parts) else 1


if __name__ == "__main__":
    sys.exit(main())
