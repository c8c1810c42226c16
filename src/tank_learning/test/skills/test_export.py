"""The same specification is the same function in numpy, torch and ONNX."""

from pathlib import Path

import numpy as np
import pytest
import torch

from tank_core.exceptions import TankError
from tank_core.skill import SkillCard
from tank_learning.skills.export import SAME, export_skill, onnx_output, torch_output
from tank_learning.skills.torch_network import MODULES, TorchNetwork
from tank_skills.network import LAYERS
from tank_skills.skill_file import read_skill

CARD = SkillCard("tiny-tank", "face", "tank", "turner", 0.1, 6)
LOOKING = [
    {"layer": "scale", "factor": 2.0, "offset": -0.5},
    {"layer": "coordinates"},
    {"layer": "conv", "in": 5, "out": 8, "kernel": 3, "stride": 2, "pad": 1},
    {"layer": "group_norm", "groups": 4, "channels": 8},
    {"layer": "silu"},
    {"layer": "conv", "in": 8, "out": 4, "kernel": 3},
    {"layer": "relu"},
    {"layer": "flatten"},
    {"layer": "linear", "in": 4 * 4 * 6, "out": 12},
    {"layer": "tanh"},
    {"layer": "sigmoid"},
    {"layer": "reshape", "shape": [6, 2]},
]
BLOCK = [
    {"layer": "residual", "layers": [
        {"layer": "layer_norm", "size": 16}, {"layer": "attention", "size": 16, "heads": 4},
        {"layer": "dropout", "share": 0.1},
    ]},
    {"layer": "residual", "layers": [
        {"layer": "layer_norm", "size": 16}, {"layer": "linear", "in": 16, "out": 32},
        {"layer": "gelu"}, {"layer": "linear", "in": 32, "out": 16},
    ]},
]  # fmt: skip
ATTENDING = [
    {"layer": "scale", "factor": [1.0, 2.0, 3.0], "offset": [0.1, 0.2, 0.3]},
    {"layer": "linear", "in": 3, "out": 16},
    {"layer": "position", "length": 9, "size": 16},
    *BLOCK,
    *BLOCK,
    {"layer": "linear", "in": 16, "out": 4},
]


def networks() -> dict[str, TorchNetwork]:
    torch.manual_seed(0)
    return {"eye": TorchNetwork(LOOKING), "mind": TorchNetwork(ATTENDING)}


def samples() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {
        "eye": rng.random((4, 3, 12, 16), np.float32),
        "mind": rng.normal(size=(3, 7, 3)).astype(np.float32),
    }


def names(spec: list) -> set[str]:
    return {layer["layer"] for layer in spec}.union(
        *(names(layer.get("layers", [])) for layer in spec)
    )


def test_every_layer_is_compared_here() -> None:
    assert names([*LOOKING, *ATTENDING]) == set(LAYERS) == set(MODULES)


def test_numpy_torch_and_onnx_give_the_same_numbers(tmp_path: Path) -> None:
    made, given = networks(), samples()
    export_skill(tmp_path / "tiny.safetensors", CARD, made, given, onnx=tmp_path / "onnx")
    file = read_skill(tmp_path / "tiny.safetensors")
    assert file.card == CARD
    for name, x in given.items():
        wanted = torch_output(made[name], x)
        model = (tmp_path / "onnx" / f"tiny-tank-{name}.onnx").read_bytes()
        assert np.abs(file.network(name)(x) - wanted).max() < SAME
        assert np.abs(onnx_output(model, x[:1]) - wanted[:1]).max() < SAME  # of any batch size


def test_a_network_that_is_not_the_same_everywhere_is_not_written(tmp_path: Path) -> None:
    made, path = networks(), tmp_path / "tiny.safetensors"
    made["eye"].spec[0]["factor"] = 2.01  # what numpy would do, and torch did not
    with pytest.raises(TankError, match="network eye of skill tiny-tank gives other numbers"):
        export_skill(path, CARD, made, samples())
    assert not path.exists()


def test_the_same_network_gives_the_same_file(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a.safetensors", "b.safetensors")]
    for path in files:
        export_skill(path, CARD, networks(), samples())
    assert files[0].read_bytes() == files[1].read_bytes()


def test_parameters_come_back_from_a_file(tmp_path: Path) -> None:
    made = networks()["mind"]
    torch.manual_seed(5)
    other = TorchNetwork(ATTENDING)
    other.load(made.arrays())
    x = samples()["mind"]
    assert np.array_equal(torch_output(other, x), torch_output(made, x))
