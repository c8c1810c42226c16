"""Rates against what is expected, ages and faults, and one screen of them."""

from __future__ import annotations

import json

import pytest

from tank_cli.status.screen import lines
from tank_cli.status.watch import LEAST_S, Status, Watch
from tank_core.health import Level

STATE = {"process": "pi/7", "memory [MB]": "170"}


def watched(factor: float = 1.0, rate: float = 50.0, seconds: float = 4.0) -> Watch:
    """A simulation heard for so long [s], with odometry at ``rate`` [Hz]."""
    watch = Watch(0.0, expected={"odom": 50.0})
    for tick in range(int(seconds * rate)):
        now = tick / rate
        watch.heard("odom", now)
        watch.vitals.moved_at = now
        watch.vitals.ticked(factor * now, now)
    watch.diagnosed([("sim_node: state", Level.OK, "active", STATE)], seconds)
    return watch


def test_a_rate_is_counted_and_compared() -> None:
    odom = watched().report(4.0).streams["odom"]
    assert odom.rate_hz == pytest.approx(odom.expected_hz, rel=0.05)
    assert odom.age_s == pytest.approx(0.02) and not odom.slow
    slow = watched(rate=20.0).report(4.0).streams["odom"]
    assert slow.slow and slow.rate_hz == pytest.approx(20.0, rel=0.05)


def test_a_slow_simulation_is_expected_to_send_less() -> None:
    odom = watched(factor=0.4, rate=20.0).report(4.0).streams["odom"]
    assert odom.expected_hz == pytest.approx(20.0, rel=0.05) and not odom.slow


def test_what_never_came_is_0_and_before_there_is_a_rate_it_is_none() -> None:
    watch = Watch(0.0, expected={"odom": 50.0})
    assert watch.report(0.5 * LEAST_S).streams["odom"].rate_hz is None
    never = watch.report(5.0).streams["odom"]
    assert never.rate_hz == 0.0 and never.age_s is None and never.slow


def test_the_camera_is_known_by_what_the_robot_says_of_it() -> None:
    watch = watched()
    watch.expected["camera"] = 10.0
    watch.diagnosed([("sim_node: camera", Level.OK, "on", {"image rate [Hz]": "9.0"})], 4.0)
    camera = watch.report(4.0).streams["camera"]
    assert (camera.rate_hz, camera.slow) == (9.0, False) and 9.0 < (camera.expected_hz or 0) <= 10.0


def told(status: Status) -> str:
    return "\n".join(lines(status))


def test_the_screen_has_all_of_it_and_a_cure_for_each_fault() -> None:
    watch = watched()
    fault = "no images: plug it in, or start with camera_source:=none"
    watch.diagnosed([("perception_node: state", Level.OK, "active", STATE)], 4.0)
    watch.diagnosed([("perception_node: camera", Level.WARN, fault, {})], 4.0)
    watch.vitals.battery(7.9, 0.8)
    status = watch.report(4.0)
    screen = told(status)
    for words in (
        "idle", "battery 7.9 V, 80%", "real-time factor 0.99", "odom", "170 MB", "pi/7",
        f"! perception_node: camera: {fault}",
    ):  # fmt: skip
        assert words in screen, words
    assert screen.count("170 MB") == 1  # one process
    assert status.heard and not status.fine
    assert told(watched().report(4.0)).endswith("✓ no faults")


def test_a_robot_that_says_nothing_more_is_a_fault() -> None:
    status = watched().report(9.0)
    assert not status.fine and "no odometry for 5.0 s" in told(status)


def test_nobody_is_told_with_the_cure() -> None:
    status = Watch(0.0, expected={}).report(3.0)
    assert not status.heard and "./tank sim" in told(status)


def test_it_is_plain_data_too() -> None:
    data = json.loads(json.dumps(watched().report(4.0).as_json(), allow_nan=False))
    assert data["fine"] is True and data["streams"]["odom"]["expected_hz"] > 45.0
    assert data["nodes"]["sim_node"]["memory_mb"] == 170.0
