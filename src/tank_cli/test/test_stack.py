"""The stack description: the shipped one is whole, a wrong one is refused in words."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

from tank_core.stack import Process, StackFileError, find_stack_file, load_stack, node_name, read_stack


def test_the_shipped_stack_loads_and_every_class_in_it_is_there() -> None:
    for process in load_stack().processes:
        for spec in process.nodes:
            module, _, name = spec.partition(":")
            assert isinstance(getattr(importlib.import_module(module), name), type), spec


def test_the_shipped_stack_keeps_the_simulation_in_a_process_of_its_own() -> None:
    stack = load_stack(find_stack_file())
    assert [process.nodes for process in stack.processes if "tank_sim.sim_node:SimNode" in process.nodes] == [
        ("tank_sim.sim_node:SimNode",)
    ]
    assert {"sim_node", "language_node", "executor_node"} <= set(stack.node_names)


def test_node_names_are_those_of_the_interfaces() -> None:
    names = importlib.import_module("tank_core.ros_interfaces")
    assert node_name("tank_sim.sim_node:SimNode") == names.SIM_NODE
    assert node_name("tank_language.language_node:LanguageNode") == names.LANGUAGE_NODE
    assert node_name("tank_executor.executor_node:ExecutorNode") == names.EXECUTOR_NODE


def test_settings_become_parameters_and_texts_stay_texts() -> None:
    process = Process("p", ("a.b:C",))
    command = process.command({"world": "1", "headless": True, "rate": 2.0, "model": "/a b/'c\".gguf"})
    assert command[1:4] == ["-m", "tank_core.ros_main", "a.b:C"]
    assert command[4:] == [
        "--ros-args", "-p", 'world:="1"', "-p", "headless:=true", "-p", "rate:=2.0", "-p", 'model:="/a b/\'c\\".gguf"'
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
