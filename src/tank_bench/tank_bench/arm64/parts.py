"""The robot's parts without ROS, one after another, as proof.py runs them.

In one process, here and under emulation. ``python parts.py JOB.json`` does what the job asks for
and prints one JSON object: for each part its answers, which must not depend on the machine, and
what it took. Only what a robot has is imported: no simulator.
"""

from __future__ import annotations

import ctypes
import json
import platform
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from tank_core.commands import commands_to_json
from tank_core.robot import load_robot
from tank_language.gguf_model import LlamaModel, load_file
from tank_language.grammar import json_gbnf
from tank_language.translator import Translator
from tank_llama.answer import RawAnswer, never
from tank_llama.context import LlamaContext

Job = dict[str, Any]
GETPID = {"aarch64": 172, "x86_64": 39}[platform.machine()]
MARK = 0x7A17  # count.c writes its counts down when it sees this
BEGIN, END, LLAMA_BEGIN, LLAMA_END = range(4)
_system = ctypes.CDLL(None)
DRIVE_STEPS = 120


def mark(number: int) -> None:
    """A moment that the counting plugin sees; nothing at all without it."""
    _system.syscall(GETPID, MARK, number)


class Remembering:
    """A model, and what it wrote last. Marks when llama.cpp begins and ends."""

    def __init__(self, model: LlamaModel) -> None:
        self._model, self.form, self.name = model, model.form, model.name
        evaluate = model.writer.context.evaluate

        def marked(tokens: Sequence[int]) -> None:
            mark(LLAMA_BEGIN)
            evaluate(tokens)
            mark(LLAMA_END)

        model.writer.context.evaluate = marked  # type: ignore[method-assign]

    def answer(self, instruction: str, cancelled: Callable[[], bool] = never) -> RawAnswer:
        self.raw = self._model.answer(instruction, cancelled)
        return self.raw

    def close(self) -> None:
        self._model.close()


def language(job: Job) -> Iterator[Any]:
    """The shipped model, with one thread.

    What every sentence means, what the model wrote, and how sure it was.
    """
    model = Remembering(load_file(Path(job["model"]), threads=1))
    translator = Translator(model)
    for done, sentence in enumerate(job["sentences"], start=1):
        _tell(f"sentence {done}/{len(job['sentences'])}")
        mark(BEGIN)
        meant = translator.translate(sentence)
        mark(END)
        yield [
            sentence,
            str(meant.verdict),
            commands_to_json(meant.commands)["commands"],
            model.raw.text,
            model.raw.confidence,
        ]
    model.close()


def ik(job: Job) -> Iterator[Any]:
    """Solve for every cell at three heights, and targets in and out of reach.

    Answers: whether reached, by how much not [m], joints [rad].
    """
    from tank_ik import Solver, Target

    for name in job["robots"]:
        _tell(f"ik of {name}")
        robot = load_robot(name)
        solver = Solver(robot)
        places = [(x, y, z) for x, y in robot.cells.values() for z in (0.02, 0.06, 0.1)]
        places += [
            (0.08 * i, 0.06 * j, 0.05 * k)
            for i in range(1, 4)
            for j in (-1, 0, 1)
            for k in range(4)
        ]
        for place in places:
            result = solver.solve(Target(place, (0.0, 0.0, -1.0)))
            yield [name, place, result.reached, result.distance, result.q.tolist()]


def perception(job: Job) -> Iterator[Any]:
    """See stored images, and remember from one to the next."""
    import numpy as np

    from tank_core.state import CameraFrame, Pose2D
    from tank_perception.perception import Perception
    from tank_perception.view import View

    robot = load_robot(job["robots"][0])
    eyes = Perception(robot)
    for moment in job["moments"]:
        _tell(f"perception of the image at {moment['time']:.1f} s")
        frame, view = (
            CameraFrame(moment["time"], np.load(moment["image"])),
            View.of(robot, Pose2D(*moment["base"]), moment["joints"]),
        )
        mark(BEGIN)
        seen = eyes.observe(frame, view)
        mark(END)
        for thing in seen.objects:
            yield [
                moment["time"],
                thing.id,
                thing.color,
                thing.shape,
                thing.age,
                thing.confidence,
                thing.position,
                thing.size,
            ]


def driver(job: Job) -> Iterator[Any]:
    """Each board's driver on a model of its chips, by a clock of its own.

    What the wire saw, and where the robot believes to be.
    """
    from tank_core.state import RobotCommand, Twist2D
    from tank_hw_driver.board.board import open_board
    from tank_hw_driver.bus.open import open_wires
    from tank_hw_driver.chip_model.client import ModelClient
    from tank_hw_driver.hardware import load_hardware
    from tank_hw_driver.rasptank_backend import RasptankBackend

    for name, path in job["chips"].items():
        hardware = load_hardware(name)
        wires = open_wires(f"model:{path}", hardware.i2c.bus, hardware.i2c.timeout)
        robot, now = load_robot(hardware.robot), [0.0]
        arm = dict(zip(robot.arm.joint_names, robot.arm.home, strict=True))
        board = open_board(hardware, wires)
        backend = RasptankBackend(robot, hardware, board, None, clock=partial(now.__getitem__, 0))
        backend.wake()
        for step in range(DRIVE_STEPS):
            _tell(f"driver of {name} {step + 1}/{DRIVE_STEPS}")
            now[0] = (step + 1) * 0.02
            twist = (
                Twist2D(0.2, 0.5 * (step > DRIVE_STEPS // 2))
                if step < DRIVE_STEPS - 20
                else Twist2D()
            )
            command = RobotCommand(
                twist, {joint: home - 0.003 * step for joint, home in arm.items()}
            )
            mark(BEGIN)
            backend.apply(command)
            odometry = backend.read().odometry
            mark(END)
        yield [
            name,
            "odometry",
            odometry.pose.x,
            odometry.pose.y,
            odometry.pose.yaw,
            *odometry.variance,
        ]
        backend.close()
        wires.close()
        client = ModelClient(path, name="witness")
        for event in client.log():
            yield [name, {key: value for key, value in event.items() if key not in ("t", "by")}]
        client.close()


def shape(job: Job) -> Iterator[Any]:
    """Run a model file for counting.

    ``batch`` tokens at once, then single ones, and the choice of one under our JSON grammar.
    """
    context = LlamaContext(Path(job["model"]), 1, 512)
    grammar = context.grammar(json_gbnf())
    tokens = list(range(300, 300 + job["batch"]))
    context.evaluate(tokens[:4])  # the first call makes room, which is paid once
    mark(BEGIN)
    context.evaluate(tokens)
    mark(END)
    for token in tokens[: job["singles"]]:
        _tell(f"a token of {Path(job['model']).name}")
        mark(BEGIN)
        context.evaluate([token])
        mark(END)
    mark(BEGIN)
    grammar.choose(context.logits())
    mark(END)
    grammar.close()
    context.close()
    yield job["batch"]


PARTS: dict[str, Callable[[Job], Iterator[Any]]] = {
    "language": language, "ik": ik, "perception": perception, "driver": driver, "shape": shape,
}  # fmt: skip


def resident_mb() -> float:
    """Memory [MB] of the program itself that is resident now.

    Under qemu-aarch64 /proc/self/maps is the program's, while smaps is the emulator's with the
    program's in it, at the same addresses.
    """
    spans = _spans()
    kilobytes, inside = 0, False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        word = line.split()[0]
        if not word.endswith(":"):
            start, end = (int(text, 16) for text in word.split("-"))
            inside = any(start < last and first < end for first, last in spans)
        elif word == "Rss:" and inside:
            kilobytes += int(line.split()[1])
    return kilobytes * 1024 / 1e6


def status_mb(field: str) -> float:
    """A field of /proc/self/status [MB], an emulator included.

    VmHWM is the most that was ever resident, VmSize the address space.
    """
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:")) * 1024 / 1e6


def own_space_mb() -> float:
    """Address space [MB] of the program itself."""
    return sum(end - start for start, end in _spans()) / 1e6


def _spans() -> list[tuple[int, int]]:
    own = [line.split()[0].split("-") for line in Path("/proc/self/maps").read_text().splitlines()]
    return [(int(start, 16), int(end, 16)) for start, end in own]


def _tell(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{platform.machine()}: {text}", end="", file=sys.stderr, flush=True)


def main() -> None:
    job: Job = json.loads(Path(sys.argv[1]).read_text())
    found: dict[str, Any] = {"machine": platform.machine(), "start_mb": resident_mb(), "parts": {}}
    found["overhead_mb"] = status_mb("VmSize") - own_space_mb()
    for name in job["parts"]:
        began = time.process_time()
        answers = list(PARTS[name](job))
        found["parts"][name] = {
            "answers": answers,
            "seconds": time.process_time() - began,
            "resident_mb": resident_mb(),
        }
    found |= {"peak_mb": status_mb("VmHWM"), "space_mb": own_space_mb()}
    _tell("")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
