"""A world model of turning: the picture that the camera will show after a turn.

It does not paint the next picture from nothing. A shift by the turn is learned, a network looks at
the picture so shifted and corrects it by a field of motion of its own (near things move farther
than far ones), and where nothing was to be seen before it paints. Half the resolution inside makes
it four times cheaper on one core.
"""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

from tank_core.exceptions import ModelError
from tank_core.io.one_line import one_line
from tank_skills.turning import TURNS_DEG

UNIT_DEG = TURNS_DEG[-1]  # a turn of 1, as the network gets it
CHANNELS = (32, 48, 64)
EMBEDDED = 32  # numbers that the turn becomes
FIELD = 0.3  # of half an image: the scale of the field of motion
KEEPING = 2.0  # so it begins by believing the shifted picture, not the painted one


class _Block(nn.Module):
    """Two convolutions; the turn scales and offsets what the second one gives."""

    def __init__(self, inner: int, outer: int, stride: int = 1) -> None:
        super().__init__()
        self.first = nn.Conv2d(inner, outer, 3, stride, 1)
        self.second = nn.Conv2d(outer, outer, 3, 1, 1)
        self.by_turn = nn.Linear(EMBEDDED, 2 * outer)

    def forward(self, x: Tensor, turn: Tensor) -> Tensor:
        scale, offset = self.by_turn(turn)[:, :, None, None].chunk(2, 1)
        return functional.silu(self.second(functional.silu(self.first(x))) * (1 + scale) + offset)


class WorldModel(nn.Module):
    """The network from pictures and turns to the pictures after.

    Pictures (n, 3, height, width), 0 to 1; turns (n,) [deg] to the left.
    """

    def __init__(self, channels: tuple[int, int, int] = CHANNELS) -> None:
        super().__init__()
        small, middle, large = channels
        self.shift = nn.Linear(4, 2, bias=False)
        self.turn = nn.Sequential(nn.Linear(4, EMBEDDED), nn.SiLU(), nn.Linear(EMBEDDED, EMBEDDED))
        self.down = nn.ModuleList(
            [_Block(14, small), _Block(small, middle, 2), _Block(middle, large, 2)]
        )
        self.up = nn.ModuleList([_Block(large + middle, middle), _Block(middle + small, small)])
        self.out = nn.Conv2d(small, 24, 3, 1, 1)
        for zeroed in (self.shift.weight, self.out.weight, self.out.bias):
            assert zeroed is not None
            nn.init.zeros_(zeroed)

    def forward(self, pictures: Tensor, turns_deg: Tensor) -> Tensor:
        turn = turns_deg / UNIT_DEG
        given = torch.stack([turn, turn * turn, turn.abs(), torch.sin(2 * turn)], 1)
        embedded, grid = self.turn(given), _grid(pictures)
        places = grid.permute(0, 2, 3, 1) + self.shift(given)[:, None, None, :]
        halved = functional.pixel_unshuffle(_sampled(pictures, places), 2)
        first = self.down[0](torch.cat([halved, grid[..., ::2, ::2]], 1), embedded)
        second = self.down[1](first, embedded)
        third = self.down[2](second, embedded)
        back = self.up[0](torch.cat([_as_large(third, second), second], 1), embedded)
        back = self.up[1](torch.cat([_as_large(back, first), first], 1), embedded)
        out = functional.pixel_shuffle(self.out(back), 2)
        moved = _sampled(pictures, places + FIELD * out[:, :2].permute(0, 2, 3, 1))
        kept = torch.sigmoid(out[:, 2:3] + KEEPING)
        return kept * moved + (1 - kept) * (0.5 + out[:, 3:6])


def _grid(pictures: Tensor) -> Tensor:
    """The place of each pixel, (n, 2, height, width).

    -1 to 1 from left and from above.
    """
    height, width = pictures.shape[-2:]
    down, across = torch.meshgrid(
        torch.linspace(-1, 1, height), torch.linspace(-1, 1, width), indexing="ij"
    )
    return torch.stack([across, down]).expand(len(pictures), -1, -1, -1)


def _sampled(pictures: Tensor, places: Tensor) -> Tensor:
    return functional.grid_sample(pictures, places, align_corners=True, padding_mode="border")


def _as_large(x: Tensor, other: Tensor) -> Tensor:
    return functional.interpolate(x, size=other.shape[-2:], mode="nearest")


def picture_loss(predicted: Tensor, true: Tensor) -> Tensor:
    """The mean error of pictures.

    What is colored counts more, since it is what matters.
    """
    colored = 1 + 6 * (true.amax(1, keepdim=True) - true.amin(1, keepdim=True))
    off = predicted - true
    return (colored * off.abs()).mean() + 2 * (colored * off.square()).mean()


def psnr(predicted: Tensor, true: Tensor) -> float:
    """The mean peak signal-to-noise ratio [dB] of pictures.

    (n, 3, height, width).
    """
    error = (predicted - true).square().mean((1, 2, 3))
    return float(-10 * torch.log10(error + 1e-9).mean())


def save_world_model(model: WorldModel, path: Path) -> None:
    """Write its numbers.

    Half as precise as they were trained, which is enough for pictures.
    """
    save_file({name: array.half().contiguous() for name, array in model.state_dict().items()}, path)


def load_world_model(path: Path) -> WorldModel:
    """The world model of a file, ready to predict.

    Raises ModelError, in one line.
    """
    model = WorldModel()
    try:
        model.load_state_dict({name: array.float() for name, array in load_file(path).items()})
    except Exception as error:  # safetensors and torch raise what has no common parent
        raise ModelError(
            f"world model {one_line(path)} cannot be read ({type(error).__name__}); "
            "`./tank learn face` makes one"
        ) from None
    model.eval()
    return model
