"""State of the robot and its nodes."""

from __future__ import annotations

import math

import pytest

from tank_cockpit.vitals import CLOCK_S, REPORT_S, SILENT_S, Vitals
from tank_core.health import Level


def test_a_battery_that_measures_nothing_tells_nothing() -> None:
    vitals = Vitals()
    vitals.battery(7.4, math.nan)
    told = vitals.message(0.0)
    assert told["volts"] == 7.4 and told["charge"] is None


def test_the_real_time_factor_is_that_of_the_last_seconds() -> None:
    vitals = Vitals()
    assert vitals.factor(0.0) is None
    for tick in range(101):
        vitals.ticked(5.0 + 2.0 * tick * 0.1, tick * 0.1)
    assert vitals.factor(10.0) == pytest.approx(2.0)
    assert vitals.factor(10.0 + CLOCK_S) == pytest.approx(1.0, abs=0.1)  # it stands still
    vitals.ticked(0.0, 14.0)  # a new simulation
    assert vitals.factor(14.1) is None


def test_silence_is_told_unless_the_simulation_is_paused() -> None:
    vitals = Vitals()
    assert vitals.message(0.0)["heard"] is False and vitals.message(0.0)["silent"] is None
    vitals.moved_at = 10.0
    assert vitals.silence(10.0 + SILENT_S) is None
    assert vitals.silence(14.0) == 4.0
    vitals.diagnosed([("sim_node: physics", Level.OK, "paused")], 14.0)
    assert vitals.silence(14.0) is None and vitals.message(14.0)["paused"]


def test_faults_are_what_is_not_in_order_and_is_told_nowhere_else() -> None:
    vitals = Vitals()
    vitals.diagnosed(
        [
            ("language_node: model", Level.OK, "ready"),
            ("perception_node: camera", Level.WARN, "no images: plug it in"),
            ("driver_node: bus", Level.ERROR, "no answer: check the cable"),
            ("executor_node: executor", Level.WARN, "a plan was refused"),
            ("driver_node: robot", Level.WARN, "stopped: robot/stop was called; no battery"),
        ],
        1.0,
    )
    found = vitals.faults(1.0)
    assert [fault["part"] for fault in found] == ["driver_node: bus", "perception_node: camera"]
    assert found[0]["error"] and not found[1]["error"]
    assert vitals.why_stopped() == "no battery"


def test_a_node_that_reports_no_more_is_a_fault_and_what_it_said_is_old() -> None:
    vitals = Vitals()
    vitals.diagnosed([("a: x", Level.WARN, "old news"), ("b: y", Level.OK, "fine")], 1.0)
    vitals.diagnosed([("b: y", Level.OK, "fine")], 1.0 + REPORT_S)
    (fault,) = vitals.faults(1.1 + REPORT_S)
    assert fault["part"] == "a" and "no report for 4 s" in fault["message"]
