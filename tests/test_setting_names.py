"""Settings reach the nodes as they were said, whatever is in them.

Through the command line that rcl reads.
"""

from __future__ import annotations

import os

import pytest
import rclpy

from tank_core.ros.runtime.run_nodes import main as run_nodes
from tank_stack.arguments import StackFileError
from tank_stack.stack import SIM, Process, load_stack

NAMES = [
    "ü/\U0001f600 a.gguf",
    "a'b\"c$x:#{}[]&*!|>%@`\\",
    "\n\r\t\x01\x7f\x85\u2028\ufeff\uffff",
    "true",
    "1",
    "~",
    "null",
    " a ",
    "- a",
    "",
]


@pytest.mark.parametrize("name", NAMES)
def test_rcl_reads_the_text_that_was_said(name: str) -> None:
    command = Process("brain", nodes=("a.b:C",)).command({"model": name})
    context = rclpy.Context()
    rclpy.init(args=["node", *command[command.index("--ros-args") :]], context=context)
    try:
        node = rclpy.create_node(
            "reader", context=context, enable_rosout=False, start_parameter_services=False
        )
        assert node.declare_parameter("model", "other").value == name
        node.destroy_node()
    finally:
        rclpy.shutdown(context=context)


@pytest.mark.parametrize("name", [os.fsdecode(b"\xff"), "a\0b"])
def test_what_no_parameter_can_hold_is_refused_before_anything_starts(name: str) -> None:
    with pytest.raises(StackFileError, match="model"):
        Process("brain", nodes=("a.b:C",)).command({"model": name})


@pytest.mark.parametrize(
    "text", ["", "x", "nan", "inf", "1e400", "1_0", "\u0663", "9" * 5000, "0x10"]
)
@pytest.mark.parametrize("name", ["seed", "real_time_factor"])
def test_a_number_that_is_none_is_refused(name: str, text: str) -> None:
    with pytest.raises(StackFileError, match=name) as refused:
        load_stack(SIM).read_words([f"{name}:={text}"])
    assert len(str(refused.value)) < 400


@pytest.mark.parametrize(
    "words", [["-p", "x:=["], ["-p"], ["-r", "__ns:=\U0001f600"], ["--no-such"]]
)
def test_words_that_ros_cannot_read_are_one_line(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_nodes(["tank_nodes", "a.b:C", "--ros-args", *words]) == 2
    err = capsys.readouterr().err
    assert err.startswith("tank_nodes: ") and err.count("\n") == 1
