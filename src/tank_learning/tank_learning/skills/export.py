"""Writes a trained skill: its file, and each network as ONNX for others.

What is written has been compared: numpy, ONNX and torch give the same numbers.
"""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import onnxruntime
import torch

from tank_core.exceptions import TankError
from tank_core.io.outputs import write
from tank_core.skill import SkillCard
from tank_core.state import Floats
from tank_learning.skills.torch_network import TorchNetwork
from tank_skills.skill_file import SkillFile, write_skill

SAME = 1e-4  # greatest difference of an output, absolute or as a share of the greatest


def export_skill(
    path: Path,
    card: SkillCard,
    networks: Mapping[str, TorchNetwork],
    samples: Mapping[str, Floats],
    constants: Mapping[str, Floats] | None = None,
    onnx: Path | None = None,
) -> SkillFile:
    """Write a skill to ``path``, and its networks as ONNX if a folder is given.

    A network becomes ``onnx``/SKILL-NETWORK.onnx. ``samples`` are inputs (batch, ...) of each
    network, real ones where possible: on them it is checked that all three runtimes agree. Raises
    TankError where they do not, and writes nothing then.
    """
    arrays = dict(constants or {})
    for name, network in networks.items():
        arrays |= {f"{name}/{key}": array for key, array in network.arrays().items()}
    file = SkillFile(card, {name: network.spec for name, network in networks.items()}, arrays)
    models = {name: to_onnx(network, samples[name]) for name, network in networks.items()}
    for name, network in networks.items():
        outputs = {
            "torch": torch_output(network, samples[name]),
            "numpy": file.network(name)(samples[name]),
            "ONNX": onnx_output(models[name], samples[name]),
        }
        apart = difference(outputs)
        if apart > SAME:
            raise TankError(
                f"the network {name} of skill {card.name} gives other numbers in "
                f"{', '.join(outputs)}: {apart:.2g} apart, {SAME:g} is allowed"
            )
    write_skill(path, file)
    if onnx is not None:
        onnx.mkdir(parents=True, exist_ok=True)
        for name, model in models.items():
            write(onnx / f"{card.name}-{name}.onnx", model)
    return file


def to_onnx(network: TorchNetwork, sample: Floats) -> bytes:
    """The network as an ONNX model, whose "input" has any batch size."""
    network.eval()
    buffer = io.BytesIO()
    with warnings.catch_warnings(), _quiet():
        warnings.simplefilter("ignore")  # torch announces its next exporter at each export
        torch.onnx.export(
            network,
            (torch.from_numpy(sample[:2]),),
            buffer,
            input_names=["input"],
            output_names=["output"],
            dynamic_axes={"input": {0: "batch"}, "output": {0: "batch"}},
            dynamo=False,
        )
    return buffer.getvalue()


def torch_output(network: TorchNetwork, x: Floats) -> Floats:
    """The output of the module, without gradients and dropout."""
    network.eval()
    with torch.no_grad():
        output: Floats = network(torch.from_numpy(x)).numpy()
    return output


def onnx_output(model: bytes, x: Floats) -> Floats:
    """The output of an ONNX model, by onnxruntime on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    output: Floats = session.run(None, {"input": x})[0]
    return output


def difference(outputs: Mapping[str, Floats]) -> float:
    """The greatest difference of the outputs.

    As a share of the greatest number, where that is above 1.
    """
    first, *others = outputs.values()
    greatest = max(1.0, float(np.abs(first).max()))
    return max(float(np.abs(first - other).max()) for other in others) / greatest


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
