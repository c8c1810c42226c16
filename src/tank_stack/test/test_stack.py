"""The stack description.

The shipped one is whole, a wrong one is refused in words.
"""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path
from typing import Any

import pytest

from tank_hw_driver.hardware import board_names, load_hardware
from tank_stack.arguments import Argument, StackFileError, Value
from tank_stack.stack import (
    RASPTANK,
    SIM,
    Process,
    Stack,
    find_stack_file,
    load_stack,
    main,
    node_name,
    read_stack,
)


@pytest.mark.parametrize("name", [SIM, RASPTANK])
def test_a_shipped_stack_loads_and_every_class_and_module_in_it_is_there(name: str) -> None:
    for process in load_stack(name).processes:
        for spec in process.nodes:
            module, _, kind = spec.partition(":")
            assert isinstance(getattr(importlib.import_module(module), kind), type), spec
        assert not process.module or importlib.util.find_spec(process.module), process.module


@pytest.mark.parametrize("name", [SIM, RASPTANK])
def test_every_argument_is_described_and_allows_its_default(name: str) -> None:
    for argument in load_stack(name).arguments:
        assert len(argument.description) > 5
        assert argument.read(str(argument.default)) == argument.default


def test_a_robot_asks_where_it_is_not_sure_and_a_simulation_does_not() -> None:
    assert load_stack(RASPTANK).settings({})["confirm_below"] == pytest.approx(0.7)
    assert load_stack(SIM).settings({})["confirm_below"] == 0.0


def test_the_robot_is_one_process_and_the_guardian_starts_before_it() -> None:
    stack = load_stack(RASPTANK)
    assert [process.name for process in stack.started(stack.settings({}))] == ["guardian", "robot"]
    assert [process.name for process in stack.started(stack.settings({"mock_hardware": True}))] == [
        "chips",
        "guardian",
        "robot",
    ]


def test_a_small_cockpit_is_a_node_besides_the_robots_and_a_process_without_ros() -> None:
    stack = load_stack(RASPTANK)
    node = "tank_cockpit.cockpit_node:CockpitNode"
    for given, wanted in (({}, False), ({"cockpit": True}, True)):
        settings = stack.settings(given)
        started = {process.name: process for process in stack.started(settings)}
        assert (node in started["robot"].command(settings)) == ("page" in started) == wanted
        assert ("cockpit_node" in stack.nodes_started(settings)) == wanted
        assert settings["page_socket"] == ("auto" if wanted else "") and "cockpit" not in started


def test_an_argument_changes_the_defaults_of_others_and_nothing_that_was_said() -> None:
    stack = load_stack(RASPTANK)
    assert stack.settings({"mock_hardware": True})["wires"] == "mock"
    assert stack.settings({"mock_hardware": False})["wires"] == "pi"
    assert load_stack(SIM).settings({"headless": True, "viewer": "web"})["viewer"] == "none"
    assert stack.settings({"board": "pro"})["robot"] == "rasptank_pro"
    said = {"board": "pro", "robot": "mine.yaml", "mock_hardware": True, "wires": "model:/x"}
    assert said.items() <= stack.settings(said).items()


@pytest.mark.parametrize(
    ("said", "there"),
    [
        ({}, True),
        ({"viewer": "mujoco"}, False),
        ({"viewer": "none"}, False),
        ({"headless": True}, False),
    ],
)
def test_the_cockpit_is_started_where_the_viewer_is_the_web(
    said: dict[str, Value], there: bool
) -> None:
    stack = load_stack(SIM)
    settings = stack.settings(said)
    assert ("cockpit" in [process.name for process in stack.started(settings)]) is there
    assert ("cockpit_node" in stack.nodes_started(settings)) is there
    assert {"sim_node", "executor_node"} <= set(stack.nodes_started(settings))
    assert "cockpit_node" in stack.node_names


def test_a_module_gets_settings_where_its_words_name_them() -> None:
    process = Process(
        "p", module="a.b", words=("--board", "{board}", "--path", "{folder}/x", "{nothing}")
    )
    assert process.command({"board": "pro", "folder": "/a b"})[1:] == [
        "-m",
        "a.b",
        "--board",
        "pro",
        "--path",
        "/a b/x",
        "",
    ]


def test_words_become_settings_of_the_arguments_types() -> None:
    stack = Stack(
        (),
        (
            Argument("speed", 1.0, "a speed"),
            Argument("name", "", "a name", ("a", "b")),
            Argument("on", False, "on"),
        ),
    )
    assert stack.read_words(["speed:=2", "name:=b", "on:=true"]) == {
        "speed": 2.0,
        "name": "b",
        "on": True,
    }
    for word in ("speed:=fast", "name:=c", "on:=1", "nothing:=1", "speed"):
        with pytest.raises(StackFileError) as caught:
            stack.read_words([word])
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "words",
    [
        ["nowhere"],
        ["rasptank"],
        ["rasptank", "brain"],
        ["rasptank", "chips"],
        ["rasptank", "robot", "bord:=pro"],
    ],
)
def test_a_process_that_is_not_there_is_refused_in_one_line(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_shipped_stack_keeps_the_simulation_in_a_process_of_its_own() -> None:
    stack = load_stack(find_stack_file())
    assert [
        process.nodes for process in stack.processes if "tank_sim.sim_node:SimNode" in process.nodes
    ] == [("tank_sim.sim_node:SimNode",)]
    assert {"sim_node", "language_node", "executor_node"} <= set(stack.node_names)


def test_node_names_are_those_of_the_interfaces() -> None:
    names = importlib.import_module("tank_core.ros.interfaces")
    assert node_name("tank_sim.sim_node:SimNode") == names.SIM_NODE
    assert node_name("tank_language.language_node:LanguageNode") == names.LANGUAGE_NODE
    assert node_name("tank_executor.executor_node:ExecutorNode") == names.EXECUTOR_NODE


def test_settings_become_parameters_and_texts_stay_texts() -> None:
    process = Process("p", ("a.b:C",))
    command = process.command(
        {"world": "1", "headless": True, "rate": 2.0, "model": "/a b/'c\".gguf"}
    )
    assert command[1:4] == ["-m", "tank_core.ros.runtime.run_nodes", "a.b:C"]
    assert command[4:] == [
        "--ros-args", "-p", 'world:="1"', "-p", "headless:=true", "-p", "rate:=2.0", "-p",
        'model:="/a b/\'c\\".gguf"'
    ]  # fmt: skip


def test_a_process_takes_all_settings_or_those_that_it_names() -> None:
    given = {"world": "empty", "model": "m.gguf"}
    assert Process("p", ("a:B",)).settings(given) == given
    assert Process("p", ("a:B",), ("model", "other")).settings(given) == {"model": "m.gguf"}
    assert Process("p", ("a:B",), ()).command(given)[-1] == "a:B"


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {"processes": {}},
        {"processes": {"brain": {}}},
        {"processes": {"brain": {"nodes": []}}},
        {"processes": {"brain": {"nodes": "a:B"}}},
        {"processes": {"brain": {"nodes": ["no_class"]}}},
        {"processes": {"brain": {"nodes": ["--ros-args"]}}},
        {"processes": {"brain": {"nodes": ["a:B"], "params": "model"}}},
        {"processes": {"brain": {"nodes": ["a:B"], "extra": 1}}},
        {"processes": {"brain": {"nodes": ["a:B"], "module": "a"}}},
        {"processes": {"brain": {"module": "no module"}}},
        {"processes": {"brain": {"module": "a", "words": "--x"}}},
        {"processes": {"brain": {"nodes": ["a:B"]}}, "arguments": {"x": 1}},
        {"processes": {"brain": {"nodes": ["a:B"]}}, "arguments": {"x": {"default": 1}}},
        {
            "processes": {"brain": {"nodes": ["a:B"]}},
            "arguments": {"x": {"default": 1, "description": "d", "sets": {"a": 1}}},
        },
    ],
)
def test_a_wrong_description_is_refused_in_one_line(data: Any) -> None:
    with pytest.raises(StackFileError) as caught:
        read_stack(data, "my.yaml")
    assert str(caught.value).startswith("my.yaml") and "\n" not in str(caught.value)


def test_a_missing_or_unreadable_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(StackFileError, match=r"nowhere\.yaml"):
        load_stack(tmp_path / "nowhere.yaml")
    (tmp_path / "bad.yaml").write_text("processes: [")
    with pytest.raises(StackFileError, match="not YAML"):
        load_stack(tmp_path / "bad.yaml")


def test_the_boards_that_may_be_said_and_their_robots_are_those_of_the_driver() -> None:
    stack = load_stack(RASPTANK)
    board = next(argument for argument in stack.arguments if argument.name == "board")
    assert set(board.choices) == {"auto", *board_names()}
    for name in board_names():
        assert stack.settings({"board": name})["robot"] == load_hardware(name).robot
