"""Networks in numpy: what they refuse, and that attention looks backwards."""

import numpy as np
import pytest

from tank_core.exceptions import ModelError
from tank_skills.network import Network

LINEAR = {"layer": "linear", "in": 2, "out": 3}
CONV = {"layer": "conv", "in": 1, "out": 1, "kernel": 3}
ARRAYS = {"0.weight": np.ones((3, 2), np.float32), "0.bias": np.zeros(3, np.float32)}


@pytest.mark.parametrize(
    ("spec", "arrays", "said"),
    [
        ([{"layer": "magic"}], {}, "'magic'; known are linear, conv"),
        ([{"in": 2}], {}, "None; known are"),
        ([{"layer": "linear", "in": 2}], ARRAYS, "out"),
        ([LINEAR], {}, "0.weight is missing"),
        ([LINEAR], {**ARRAYS, "0.bias": np.zeros(4, np.float32)}, "shape (4,), wanted (3,)"),
        ([{"layer": "residual", "layers": [LINEAR]}], ARRAYS, "0.0.weight is missing"),
        ("linear", {}, "no list of layers"),
        ([{**CONV, "pad": 3}], {}, "a pad below it"),
        ([{**CONV, "pad": -1}], {}, "a pad below it"),
        ([{**CONV, "stride": 0}], {}, "a stride of 1 at least"),
        ([{**CONV, "kernel": 0}], {}, "a pad below it"),
        ([{"layer": "attention", "size": 8, "heads": 0}], {}, "layer 0 (attention) is wrong"),
        ([{"layer": "residual", "layers": 3}], {}, "no list of layers"),
    ],
)
def test_a_wrong_specification_is_refused_in_one_line(spec, arrays, said) -> None:
    with pytest.raises(ModelError) as refused:
        Network(spec, arrays, "actor")
    assert said in str(refused.value) and "network actor" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_an_input_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ModelError, match="network actor cannot take an input of the shape"):
        Network([LINEAR], ARRAYS, "actor")([[1.0, 2.0, 3.0]])


def test_attention_looks_only_backwards() -> None:
    rng = np.random.default_rng(0)
    arrays = {
        "0.qkv.weight": rng.normal(size=(24, 8)).astype(np.float32),
        "0.qkv.bias": np.zeros(24, np.float32),
        "0.out.weight": rng.normal(size=(8, 8)).astype(np.float32),
        "0.out.bias": np.zeros(8, np.float32),
    }
    network = Network([{"layer": "attention", "size": 8, "heads": 2}], arrays)
    first = rng.normal(size=(1, 6, 8)).astype(np.float32)
    second = first.copy()
    second[:, 4:] += 1
    assert np.allclose(network(first)[:, :4], network(second)[:, :4])
    assert not np.allclose(network(first)[:, 4:], network(second)[:, 4:])
    assert np.allclose(network(first)[:, :4], network(first[:, :4]), atol=1e-6)
