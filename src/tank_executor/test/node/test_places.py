"""Places over ROS: told to whoever comes, and changed by whoever asks."""

import json
from typing import Any

import pytest
from executor_peer import Peer
from std_msgs.msg import String

from tank_core.commands import GoTo, Move, Remember
from tank_core.ros import interfaces as names
from tank_core.testing.waiting import wait_for
from tank_executor.plan import PlanState

DOCK = {"x": 0.3, "y": 0.0, "yaw_deg": 0.0, "give_or_take_m": 0.1, "give_or_take_deg": 1.0}


@pytest.mark.slow
def test_places_are_told_put_and_forgotten(peer: Peer) -> None:
    told: list[dict[str, Any]] = []
    peer.create_subscription(
        String, names.PLACES, lambda message: told.append(json.loads(message.data)), names.LATCHED
    )
    change = peer.create_publisher(String, names.CHANGE_PLACES, names.RELIABLE)
    wait_for(lambda: bool(told) and change.get_subscription_count() > 0, "the topics")
    peer.say(Remember(place="base"), Move("forward", 0.1))
    peer.wait(PlanState.SUCCEEDED)
    wait_for(lambda: "base" in told[-1]["places"], "the place")
    for number, (text, done, message) in enumerate(
        (
            (json.dumps({"id": 0, "put": {"dock": DOCK}}), True, "I know dock now"),
            (json.dumps({"id": 1, "put": {"dock": 3}}), False, "x is None"),
            (json.dumps({"id": 2, "forget": ["kitchen"]}), False, "I know base and dock"),
            (json.dumps({"id": 3, "forget": ["base"]}), True, "I forgot base"),
            ("{", False, "JSON"),
            (json.dumps({"id": 5}), False, "say put or forget"),
        )
    ):
        before = len(told)
        change.publish(String(data=text))
        wait_for(lambda n=before: len(told) > n, f"the answer to change {number}")
        answer = told[-1]["answer"]
        assert answer["done"] is done and message in answer["message"], answer
    assert list(told[-1]["places"]) == ["dock"]
    peer.say(GoTo("dock"))
    there = "at the dock, give or take"
    wait_for(lambda: there in peer.statuses[-1].message, "the robot at the dock")
    assert abs(peer.controller.state.odometry.pose.x - 0.3) < 0.08
