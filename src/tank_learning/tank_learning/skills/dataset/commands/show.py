"""``./tank learn show``: what is in a dataset, and a picture of it."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tank_core.io.arguments import output_picture
from tank_core.io.console import say
from tank_episode.film.picture import write
from tank_learning.skills.dataset.contact_sheet import contact_sheet
from tank_learning.skills.dataset.reader import Dataset
from tank_learning.skills.dataset.spec import ACTION, STATE

LISTED = 40  # episodes that are told one by one
COLUMNS = ("min", "mean", "max", "std")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="the dataset's folder")
    parser.add_argument(
        "--picture",
        type=output_picture,
        metavar="FILE.png",
        help="draw images of up to eight episodes on one sheet",
    )


def learn(args: argparse.Namespace) -> int:
    dataset = Dataset(args.folder)
    print("\n".join(lines(dataset)), flush=True)
    if args.picture:
        write(args.picture, contact_sheet(dataset))
        say(f"picture: {args.picture}")
    return 0


def lines(dataset: Dataset) -> Iterator[str]:
    """The dataset in words and figures."""
    spec, episodes = dataset.spec, dataset.episodes
    yield (
        f"{dataset.folder}: LeRobot {dataset.info['codebase_version']}, robot {spec.robot_type}, "
        f"{spec.fps} frames/s; {len(episodes)} episodes, {dataset.frames} frames, "
        f"{dataset.frames / spec.fps:.1f} s"
    )
    for name, (width, height) in spec.cameras.items():
        yield f"camera {name}: {width}x{height}"
    if not episodes:
        return
    lengths = np.array([episode.length for episode in episodes]) / spec.fps
    yield (
        f"length of an episode: {np.median(lengths):.1f} s in the middle, {lengths.min():.1f} to "
        f"{lengths.max():.1f} s"
    )
    yield "tasks"
    for task, count in Counter(episode.task for episode in episodes).most_common():
        yield f"  {count:5}  {task}"
    yield "episodes"
    for episode in episodes[:LISTED]:
        seconds = episode.length / spec.fps
        yield f"  {episode.index:5}  {seconds:6.1f} s  {episode.task}  ({episode.source})"
    if len(episodes) > LISTED:
        yield f"  ... and {len(episodes) - LISTED} more"
    for feature, names in ((STATE, spec.state), (ACTION, spec.action)):
        known = dataset.statistics.get(feature)
        if known is None:
            continue
        width = max(map(len, names))
        yield f"{feature:{width + 2}}" + "".join(f"{column:>10}" for column in COLUMNS)
        for number, name in enumerate(names):
            values = "".join(f"{known[column][number].round(3) + 0.0:10.3f}" for column in COLUMNS)
            yield f"  {name:{width}}{values}"
