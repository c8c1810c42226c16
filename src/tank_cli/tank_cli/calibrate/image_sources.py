"""Sources of pictures for a calibration.

Files, the simulator's camera, a running stack, or a camera on this computer.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tank_core.exceptions import TankError
from tank_core.io.arguments import PICTURES, seed, whole
from tank_core.io.inputs import read_bytes

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    RgbImage = npt.NDArray[np.uint8]

TOPIC = "camera/image_raw"
SETTLE_S = 0.5  # simulated before the picture, so that what was placed lies still
PI = "picamera2"
WARM_UP = 10  # images that a camera may take to find its exposure


@dataclass(frozen=True)
class Picture:
    """An image with the name under which it is told about.

    ``rgb`` is (height, width, 3) uint8.
    """

    name: str
    rgb: RgbImage


def add_sources(parser: argparse.ArgumentParser, world: bool) -> None:
    """Add the options that say where pictures come from.

    ``world``: the simulator's camera, too.
    """
    group = parser.add_argument_group("where the pictures come from (give one of these)")
    group.add_argument(
        "--image",
        nargs="+",
        action="extend",
        metavar="FILE",
        help="image files, or folders of them",
    )
    if world:
        group.add_argument(
            "--world",
            metavar="W",
            help="what the simulated robot sees of this world, to try it out; see --seed, --robot",
        )
    group.add_argument(
        "--topic",
        nargs="?",
        const=TOPIC,
        metavar="T",
        help=f"images of a running robot or simulation (default: {TOPIC})",
    )
    group.add_argument(
        "--device",
        type=_device,
        metavar="N",
        help=f"a camera on this computer: 0 is /dev/video0; {PI}: a Pi's own, by its ribbon",
    )
    if world:
        group.add_argument(
            "--seed",
            type=seed,
            default=0,
            metavar="N",
            help="places the objects of the world (default: 0)",
        )
        group.add_argument(
            "--robot",
            default="tank",
            metavar="R",
            help="a robot's name, or a path to its YAML file (default: tank)",
        )


def _device(text: str) -> int | str:
    return text if text == PI else whole(0, 255)(text)


def is_live(args: argparse.Namespace) -> bool:
    """Whether pictures come one after the other for as long as one likes.

    Raises TankError unless one source was chosen.
    """
    chosen = [
        name
        for name in ("image", "world", "topic", "device")
        if getattr(args, name, None) is not None
    ]
    if len(chosen) != 1:
        given = " and ".join(f"--{name}" for name in chosen) or "none"
        names = (
            "--image FILE, --world W, --topic, --device N"
            if hasattr(args, "world")
            else "--image FILE, --topic, --device N"
        )
        raise TankError(f"give one source of pictures ({names}); {given} was given")
    return chosen[0] in ("topic", "device")


def stills(args: argparse.Namespace) -> list[Picture]:
    """The pictures of the chosen source: all files, one of anything else."""
    if is_live(args):
        with closing(stream(args)) as pictures:
            return [next(pictures)]
    return [_of_world(args)] if args.image is None else [_read(path) for path in _files(args.image)]


def stream(args: argparse.Namespace) -> Generator[Picture, None, None]:
    """The pictures of a topic or device, the newest each time, without end.

    Close it when done.
    """
    return _of_topic(args.topic) if args.topic is not None else _of_device(args.device)


def _files(names: list[str]) -> Iterator[Path]:
    for name in names:
        path = Path(name)
        if not path.is_dir():
            yield path
            continue
        try:
            inside = sorted(file for file in path.iterdir() if file.suffix.lower() in PICTURES)
        except OSError as error:
            raise TankError(
                f"folder {name} cannot be read: {error.strerror}; give another one"
            ) from None
        if not inside:
            raise TankError(
                f"folder {name} has no image; wanted are files that end in {', '.join(PICTURES)}"
            )
        yield from inside


def _read(path: Path) -> Picture:
    import cv2
    import numpy as np

    data = np.frombuffer(read_bytes(path, what="image"), np.uint8)
    try:
        bgr = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    except cv2.error:  # of a size that is none, or over tank_core.MOST_PIXELS
        bgr = None
    if bgr is None:
        raise TankError(
            f"image {path} cannot be read: it is no image, too large, or of a kind that is not "
            "known; take PNG or JPEG"
        )
    return Picture(path.name, np.ascontiguousarray(bgr[:, :, ::-1]))


def _of_world(args: argparse.Namespace) -> Picture:
    from tank_core.robot import load_robot
    from tank_sim.mujoco_backend import MujocoBackend

    with closing(
        MujocoBackend(load_robot(args.robot), args.world, args.seed, camera=True)
    ) as backend:
        backend.advance(SETTLE_S)
        frame = backend.camera()
        if frame is None:
            raise TankError(str(backend.camera_problem))
        return Picture(f"world {args.world}, seed {args.seed}", frame.rgb)


def _of_topic(topic: str) -> Generator[Picture, None, None]:
    from tank_cli.ros.image_topic import images

    for number, rgb in enumerate(images(topic)):
        yield Picture(f"{topic} {number}", rgb)


def _of_pi() -> Generator[Picture, None, None]:
    """The Raspberry Pi's own camera, as the driver opens it.

    At the size of the robot file.
    """
    from tank_core.robot import load_robot
    from tank_hw_driver.sensors.camera_source import PiCamera

    with closing(PiCamera(load_robot("rasptank").camera)) as camera:
        for image in _count():
            try:
                frame = camera.read()
            except TimeoutError:
                raise TankError(
                    f"{PI} gives no image; check the ribbon, and end whatever else uses the camera"
                ) from None
            if image > WARM_UP:
                yield Picture(f"{PI}, {time.strftime('%H:%M:%S')}", frame.rgb)


def _of_device(number: int | str) -> Generator[Picture, None, None]:
    if number == PI:
        yield from _of_pi()
        return
    import cv2
    import numpy as np

    camera = cv2.VideoCapture(int(number), cv2.CAP_V4L2)
    try:
        if not camera.isOpened():
            raise TankError(
                f"camera {number} does not open; is there a /dev/video{number}, does nobody else "
                "use it, and may you read it?"
            )
        for image in _count():
            taken, bgr = camera.read()
            if not taken:
                raise TankError(
                    f"camera {number} gives no image; unplug it and plug it in again, or try "
                    "another number"
                )
            if image > WARM_UP:
                yield Picture(
                    f"camera {number}, {time.strftime('%H:%M:%S')}",
                    np.ascontiguousarray(bgr[:, :, ::-1]),
                )
    finally:
        camera.release()


def _count() -> Iterator[int]:
    number = 0
    while True:
        number += 1
        yield number
