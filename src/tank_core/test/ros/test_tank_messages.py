"""Objects and commands as messages: what goes out comes back."""

import math
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

import numpy as np
import pytest

pytest.importorskip("tank_msgs.msg", reason="tank_msgs is not built here")

from hypothesis import given
from hypothesis import strategies as st

from tank_core import commands as c
from tank_core.commands.fields import OfColor
from tank_core.exceptions import InvalidCommandError
from tank_core.ros.conversions import NEVER
from tank_core.ros.tank_messages import (
    command_from_ros,
    command_to_ros,
    detections_from_ros,
    detections_to_ros,
)
from tank_core.state import Detection, Detections, Gate, Pose2D
from tank_msgs.msg import Command as CommandMsg

NUMBERS = st.floats(-1e6, 1e6)
COUNTS = st.integers(0, 2**32 - 1)
TRIPLES = st.tuples(NUMBERS, NUMBERS, NUMBERS)
THINGS = st.builds(
    Detection, COUNTS, st.none() | st.sampled_from(list(c.Color)),
    st.none() | st.sampled_from(list(c.Shape)), TRIPLES, TRIPLES,
    st.floats(0, 1, width=32), st.floats(0, 1e6), st.tuples(*[NUMBERS] * 9),
    st.tuples(COUNTS, COUNTS, COUNTS, COUNTS),
)  # fmt: skip


GATES = st.builds(
    Gate, COUNTS, st.builds(Pose2D, NUMBERS, NUMBERS, st.floats(-3.1, 3.1)), NUMBERS, NUMBERS,
    st.none() | st.sampled_from(list(c.Color)), st.floats(0, 1, width=32), st.floats(0, 1e6),
)  # fmt: skip


@given(st.lists(GATES, max_size=3))
def test_gates(gates):
    message = detections_to_ros(Detections(1.0, (), tuple(gates)), "base_link")
    for back, gate in zip(detections_from_ros(message).gates, gates, strict=True):
        assert back.pose.yaw == pytest.approx(gate.pose.yaw, abs=1e-9)
        assert replace(back, pose=gate.pose) == gate
        assert (back.pose.x, back.pose.y) == (gate.pose.x, gate.pose.y)


@pytest.mark.parametrize("change", [{"width": math.nan}, {"pose": Pose2D(math.inf, 0.0, 0.0)}])
def test_a_gate_that_is_not_a_number_is_refused_by_its_id(change):
    gate = replace(Gate(7, Pose2D(1.0), 0.6), **change)
    with pytest.raises(ValueError, match="gate 7"):
        detections_from_ros(detections_to_ros(Detections(1.0, (), (gate,)), "base_link"))


@given(st.floats(0, 2e9), st.lists(THINGS, max_size=3))
def test_detections(seconds, things):
    message = detections_to_ros(Detections(seconds, tuple(things)), "base_link")
    back = detections_from_ros(message)
    assert back.objects == tuple(things) and back.time == pytest.approx(seconds, abs=1e-6)
    assert message.header.frame_id == "base_link"
    # how it is turned is not known: no listener may take 0 for certainty
    for thing in message.objects:
        spread = np.reshape(thing.pose.covariance, (6, 6))
        assert (
            (np.diag(spread)[3:] == NEVER).all()
            and not spread[:3, 3:].any()
            and not spread[3:, :3].any()
        )


@pytest.mark.parametrize("field", ["position", "size", "covariance", "age"])
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_detection_that_is_not_a_number_is_refused_by_its_id(field, value):
    thing = Detection(7, "red", None, (1.0, 0.0, 0.0))
    shaped = {
        "position": (1.0, value, 0.0),
        "size": (value, 0.0, 0.0),
        "covariance": (value,) * 9,
        "age": value,
    }
    with pytest.raises(ValueError, match="object 7"):
        detections_from_ros(
            detections_to_ros(
                Detections(1.0, (replace(thing, **{field: shaped[field]}),)), "base_link"
            )
        )


COMMANDS = [
    c.Move("forward", 1.25), c.Move("backward", 100.0, "fast"), c.Turn("left", 90.0),
    c.Turn("right", 360.0, "slow"), c.Stop(),
    c.Wait(0.5), c.Grasp(), c.Grasp("front_left", "red", "cube"), c.Release("left"), c.Face("blue"),
    c.Approach(shape="ball"), c.Approach("red", relation="behind"),
    c.Move("forward", 10.0, until="object", color="red"), c.Move("backward", 2.0, until="obstacle"),
    c.Release(relation="on", color="blue"), c.Face(heading_deg=0.0), c.Arc("left", 0.5, 360.0),
    c.Arm("wave"), c.GoThrough(), c.GoThrough("left"), c.GoTo("anna's desk"), c.GoBack("here"),
    c.Remember("base"), c.Remember(heading_deg=0.0), c.TakePhoto(), c.Report("objects", "red"),
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_commands(command):
    assert command_from_ros(command_to_ros(command)) == command


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"action": "jump"}, "'jump'"),
        ({"action": ""}, "action"),
        ({"action": "move", "direction": "forward"}, "distance_m is 0.0"),
        ({"action": "move", "direction": "forward", "distance_m": math.nan}, "distance_m is nan"),
        ({"action": "move", "direction": "forward", "distance_m": math.inf}, "distance_m is inf"),
        ({"action": "move", "direction": "forward", "distance_m": -1.0}, "distance_m is -1"),
        ({"action": "move", "direction": "forward", "distance_m": 1e9}, "distance_m is"),
        ({"action": "move", "direction": "up", "distance_m": 1.0}, "'up'"),
        ({"action": "stop", "distance_m": 1.0}, "no field 'distance_m'"),
        ({"action": "wait", "duration_s": 1.0, "angle_deg": math.nan}, "no field 'angle_deg'"),
        ({"action": "grasp", "cell": "behind"}, "'behind'"),
        ({"action": "face", "color": "red", "heading_deg": 90.0}, "face has color and heading_deg"),
        ({"action": "turn", "direction": "left", "angle_deg": 9.0, "heading_deg": 0.0}, "no field"),
        ({"action": "remember"}, "give it place"),
        ({"action": "remember", "heading_deg": math.nan}, "heading_deg is nan"),
    ],
)
def test_a_command_message_outside_the_language_is_refused(fields, words):
    with pytest.raises(InvalidCommandError, match=words):
        command_from_ros(CommandMsg(**fields))


class Manner(c.Word):
    HIGH = "high"
    LOW = "low"


@dataclass(frozen=True)
class Toss(c.Action):
    """An action that no robot has, of fields that the message has already."""

    action: ClassVar[str] = "toss"
    direction: Manner
    distance_m: Annotated[float, c.DISTANCE]
    color: OfColor | None = None


@pytest.mark.parametrize("command", [Toss("high", 2.0), Toss("low", 1.0, "red")])
def test_an_action_with_fields_that_others_have_needs_no_conversion_of_its_own(command):
    assert command_from_ros(command_to_ros(command), {**c.ACTIONS, "toss": Toss}) == command


def test_the_message_has_a_constant_for_each_action_and_every_field():
    kinds = CommandMsg.get_fields_and_field_types()
    for action in c.COMMAND_TYPES:
        assert getattr(CommandMsg, action.action.upper()) == action.action
        for field in c.fields_of(action):
            wanted = "double" if isinstance(field.kind, c.Amount | c.Heading) else "string"
            assert kinds[field.name] == wanted, f"add {field.name} to tank_msgs/msg/Command.msg"
