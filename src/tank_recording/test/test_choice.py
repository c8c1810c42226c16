"""Topics that are recorded, of all that are published."""

import pytest

from tank_recording.choice import Choice, resolved

ODOM, IMAGE = "nav_msgs/msg/Odometry", "sensor_msgs/msg/Image"


@pytest.mark.parametrize(
    ("choice", "topic", "kind", "taken"),
    [
        (Choice(), "/odom", ODOM, True),
        (Choice(), "/camera/image_raw", IMAGE, False),
        (Choice(everything=True), "/camera/image_raw", IMAGE, True),
        (Choice(("/odom",)), "/odom", ODOM, True),
        (Choice(("/odom",)), "/scan", ODOM, False),
        (Choice(), "/execute_commands/_action/status", ODOM, False),
        (Choice(unheard=frozenset({"rosout"})), "/tank1/rosout", ODOM, False),
        (Choice(namespace="tank2"), "/tank2/odom", ODOM, True),
        (Choice(namespace="tank2"), "/tank1/odom", ODOM, False),
        (Choice(namespace="tank2"), "/tank22/odom", ODOM, False),
        (Choice(namespace="tank2"), "/clock", "rosgraph_msgs/msg/Clock", True),
        (Choice(namespace="tank2", everything=True), "/tank1/odom", ODOM, False),
    ],
)
def test_a_topic_is_taken_or_not(choice: Choice, topic: str, kind: str, taken: bool) -> None:
    assert choice.takes(topic, kind) is taken


def test_names_of_topics_are_completed_by_the_namespace() -> None:
    assert resolved(("odom", "/clock"), "tank2") == ("/tank2/odom", "/clock")
    assert resolved(("odom",), "") == ("/odom",)
