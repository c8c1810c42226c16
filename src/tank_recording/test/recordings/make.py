"""Makes the recordings of the tests anew, with a whole stack in real time.

``PYTHONPATH=src/tank_client/test:$PYTHONPATH python src/tank_recording/test/recordings/make.py
[NAME ...]``, in the environment of ./tank env, after a message has changed or where a recording's
outcome is no longer the wanted one.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from stack_operator import Operator, stack_in

from tank_cli.ros.listening import listening
from tank_core.ros import interfaces as names
from tank_core.testing.own_domain import own_domain
from tank_recording.choice import Choice, resolved
from tank_recording.ros.session import RecordingProgress, record
from tank_recording.writing import Limits

HERE = Path(__file__).resolve().parent
TOPICS = (names.COMMANDS, names.EXECUTION_STATUS, names.ODOM, names.WORLD_RESET, names.STOPPED)
SETTLE_S = 1.0


@dataclass(frozen=True)
class Scene:
    """Sentences in a world, and pauses.

    A number is a pause [s] after a sentence that is not waited for.
    """

    world: str
    seed: int
    lines: tuple[str | float, ...]


FETCH = "drive forward one meter, then turn left and pick up the cube"
SCENES = {
    "drive": Scene("empty", 0, ("drive forward half a meter", "turn right 60 degrees", "again")),
    "interrupted": Scene(
        "empty", 0, ("drive forward three meters", 2.0, "stop", "turn left 45 degrees")
    ),
    "fetch": Scene(
        "playground",
        3,
        ("drive forward one meter, then turn left and pick up the cube", "pick up the ball"),
    ),
}


def make(name: str, scene: Scene) -> Path:
    """Record a scene; the path of the file."""
    target = HERE / f"{name}.mcap"
    with (
        tempfile.TemporaryDirectory() as folder,
        stack_in(str(own_domain()), world=scene.world, seed=scene.seed, viewer="none") as operator,
        listening() as context,
    ):
        ended, seen = threading.Event(), threading.Event()

        def goes_on(progress: RecordingProgress) -> bool:
            if progress.topics >= len(TOPICS) and progress.messages > 100:
                seen.set()
            return not ended.is_set()

        choice = Choice(resolved(TOPICS, "/"))
        recorder = threading.Thread(
            target=record,
            args=(context, Path(folder) / name, choice, Limits(), goes_on, print),
        )
        recorder.start()
        try:
            assert seen.wait(60.0), "the stack is not heard"
            _talk(operator, scene)
            time.sleep(SETTLE_S)
        finally:
            ended.set()
            recorder.join()
        shutil.copyfile(Path(folder) / name / f"{name}_0.mcap", target)
    return target


def _talk(operator: Operator, scene: Scene) -> None:
    for line, following in zip(scene.lines, (*scene.lines[1:], ""), strict=True):
        if isinstance(line, float):
            time.sleep(line)
        elif isinstance(following, float):
            operator.client.say(line)
        else:
            print(f"“{line}”: {operator.do(line).message}")


if __name__ == "__main__":
    for name in sys.argv[1:] or SCENES:
        made = make(name, SCENES[name])
        print(f"{made}: {made.stat().st_size / 1000:.0f} kB")
