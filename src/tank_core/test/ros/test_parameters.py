"""Parameters: described, limited, and refused with a sentence."""

import math

import pytest

pytest.importorskip("rclpy", reason="ROS 2 is not installed here")

from rclpy.node import Node
from rclpy.parameter import Parameter

from tank_core.ros.parameters import Setting, read_settings

SETTINGS = (
    Setting("rate", 50.0, "[Hz] how often", 1.0, 100.0),
    Setting("quality", 80, "of JPEG", 1, 100),
    Setting("viewer", "none", "which window", choices=("none", "web")),
    Setting("stamped", True, "whether"),
)


@pytest.fixture
def read(ros):
    nodes = []

    def make(**overrides):
        nodes.append(
            Node(
                "parameters_test",
                parameter_overrides=[
                    Parameter(name, value=value) for name, value in overrides.items()
                ],
            )
        )
        return nodes[-1], *read_settings(nodes[-1], SETTINGS)

    yield make
    for node in nodes:
        node.destroy_node()


def test_defaults_are_taken_and_described(read):
    node, values, faults = read()
    assert (
        values == {"rate": 50.0, "quality": 80, "viewer": "none", "stamped": True} and faults == []
    )
    rate = node.describe_parameter("rate")
    assert rate.description == "[Hz] how often" and rate.read_only
    assert (rate.floating_point_range[0].from_value, rate.floating_point_range[0].to_value) == (
        1.0,
        100.0,
    )
    assert "web" in node.describe_parameter("viewer").additional_constraints


def test_good_values_are_taken_and_a_whole_number_is_a_float_too(read):
    node, values, faults = read(rate=20, quality=5, viewer="web", stamped=False)
    assert (
        values == {"rate": 20.0, "quality": 5, "viewer": "web", "stamped": False} and faults == []
    )
    assert node.get_parameter("rate").value == 20.0


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("rate", 0.5, "rate is 0.5; it must be between 1 and 100"),
        ("rate", math.nan, "rate is nan"),
        ("rate", math.inf, "rate is inf"),
        ("rate", "fast", "rate is 'fast'; it must be a finite number"),
        ("quality", 101, "quality is 101; it must be between 1 and 100"),
        ("quality", 2.5, "quality is 2.5; it must be a whole number"),
        ("quality", True, "quality is True"),
        ("viewer", "window", "viewer is 'window'; say one of none, web"),
        ("stamped", 1, "stamped is 1; it must be true or false"),
    ],
)
def test_a_bad_value_is_told_and_not_taken(read, name, value, words):
    node, values, faults = read(**{name: value})
    assert len(faults) == 1 and words in faults[0] and "\n" not in faults[0]
    assert (
        values[name]
        == node.get_parameter(name).value
        == next(s.default for s in SETTINGS if s.name == name)
    )


def test_a_parameter_cannot_be_changed_under_a_running_node(read):
    node, _, _ = read()
    (result,) = node.set_parameters([Parameter("rate", value=60.0)])
    assert not result.successful and node.get_parameter("rate").value == 50.0
