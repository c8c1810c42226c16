"""``./tank calibrate colors``: learn your toys' colors in your light.

From pictures of them; what was learned is shown.

steps:
  1. Put one toy of each color on the floor, 0.3 to 1 m ahead: apart from each other, none cut by
     the image's border.
  2. ./tank calibrate colors --topic
     draws colors.png, in which the toys are numbered from left to right. Move toys until all have a
     number.
  3. ./tank calibrate colors --topic --objects "red cube, blue ball, yellow cube"
     measures them and writes colors.yaml. A table tells what it does, colors.png shows it.
Colors that you do not name stay as they were, as far as the new ones leave room.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tank_cli.calibrate.image_sources import Picture, add_sources, stills
from tank_cli.calibrate.output_file import refuse_to_overwrite
from tank_core.exceptions import TankError
from tank_core.io.arguments import output_file, output_picture
from tank_core.io.console import YELLOW, say
from tank_core.state import Image

if TYPE_CHECKING:
    from tank_core.state import Image
    from tank_perception.calibration.floor_blobs import FloorBlob
    from tank_perception.calibration.samples import Sample
    from tank_perception.color_model import ColorModel, Span

DOUBTFUL = 0.8  # share of a thing's pixels below which it is told that this is few


def configure(parser: argparse.ArgumentParser) -> None:
    add_sources(parser, world=True)
    group = parser.add_argument_group("what is in them")
    group.add_argument(
        "--objects",
        action="append",
        metavar="NAMES",
        help='from left to right: "red cube, blue ball"; again for each image where they differ',
    )
    group.add_argument(
        "--blobs",
        action="append",
        metavar="N,N",
        help="only these numbers of the picture are objects; again for each image",
    )
    group = parser.add_argument_group("what is written")
    group.add_argument(
        "--out",
        type=output_file,
        default="colors.yaml",
        metavar="FILE",
        help="the colors (default: colors.yaml)",
    )
    group.add_argument("--force", action="store_true", help="overwrite that file")
    group.add_argument(
        "--picture",
        type=output_picture,
        default="colors.png",
        metavar="FILE",
        help="what was seen and learned (default: colors.png)",
    )
    group.add_argument(
        "--colors",
        default="",
        metavar="FILE",
        help="begin with these colors instead of those that come with Tank",
    )


def run(args: argparse.Namespace) -> int:
    from tank_perception.color_model import load_colors

    before = load_colors(args.colors)
    if args.objects:
        refuse_to_overwrite(args.out, args.force)
    pictures = stills(args)
    chosen = _each(args.blobs, pictures, "--blobs")
    blobs = [_blobs(picture, numbers) for picture, numbers in zip(pictures, chosen, strict=True)]
    if not args.objects:
        return _only_number(args, pictures, blobs, before)
    return _learn(args, pictures, blobs, before)


def _each(values: list[str] | None, pictures: Sequence[Picture], option: str) -> list[str]:
    """A value for each picture: its own, or the only one for all."""
    given = values or [""]
    if len(given) not in (1, len(pictures)):
        raise TankError(
            f"{option} is given {len(given)} times for {len(pictures)} images; give it once for "
            "all, or once for each"
        )
    return given if len(given) == len(pictures) else given * len(pictures)


def _blobs(picture: Picture, numbers: str) -> tuple[FloorBlob, ...]:
    from tank_perception.calibration.floor_blobs import find_blobs

    blobs = find_blobs(picture.rgb)
    if not numbers:
        return blobs
    try:
        return tuple(blobs[_index(word, len(blobs))] for word in numbers.split(","))
    except ValueError:
        choices = f"1 to {len(blobs)}" if blobs else "none, for nothing is seen"
        raise TankError(
            f"--blobs {numbers!r} is not understood for {picture.name}; give numbers of {choices}, "
            "as in 1,2,4"
        ) from None


def _index(word: str, count: int) -> int:
    number = int(word)
    if not 1 <= number <= count:
        raise ValueError(word)
    return number - 1


def _only_number(
    args: argparse.Namespace,
    pictures: Sequence[Picture],
    blobs: Sequence[tuple[FloorBlob, ...]],
    before: ColorModel,
) -> int:
    _draw(
        args.picture,
        pictures,
        blobs,
        [[str(place + 1) for place in range(len(found))] for found in blobs],
        before,
    )
    for picture, found in zip(pictures, blobs, strict=True):
        print(f"{picture.name}: {len(found)} objects")
    say(
        f"{args.picture}: left with their numbers, right by the name that each pixel has now, gray "
        "for none"
    )
    example = ", ".join(
        ["red cube", "blue ball", "yellow cylinder"][: max(1, min(3, len(blobs[0])))]
    )
    more = ", ..." if len(blobs[0]) > 3 else ""
    say(f'next: the same with --objects "{example}{more}", from left to right')
    return 0


def _learn(
    args: argparse.Namespace,
    pictures: Sequence[Picture],
    blobs: Sequence[tuple[FloorBlob, ...]],
    before: ColorModel,
) -> int:
    from tank_perception.calibration.color import fit_colors, floor_extremes
    from tank_perception.calibration.samples import parse_objects, take_samples
    from tank_perception.color_model import save_colors

    named = [parse_objects(text) for text in _each(args.objects, pictures, "--objects")]
    try:
        groups = [
            take_samples(picture.rgb, found, names)
            for picture, found, names in zip(pictures, blobs, named, strict=True)
        ]
        floors = [
            floor_extremes(picture.rgb, found)
            for picture, found in zip(pictures, blobs, strict=True)
        ]
        floor = max(saturation for saturation, _ in floors), max(ratio for _, ratio in floors)
        after = fit_colors([sample for group in groups for sample in group], floor, before)
    except TankError:  # the picture shows what is meant
        _draw(
            args.picture,
            pictures,
            blobs,
            [[str(place + 1) for place in range(len(found))] for found in blobs],
            before,
        )
        say(f"{args.picture} shows what was seen, with numbers")
        raise
    save_colors(
        after,
        str(args.out),
        f"Made by ./tank calibrate colors from {', '.join(picture.name for picture in pictures)}.",
    )
    _draw(
        args.picture,
        pictures,
        blobs,
        [[f"{place + 1} {sample.name}" for place, sample in enumerate(group)] for group in groups],
        after,
    )
    _report(pictures, groups, before, after)
    say(
        f"{args.out} is written; give its full path to perception_node as the parameter colors_file"
    )
    say(
        f"{args.picture}: left what was seen, right by the name that each pixel has from now on, "
        "gray for none"
    )
    return 0


def _report(
    pictures: Sequence[Picture],
    groups: Sequence[tuple[Sample, ...]],
    before: ColorModel,
    after: ColorModel,
) -> None:
    from tank_perception.calibration.samples import shares_right

    print("\n".join(spans_table(before, after, [sample for group in groups for sample in group])))
    print()
    print(
        f"{'object':<24}{'hue':>6}{'spread':>10}{'saturation':>12}{'V / floor':>11}"
        f"{'pixels':>8}{'right before':>14}{'after':>7}"
    )
    doubtful = []
    for picture, group in zip(pictures, groups, strict=True):
        if len(pictures) > 1:
            print(picture.name)
        now, then = (
            shares_right(picture.rgb, group, after),
            shares_right(picture.rgb, group, before),
        )
        for place, sample in enumerate(group):
            print(_line(f"{place + 1} {sample.name}", sample, then[place], now[place]))
            doubtful += [f"{sample.name} ({now[place]:.0%})"] if now[place] < DOUBTFUL else []
    if doubtful:
        say(
            f"few pixels get the right name: {', '.join(doubtful)}; more even light, or larger "
            "toys, would help",
            YELLOW,
        )


def spans_table(before: ColorModel, after: ColorModel, samples: Sequence[Sample]) -> list[str]:
    """The hues of each color, and the other borders, before and after."""
    measured = {sample.color for sample in samples}
    rows = [("", "before", "after")]
    for color in before.hues:
        rows.append(
            (
                f"{color} [deg]",
                _span(before.hues[color]),
                _span(after.hues[color]) + ("" if color in measured else " (not measured)"),
            )
        )
    for name in ("min_saturation", "min_value", "white_over", "black_under"):
        rows.append((name, f"{getattr(before, name):g}", f"{getattr(after, name):g}"))
    return [f"{name:<18}{old:>12}   {new}".rstrip() for name, old, new in rows]


def _span(span: Span) -> str:
    return f"{span[0]:.0f} to {span[1]:.0f}"


def _line(title: str, sample: Sample, before: float, after: float) -> str:
    from tank_perception.color_model import GRAY_NAMES

    hue, below, above = sample.hues
    seen = (
        (" " * 4 + "-", "-")
        if sample.color in GRAY_NAMES
        else (f"{round(hue) % 360}", f"-{below:.0f} +{above:.0f}")
    )
    numbers = f"{sample.saturation:>12.2f}{sample.brightness:>11.2f}{len(sample.hsv):>8}"
    shares = f"{before:>14.0%}{after:>7.0%}"
    return f"{title:<24}{seen[0].strip():>6}{seen[1]:>10}{numbers}{shares}"


def _draw(
    path: Path,
    pictures: Sequence[Picture],
    blobs: Sequence[tuple[FloorBlob, ...]],
    labels: Sequence[Sequence[str]],
    model: ColorModel,
) -> None:
    """Draw a row for each image."""
    from tank_perception.calibration.drawing import side_by_side

    rows = [
        side_by_side(picture.rgb, found, names, model)
        for picture, found, names in zip(pictures, blobs, labels, strict=True)
    ]
    write_image(path, rows)


def write_image(path: Path, rows: Sequence[Image]) -> None:
    """Images one below the other, as wide as the widest.

    Raises OutputError where that cannot be written.
    """
    import numpy as np

    from tank_episode.film.picture import write

    width = max(row.shape[1] for row in rows)
    whole = np.vstack([np.pad(row, ((0, 0), (0, width - row.shape[1]), (0, 0))) for row in rows])
    write(path, whole)
