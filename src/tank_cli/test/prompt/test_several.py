"""Several simulated robots: names, ports, namespaces with their own clocks."""

from __future__ import annotations

import argparse

import pytest

from tank_cli.prompt.several import addressed, robot_names, settings_of
from tank_cli.robot_option import add_robot
from tank_stack.stack import SIM, load_stack


def test_each_robot_has_a_namespace_a_clock_and_two_ports_of_its_own() -> None:
    given = {"world": "empty", "page_port": 9000}
    ports = [settings_of(given, index)["page_port"] for index in range(3)]
    assert ports == [9000, 9002, 9004] and robot_names(2) == ["tank1", "tank2"]
    stack = load_stack(SIM)
    for process in stack.started(stack.settings(given)):
        command = process.command(stack.settings(given), "tank2")
        assert "__ns:=/tank2" in command and "/clock:=/tank2/clock" in command
        assert not [word for word in process.command(given) if "__ns" in word]


def test_a_line_names_its_robot_first() -> None:
    names = robot_names(2)
    assert addressed("tank2 turn left", names) == ("tank2", "turn left")
    assert addressed(" Tank1: stop ", names) == ("tank1", "stop")
    for line in ("turn left", "tank3 turn left", "tank1", ""):
        assert addressed(line, names) is None


def test_a_robots_name_is_a_namespace() -> None:
    parser = argparse.ArgumentParser(exit_on_error=False)
    add_robot(parser)
    assert parser.parse_args(["--robot", "/tank2"]).robot == "tank2"
    assert parser.parse_args([]).robot == ""
    with pytest.raises(argparse.ArgumentError, match="no namespace"):
        parser.parse_args(["--robot", "tank 2"])
