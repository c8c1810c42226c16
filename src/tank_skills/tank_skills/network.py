"""Small networks in numpy, as their specification says.

A specification is JSON: a list of layers, such as ``[{"layer": "conv", "in": 3, "out": 16,
"kernel": 3, "stride": 2, "pad": 1}, {"layer": "silu"}, ...]``. The arrays are named as in
``torch.nn.Sequential``: ``INDEX.weight``, ``INDEX.bias``. ``LAYERS`` is all that there is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tank_core.exceptions import ModelError
from tank_core.io.one_line import quoted
from tank_core.state import Floats

Spec = Sequence[Mapping[str, Any]]
Step = Callable[[Floats], Floats]
EPSILON = 1e-5  # under the root of the norms, as in torch


class _Arrays:
    """The arrays of one layer, looked up by name and checked for their shape."""

    def __init__(self, arrays: Mapping[str, Floats], prefix: str) -> None:
        self._arrays, self.prefix = arrays, prefix

    def __call__(self, name: str, *shape: int) -> Floats:
        full = self.prefix + name
        if full not in self._arrays:
            raise ModelError(f"the array {full} is missing")
        found = self._arrays[full]
        if found.shape != shape:
            raise ModelError(f"the array {full} has the shape {found.shape}, wanted {shape}")
        return found

    def inside(self, index: int) -> _Arrays:
        return _Arrays(self._arrays, f"{self.prefix}{index}.")


class Network:
    """A network that is ready: ``network(x)``, batch first."""

    def __init__(self, spec: Spec, arrays: Mapping[str, Floats], name: str = "network") -> None:
        """Raise ModelError for a layer or array that is unknown or misshapen."""
        try:
            self._step = _sequential(spec, _Arrays(arrays, ""))
        except ModelError as error:
            raise ModelError(f"the network {name} cannot be built: {error}") from None
        self.name = name

    def __call__(self, x: npt.ArrayLike) -> Floats:
        """The output for a batch of inputs.

        Raises ModelError where the shape does not fit.
        """
        given = np.asarray(x, np.float32)
        try:
            return self._step(given)
        except ValueError as error:
            raise ModelError(
                f"the network {self.name} cannot take an input of the shape {given.shape}: {error}"
            ) from None


def _sequential(spec: Spec, arrays: _Arrays) -> Step:
    if not isinstance(spec, list | tuple) or not all(isinstance(one, Mapping) for one in spec):
        raise ModelError(f"{quoted(spec)} is no list of layers")
    steps = []
    for index, layer in enumerate(spec):
        name = layer.get("layer")
        if name not in LAYERS:
            raise ModelError(
                f"layer {arrays.prefix}{index} is {quoted(name)}; known are {', '.join(LAYERS)}"
            )
        try:
            steps.append(LAYERS[name](layer, arrays.inside(index)))
        except (KeyError, TypeError, ValueError, ArithmeticError) as error:
            raise ModelError(
                f"layer {arrays.prefix}{index} ({name}) is wrong: {quoted(error)}"
            ) from None

    def step(x: Floats) -> Floats:
        for one in steps:
            x = one(x)
        return x

    return step


def _linear(layer: Mapping[str, Any], arrays: _Arrays) -> Step:
    weight, bias = arrays("weight", layer["out"], layer["in"]), arrays("bias", layer["out"])
    turned = np.ascontiguousarray(weight.T)
    return lambda x: x @ turned + bias


def _conv(layer: Mapping[str, Any], arrays: _Arrays) -> Step:
    """A convolution of (batch, in, height, width) by one matrix product."""
    inner, outer, size = layer["in"], layer["out"], layer["kernel"]
    stride, pad = layer.get("stride", 1), layer.get("pad", 0)
    if not 0 <= pad < size or stride < 1:
        raise ValueError(f"a kernel of {size} has a pad below it and a stride of 1 at least")
    weight = arrays("weight", outer, inner, size, size).reshape(outer, -1)
    bias = arrays("bias", outer)[:, None]

    def step(x: Floats) -> Floats:
        if x.ndim != 4 or x.shape[1] != inner:
            raise ValueError(f"a convolution wants (batch, {inner}, height, width)")
        padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, (size, size), (2, 3))
        windows = windows[:, :, ::stride, ::stride]  # (batch, in, h, w, size, size)
        batch, _, height, width = windows.shape[:4]
        columns = windows.transpose(0, 1, 4, 5, 2, 3).reshape(batch, -1, height * width)
        return (weight @ columns + bias).reshape(batch, outer, height, width)

    return step


def _group_norm(layer: Mapping[str, Any], arrays: _Arrays) -> Step:
    groups, channels = layer["groups"], layer["channels"]
    weight = arrays("weight", channels)[:, None, None]
    bias = arrays("bias", channels)[:, None, None]

    def step(x: Floats) -> Floats:
        flat = x.reshape(len(x), groups, -1)
        return _normed(flat).reshape(x.shape) * weight + bias

    return step


def _layer_norm(layer: Mapping[str, Any], arrays: _Arrays) -> Step:
    weight, bias = arrays("weight", layer["size"]), arrays("bias", layer["size"])
    return lambda x: _normed(x) * weight + bias


def _normed(x: Floats) -> Floats:
    """``x`` with mean 0 and variance 1 along its last axis."""
    off = x - x.mean(-1, keepdims=True)
    square = np.square(off).mean(-1, keepdims=True)
    normed: Floats = off / np.sqrt(square + np.float32(EPSILON))
    return normed


def _scale(layer: Mapping[str, Any], _: _Arrays) -> Step:
    """``x * factor + offset``: numbers, or lists along the last axis."""
    factor = np.asarray(layer.get("factor", 1.0), np.float32)
    offset = np.asarray(layer.get("offset", 0.0), np.float32)
    return lambda x: x * factor + offset


def _coordinates(_: Mapping[str, Any], __: _Arrays) -> Step:
    """Two more channels of an image: where a pixel lies.

    -1 to 1 from left and from above.
    """

    def step(x: Floats) -> Floats:
        batch, _, height, width = x.shape
        across = np.linspace(-1, 1, width, dtype=np.float32)
        down = np.linspace(-1, 1, height, dtype=np.float32)
        places = np.stack(np.broadcast_arrays(across, down[:, None]))
        return np.concatenate([x, np.broadcast_to(places, (batch, *places.shape))], axis=1)

    return step


def _position(layer: Mapping[str, Any], arrays: _Arrays) -> Step:
    """Add a learned vector to each step of (batch, time, size)."""
    table = arrays("weight", layer["length"], layer["size"])
    return lambda x: x + table[: x.shape[1]]


def _attention(layer: Mapping[str, Any], arrays: _Arrays) -> Step:
    """Causal self-attention over (batch, time, size)."""
    size, heads = layer["size"], layer["heads"]
    if size % heads:
        raise ModelError(f"{size} wide attention cannot have {heads} heads")
    inner = np.ascontiguousarray(arrays("qkv.weight", 3 * size, size).T)
    inner_bias = arrays("qkv.bias", 3 * size)
    outer, outer_bias = arrays("out.weight", size, size).T, arrays("out.bias", size)
    root = np.float32(1 / np.sqrt(size // heads))

    def step(x: Floats) -> Floats:
        batch, time, _ = x.shape
        parts = (x @ inner + inner_bias).reshape(batch, time, 3, heads, size // heads)
        query, key, value = parts.transpose(2, 0, 3, 1, 4)  # each (batch, heads, time, -1)
        scores = query @ key.swapaxes(-1, -2) * root
        scores = np.where(np.tri(time, dtype=bool), scores, np.float32(-np.inf))
        shares = np.exp(scores - scores.max(-1, keepdims=True))
        shares /= shares.sum(-1, keepdims=True)
        mixed = (shares @ value).swapaxes(1, 2).reshape(batch, time, size)
        attended: Floats = mixed @ outer + outer_bias
        return attended

    return step


def _residual(layer: Mapping[str, Any], arrays: _Arrays) -> Step:
    """``x`` and what its own ``layers`` make of it.

    Their arrays are ``INDEX.INDEX.weight``.
    """
    inner = _sequential(layer["layers"], arrays)
    return lambda x: x + inner(x)


def _reshape(layer: Mapping[str, Any], _: _Arrays) -> Step:
    shape = tuple(layer["shape"])
    return lambda x: x.reshape(len(x), *shape)


def _gelu(x: Floats) -> Floats:
    """The tanh form, as ``GELU(approximate="tanh")``: numpy has no erf."""
    inner = np.float32(np.sqrt(2 / np.pi)) * (x + np.float32(0.044715) * x * x * x)
    half: Floats = np.float32(0.5) * x * (1 + np.tanh(inner))
    return half


def _sigmoid(x: Floats) -> Floats:
    half: Floats = np.tanh(np.float32(0.5) * x) + 1  # exp would overflow
    return half * np.float32(0.5)


def _plain(step: Step) -> Callable[[Mapping[str, Any], _Arrays], Step]:
    """A layer without settings and arrays."""
    return lambda layer, arrays: step


LAYERS: dict[str, Callable[[Mapping[str, Any], _Arrays], Step]] = {
    "linear": _linear,
    "conv": _conv,
    "group_norm": _group_norm,
    "layer_norm": _layer_norm,
    "attention": _attention,
    "residual": _residual,
    "position": _position,
    "coordinates": _coordinates,
    "scale": _scale,
    "reshape": _reshape,
    "flatten": _plain(lambda x: x.reshape(len(x), -1)),
    "dropout": _plain(lambda x: x),  # for training only
    "silu": _plain(lambda x: x * _sigmoid(x)),
    "relu": _plain(lambda x: np.maximum(x, np.float32(0))),
    "gelu": _plain(_gelu),
    "tanh": _plain(np.tanh),
    "sigmoid": _plain(_sigmoid),
}
