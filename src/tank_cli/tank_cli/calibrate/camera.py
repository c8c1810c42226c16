"""``./tank calibrate camera``: find the lens from pictures of a chessboard.

It is written as a ROS camera_info file.

steps:
  1. Print a chessboard (https://calib.io makes one) and glue it onto something flat. Measure a
     square's edge.
     --board counts inner corners, where four squares meet: 9x6 has 10 x 7 squares.
  2. Show it to the camera from twelve sides: tilted by up to 45 degrees to the left, right, up and
     down, near and far, and in all corners of the image. Blurred pictures spoil the result, so hold
     it still.
     ./tank calibrate camera --board 9x6 --square 0.025 --topic
     takes each picture by itself when the board is still; --image shots/ takes files.
  3. Under 0.5 px of reprojection error the lens is good.
"""

from __future__ import annotations

import argparse
import math
from contextlib import closing
from typing import TYPE_CHECKING

from tank_cli.calibrate.image_sources import add_sources, is_live, stills, stream
from tank_cli.calibrate.output_file import refuse_to_overwrite
from tank_core.exceptions import TankError
from tank_core.io.arguments import number, output_file, whole
from tank_core.io.console import YELLOW, say

if TYPE_CHECKING:
    from tank_perception.calibration.camera import Calibration, Chessboard, Corners
    from tank_perception.frames.camera_info import Size

PATIENCE = 600  # images in a row, a minute at 10 a second, without a new place of the board


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--board", default="9x6", metavar="CxR", help="inner corners across and down (default: 9x6)"
    )
    parser.add_argument(
        "--square",
        type=number(0.0, math.inf),
        required=True,
        metavar="M",
        help="edge of a square [m], such as 0.025",
    )
    parser.add_argument(
        "--wanted",
        type=whole(),
        default=12,
        metavar="N",
        help="pictures to take of a live camera (default: 12)",
    )
    add_sources(parser, world=False)
    group = parser.add_argument_group("what is written")
    group.add_argument(
        "--out",
        type=output_file,
        default="camera.yaml",
        metavar="FILE",
        help="the lens (default: camera.yaml)",
    )
    group.add_argument(
        "--name",
        default="camera",
        metavar="NAME",
        help="camera_name in that file (default: camera)",
    )
    group.add_argument("--force", action="store_true", help="overwrite that file")


def run(args: argparse.Namespace) -> int:
    from tank_perception.calibration.camera import FEWEST, calibrate, parse_board
    from tank_perception.calibration.camera_file import save_camera

    board = parse_board(args.board, args.square)
    if not FEWEST <= args.wanted <= 100:
        raise TankError(f"--wanted {args.wanted} is not possible; take {FEWEST} to 100 pictures")
    refuse_to_overwrite(args.out, args.force)
    views, size = _live(args, board) if is_live(args) else _files(args, board)
    calibration = calibrate(views, board, size)
    save_camera(calibration, str(args.out), args.name)
    report(calibration)
    say(
        f"{args.out} is written, a ROS camera_info file: camera drivers take it as their "
        "camera_info_url"
    )
    return 0


def _files(args: argparse.Namespace, board: Chessboard) -> tuple[dict[str, Corners], Size]:
    from tank_perception.calibration.camera import find_corners
    from tank_perception.calibration.live_images import coverage

    views: dict[str, Corners] = {}
    size: Size | None = None
    for picture in stills(args):
        here = (picture.rgb.shape[1], picture.rgb.shape[0])
        size = size or here
        if size != here:
            raise TankError(
                f"{picture.name} is {here[0]} x {here[1]} pixels, the first one is {size[0]} x "
                f"{size[1]}; take all alike"
            )
        corners = find_corners(picture.rgb, board)
        if corners is None:
            say(
                f"{picture.name}: no board of {board.columns}x{board.rows} inner corners is seen; "
                "left out",
                YELLOW,
            )
        else:
            views[_unused(picture.name, views)] = corners
    assert size is not None  # stills gives one picture at least
    say("where corners were seen:\n" + coverage(list(views.values()), size))
    return views, size


def _unused(name: str, views: dict[str, Corners]) -> str:
    """Files of the same name in two folders are two."""
    return name if name not in views else f"{name} ({len(views) + 1})"


def _live(args: argparse.Namespace, board: Chessboard) -> tuple[dict[str, Corners], Size]:
    """Take a picture whenever the board stands still at a new place.

    Says what is still wanted.
    """
    from tank_perception.calibration.camera import find_corners
    from tank_perception.calibration.live_images import StillBoard, coverage

    say(
        f"show the board from {args.wanted} sides and hold it still each time; Ctrl-C ends without "
        "a result"
    )
    still: StillBoard | None = None
    size, idle = (0, 0), 0
    with closing(stream(args)) as pictures:
        for picture in pictures:
            if still is None:
                size = (picture.rgb.shape[1], picture.rgb.shape[0])
                still = StillBoard(size)
            idle = 0 if still.step(find_corners(picture.rgb, board)) else idle + 1
            if idle == 0:
                say(
                    f"{len(still.kept)}/{args.wanted} taken; where corners were "
                    f"seen:\n{coverage(still.kept, size)}"
                )
            if len(still.kept) == args.wanted:
                return {
                    f"picture {place + 1}": corners for place, corners in enumerate(still.kept)
                }, size
            if idle > PATIENCE:
                raise TankError(
                    f"{len(still.kept)} of {args.wanted} pictures were taken, and no new place of "
                    "the board is seen; "
                    f"is it {board.columns}x{board.rows} inner corners, whole in the image, flat "
                    "and lit?"
                )
    raise TankError("the pictures ended before the board was seen often enough")


def report(calibration: Calibration) -> None:
    """Errors, what was left out, and the lens."""
    for name, error in calibration.errors.items():
        print(f"{name:<32}{error:>8.3f} px")
    for name, error in calibration.dropped.items():
        print(
            f"{name:<32}{error:>8.3f} px  left out: over 3 sigma from the others; blurred, or the "
            "board bent?"
        )
    print(f"{'all':<32}{calibration.error:>8.3f} px  {calibration.verdict}")
    (fx, _, cx), (_, fy, cy), _ = calibration.lens.matrix.tolist()
    print(
        f"focal length {fx:.1f} x {fy:.1f} px, center {cx:.1f}, {cy:.1f}, distortion "
        f"{calibration.lens.distortion.round(4).tolist()}"
    )
