"""Compares what ``lerobot`` itself reads of a dataset with what Tank reads.

Not a test: lerobot is in no environment of Tank's, because it wants other versions of nearly all.
Twice, then: by Tank's Python to write down what is right, by that of another venv to compare::

    python read_by_lerobot.py DIR --write right.npz
    .../bin/python read_by_lerobot.py DIR --compare right.npz

That venv needs ``pip install --no-deps lerobot==0.4.4 datasets==4.8.0 pandas dill multiprocess
xxhash "huggingface-hub<0.36" jsonlines einops draccus==0.10.0 requests httpx accelerate``, and
torch, numpy, pyarrow, av and Pillow, which a .pth file may lend it. Where there is no torchvision
for that torch, one that has ``ToTensor`` alone takes its place here, and PyAV that of torchcodec,
which wants FFmpeg's own libraries.
"""

from __future__ import annotations

import argparse
import importlib.machinery
import importlib.util
import sys
import types
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

LENGTH = 5  # of a chunk


def write(folder: Path, path: Path) -> None:
    """Every frame as Tank reads it."""
    from tank_learning.skills.dataset import Dataset, chunks

    dataset = Dataset(folder)
    shown = [dataset.episode(number) for number in range(len(dataset.episodes))]
    pairs = [chunks(one.actions, LENGTH) for one in shown]
    np.savez_compressed(
        path,
        states=np.concatenate([one.states for one in shown]),
        actions=np.concatenate([actions for actions, _ in pairs]),
        pads=np.concatenate([pads for _, pads in pairs]),
        tasks=np.array([one.task for one in shown for _ in range(one.length)]),
        mean=dataset.statistics["action"]["mean"],
        **{
            f"image {name}": np.concatenate([one.images[name] for one in shown])
            for name in dataset.spec.cameras
        },
    )


def compare(folder: Path, path: Path) -> None:
    """Every frame as lerobot reads it, against that."""
    if importlib.util.find_spec("torchvision") is None:
        _stand_in()
    import lerobot.datasets.lerobot_dataset as theirs

    theirs.decode_video_frames = _decoded
    fps = theirs.LeRobotDatasetMetadata("tank/here", root=folder).fps
    deltas = {"action": [number / fps for number in range(LENGTH)]}
    dataset = theirs.LeRobotDataset("tank/here", root=folder, delta_timestamps=deltas)
    right = np.load(path)
    assert len(dataset) == len(right["states"]), (len(dataset), len(right["states"]))
    assert np.array_equal(dataset.meta.stats["action"]["mean"], right["mean"])
    worst = 0.0
    for number in range(len(dataset)):
        item = dataset[number]
        assert np.array_equal(item["observation.state"].numpy(), right["states"][number])
        assert np.array_equal(item["action"].numpy(), right["actions"][number])
        assert np.array_equal(item["action_is_pad"].numpy(), right["pads"][number])
        assert item["task"] == right["tasks"][number]
        for key in dataset.meta.video_keys:
            image = (item[key] * 255).permute(1, 2, 0).numpy()
            name = f"image {key.removeprefix('observation.images.')}"
            worst = max(worst, float(np.abs(image - right[name][number]).max()))
    print(
        f"{dataset.num_episodes} episodes, {len(dataset)} frames, tasks "
        f"{dataset.meta.tasks.index.tolist()}: the same; images within {worst:.2f} of 255; "
        f"statistics of {len(dataset.meta.stats)} features"
    )


def _decoded(path: Any, times: list[float], tolerance: float, _: Any = None) -> Any:
    """The frames at some times, by PyAV."""
    import torch

    frames = _frames(str(path))
    near = [min(frames, key=lambda at: abs(at - time)) for time in times]
    assert all(abs(at - time) <= tolerance for at, time in zip(near, times, strict=True))
    images = [torch.from_numpy(frames[at]) for at in near]
    return torch.stack(images).permute(0, 3, 1, 2).float() / 255


@cache
def _frames(path: str) -> dict[float, Any]:
    import av

    with av.open(path) as container:
        return {
            float(one.pts * one.time_base): one.to_ndarray(format="rgb24")
            for one in container.decode(video=0)
        }


def _stand_in() -> None:
    import torch

    def module(name: str, **holds: Any) -> types.ModuleType:
        made = types.ModuleType(name)
        made.__spec__ = importlib.machinery.ModuleSpec(name, None)
        made.__dict__.update(holds)
        sys.modules[name] = made
        return made

    class ToTensor:
        """As torchvision's."""

        def __call__(self, image: Any) -> Any:
            return torch.from_numpy(np.array(image)).permute(2, 0, 1).float() / 255

    functional = module("torchvision.transforms.v2.functional")
    v2 = module("torchvision.transforms.v2", Transform=torch.nn.Module, functional=functional)
    transforms = module("torchvision.transforms", ToTensor=ToTensor, v2=v2)
    module("torchvision", transforms=transforms, __version__="0")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Compares lerobot's reading with Tank's.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--compare", type=Path)
    said = parser.parse_args()
    if said.write:
        write(said.folder, said.write)
    if said.compare:
        compare(said.folder, said.compare)
