"""Names and qualities of service."""

import pytest

pytest.importorskip("rclpy", reason="ROS 2 is not installed here")

from rclpy.qos import DurabilityPolicy, QoSCompatibility, qos_check_compatible

from tank_core.ros import interfaces as names

ALL = {
    name: value for name, value in vars(names).items() if name.isupper() and isinstance(value, str)
}
TEXTS = {name: value for name, value in ALL.items() if not name.endswith("_FRAME")}


def test_names_are_relative_but_for_the_clock():
    assert [name for name, value in TEXTS.items() if value.startswith("/")] == ["CLOCK"]


def test_no_two_things_share_a_name():
    assert len(set(TEXTS.values())) == len(TEXTS)


@pytest.mark.parametrize(
    "qos", [names.RELIABLE, names.NEWEST, names.STREAM, names.TF_QOS, names.LATCHED]
)
def test_what_is_published_reaches_every_kind_of_subscriber(qos):
    for subscriber in (names.RELIABLE, names.SENSOR_DATA):
        assert qos_check_compatible(qos, subscriber)[0] != QoSCompatibility.ERROR


def test_what_is_latched_is_kept_for_late_comers():
    assert names.LATCHED.durability == DurabilityPolicy.TRANSIENT_LOCAL
