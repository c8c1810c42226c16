"""The node over real topics, in this process.

Every message on ``instruction`` gets one on ``commands``, stop words at once.
"""

from __future__ import annotations

import struct
import threading
import time
from pathlib import Path

import pytest

rclpy = pytest.importorskip("rclpy", reason="rclpy is not installed")
pytest.importorskip("tank_msgs", reason="tank_msgs is not built (colcon build)")

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.context import Context
from rclpy.event_handler import SubscriptionEventCallbacks
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.serialization import serialize_message
from std_msgs.msg import Bool, String

from tank_core.commands.wording import asks_back
from tank_core.ros import interfaces as names
from tank_core.ros.runtime.executor import GroupExecutor
from tank_core.ros.testing import alone
from tank_core.testing.waiting import wait_for
from tank_language.language_node import SENTENCES, LanguageNode
from tank_msgs.msg import CommandList

WAIT, TURN = 60.0, "turn left"


class Operator(Node):
    """Says instructions and collects what comes of them."""

    def __init__(self, context: Context) -> None:
        super().__init__("operator", context=context, use_global_arguments=False)
        self.lists: list[CommandList] = []
        self.diagnoses: dict[str, tuple[int, str]] = {}
        self.came = threading.Condition()
        self.voice = self.create_publisher(String, names.INSTRUCTION, SENTENCES)
        self.create_subscription(CommandList, names.COMMANDS, self._on_commands, SENTENCES)
        self.create_subscription(
            DiagnosticArray, names.DIAGNOSTICS, self._on_diagnostics, names.RELIABLE
        )

    def say(self, text: str | bytes) -> None:
        self.voice.publish(String(data=text) if isinstance(text, str) else raw_string(text))

    def heard(self, count: int) -> list[CommandList]:
        with self.came:
            assert self.came.wait_for(lambda: len(self.lists) >= count, WAIT), (
                f"{len(self.lists)} of {count} lists came"
            )
            return list(self.lists)

    def diagnosis(self, part: str, level: int) -> str:
        with self.came:
            assert self.came.wait_for(
                lambda: self.diagnoses.get(part, (None, ""))[0] == level, WAIT
            ), self.diagnoses
            return self.diagnoses[part][1]

    def _on_commands(self, message: CommandList) -> None:
        with self.came:
            self.lists.append(message)
            self.came.notify_all()

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        with self.came:
            self.diagnoses |= {
                status.name.partition(": ")[2]: (status.level[0], status.message)
                for status in message.status
            }
            self.came.notify_all()


def raw_string(data: bytes) -> bytes:
    """Return a std_msgs/String on the wire that holds any bytes.

    CDR, little-endian.
    """
    return b"\x00\x01\x00\x00" + struct.pack("<I", len(data) + 1) + data + b"\x00"


def settings(**values: object) -> list[Parameter]:
    return [Parameter(name, value=value) for name, value in values.items()]


@pytest.fixture
def stage():
    """Makes a running node with a listening operator.

    Ends all of it after the test.
    """
    with alone(Context()) as context:
        yield from _stage(context)


def _stage(context: Context):
    executor = GroupExecutor(context=context)
    operator, made = Operator(context), []
    executor.add_node(operator)
    executor.start()

    def start(load=None, **values: object) -> tuple[LanguageNode, Operator]:
        node = LanguageNode(
            load=load,
            context=context,
            use_global_arguments=False,
            parameter_overrides=settings(**values),
        )
        made.append(node)
        executor.add_node(node)
        node.trigger_configure()
        node.trigger_activate()
        wait_for(
            lambda: (
                operator.voice.get_subscription_count() > 0
                and node.count_subscribers(names.COMMANDS) > 0
            )
        )
        return node, operator

    yield start
    executor.shutdown()
    for node in (*made, operator):
        node.destroy_node()


@pytest.fixture
def model(fake_model):
    return fake_model(
        {TURN: "<turn><left>", "go back 2 meters slowly": "<move><backward>2<m><slow>"}
    )


def test_a_sentence_becomes_a_typed_command_list(stage, model):
    _, operator = stage(lambda: model)
    operator.say("go back 2 meters slowly")
    (said,) = operator.heard(1)
    assert (said.verdict, said.reason, said.instruction) == (
        CommandList.OK,
        "",
        "go back 2 meters slowly",
    )
    (step,) = said.commands
    assert (step.action, step.direction, step.distance_m, step.speed) == (
        "move",
        "backward",
        2.0,
        "slow",
    )
    assert 0 < said.latency < WAIT
    assert said.header.stamp.sec > 0


def test_what_is_rehearsed_is_told_elsewhere_and_a_stop_stops_from_there_too(stage, model):
    _, operator = stage(lambda: model)
    meanings: list[CommandList] = []
    operator.create_subscription(CommandList, names.REHEARSED, meanings.append, names.RELIABLE)
    ask = operator.create_publisher(String, names.REHEARSE, names.RELIABLE)
    wait_for(lambda: ask.get_subscription_count() and operator.count_publishers(names.REHEARSED))
    ask.publish(String(data=TURN))
    wait_for(lambda: meanings)
    assert [step.action for step in meanings[0].commands] == ["turn"]
    assert operator.lists == []  # nobody has anything to carry out
    ask.publish(String(data="stop"))
    assert operator.heard(1)[0].commands[0].action == "stop"


def test_what_cannot_be_done_is_empty_and_what_is_no_instruction_is_rejected(stage, model):
    _, operator = stage(lambda: model)
    operator.say("play some music")
    operator.say("x" * 5000)
    empty, long = operator.heard(2)
    assert (empty.verdict, list(empty.commands)) == (CommandList.EMPTY, [])
    assert (long.verdict, list(long.commands)) == (CommandList.REJECTED, [])
    assert empty.reason
    assert "5000 characters" in long.reason
    assert len(long.instruction) < 400


NOISE = [
    b"\xff\xfe\xfd",
    b"\x80" * 50,
    bytes(range(1, 256)),
    b"\xed\xa0\x80",
    b"turn \xc3\x28 left",
    b"\x1b[31m",
    b"",
    b" \t ",
    b"\x07" * 1000,
    b"\xf4\x90\x80\x80",
]


def test_any_bytes_are_answered_and_lose_nothing_of_what_follows(stage, model):
    _, operator = stage(lambda: model)
    for noise in NOISE:
        operator.say(noise)
    operator.say(TURN)
    *rejected, last = operator.heard(len(NOISE) + 1)
    assert [said.verdict for said in rejected] == [CommandList.REJECTED] * len(NOISE)
    assert all(said.reason and "\n" not in said.reason for said in rejected)
    assert last.verdict == CommandList.OK
    assert model.asked == [TURN]


def test_a_burst_loses_no_stop(stage, model):
    model.gate.clear()
    _, operator = stage(lambda: model)
    for _ in range(60):
        operator.say(TURN)
    operator.say("stop")
    operator.say("play some music")
    model.gate.set()
    lists = operator.heard(62)
    assert [
        said.instruction for said in lists if any(step.action == "stop" for step in said.commands)
    ] == ["stop"]


def test_a_stop_while_the_model_is_generating_comes_first_and_drops_the_rest(stage, model):
    model.gate.clear()  # as slow as can be: it never answers
    _, operator = stage(lambda: model)
    operator.say(TURN)
    assert model.answering.wait(WAIT)
    operator.say("go back 2 meters slowly")
    operator.say("stop!")
    stop, *dropped = operator.heard(3)
    assert (stop.verdict, [step.action for step in stop.commands]) == (CommandList.OK, ["stop"])
    assert {said.instruction for said in dropped} == {TURN, "go back 2 meters slowly"}
    assert {(said.verdict, said.reason) for said in dropped} == {
        (CommandList.REJECTED, "dropped by stop")
    }
    model.gate.set()
    operator.say(TURN)
    assert operator.heard(4)[3].verdict == CommandList.OK


def test_a_full_queue_rejects_with_a_reason(stage, model):
    model.gate.clear()
    _, operator = stage(lambda: model, queue=1)
    operator.say(TURN)
    assert model.answering.wait(WAIT)
    operator.say(TURN)
    operator.say("go back 2 meters slowly")
    (refused,) = operator.heard(1)
    assert (refused.verdict, refused.instruction) == (
        CommandList.REJECTED,
        "go back 2 meters slowly",
    )
    model.gate.set()
    assert [said.verdict for said in operator.heard(3)[1:]] == [CommandList.OK] * 2


@pytest.mark.parametrize("content", [None, b"GGUF", b"not a model at all"])
def test_a_missing_truncated_or_foreign_file_leaves_the_node_up_for_stop_words(
    stage, tmp_path: Path, content
):
    path = tmp_path / "some.gguf"
    if content is not None:
        path.write_bytes(content)
    _, operator = stage(model=str(path))
    operator.say(TURN)
    (refused,) = operator.heard(1)
    assert (refused.verdict, list(refused.commands)) == (CommandList.REJECTED, [])
    assert "some.gguf" in refused.reason
    assert operator.diagnosis("model", 2) == refused.reason
    operator.say("please stop")
    assert [step.action for step in operator.heard(2)[1].commands] == ["stop"]


def test_a_real_model_file_is_loaded_and_answers(stage, make_gguf):
    _, operator = stage(model=str(make_gguf(seed=2)), threads=1, context=1024)
    operator.say(TURN)
    (said,) = operator.heard(1)
    assert said.verdict in (CommandList.OK, CommandList.EMPTY, CommandList.REJECTED)
    assert (said.verdict == CommandList.OK) == bool(said.commands)
    wait_for(lambda: "is ready" in operator.diagnosis("model", 0))  # at first it is loading


def test_stamps_name_their_instructions_even_when_the_clock_stands_still(stage, model):
    _, operator = stage(lambda: model, use_sim_time=True)
    for _ in range(4):
        operator.say(TURN)
    stamps = [(said.header.stamp.sec, said.header.stamp.nanosec) for said in operator.heard(4)]
    assert stamps == sorted(set(stamps))


def test_the_lifecycle_deactivation_answers_what_waits_and_cleanup_closes_the_model(stage, model):
    model.gate.clear()
    node, operator = stage(lambda: model)
    operator.say(TURN)
    assert model.answering.wait(WAIT)
    operator.say(TURN)
    wait_for(lambda: node._worker.waiting == 1)
    node.trigger_deactivate()
    assert all("deactivated" in said.reason for said in operator.heard(2))
    operator.say(TURN)
    wait_for(lambda: "not active" in operator.diagnoses.get("instructions", (1, ""))[1])
    node.trigger_cleanup()
    assert model.closed
    model.gate.set()
    node.trigger_configure()
    node.trigger_activate()
    operator.say(TURN)
    assert operator.heard(3)[2].verdict == CommandList.OK


@pytest.mark.slow
def test_it_shows_that_it_listens_while_it_does_and_no_longer(stage, model):
    node, operator = stage(lambda: model)
    alive: list[int] = []
    signs: list[String] = []
    events = SubscriptionEventCallbacks(liveliness=lambda event: alive.append(event.alive_count))
    operator.create_subscription(
        String, names.LISTENING, signs.append, names.ALIVE, event_callbacks=events
    )
    wait_for(lambda: alive and alive[-1] == 1 and len(signs) > 1)
    node.trigger_deactivate()

    def quiet() -> bool:
        count = len(signs)
        time.sleep(2 * names.LISTENING_PERIOD)
        return len(signs) == count

    wait_for(quiet)  # some may be under way
    node.trigger_activate()
    wait_for(lambda: signs)


@pytest.mark.parametrize("topic", [names.STOPPED, names.ROBOT_STOPPED])
def test_a_question_is_asked_on_commands_and_answered_on_instruction(stage, model, topic):
    """And a stop by whatever way ends it."""
    model.confidence = 0.5
    node, operator = stage(lambda: model, confirm_below=0.7)
    operator.say(TURN)
    (asked,) = operator.heard(1)
    assert asked.verdict == CommandList.EMPTY and not asked.commands and asks_back(asked.reason)
    operator.say("yes")
    done = operator.heard(2)[1]
    assert done.verdict == CommandList.OK and done.instruction == "yes"
    assert [step.action for step in done.commands] == ["turn"]
    operator.say(TURN)
    operator.heard(3)
    stop = operator.create_publisher(Bool, topic, names.LATCHED)
    stop.publish(Bool(data=True))
    wait_for(lambda: not node._worker._confirmation._asked)
    operator.say("yes")
    assert not operator.heard(4)[3].commands


def test_a_bad_parameter_is_refused_in_words(stage, model):
    with alone(Context()) as context:
        node = LanguageNode(
            load=lambda: model,
            context=context,
            use_global_arguments=False,
            parameter_overrides=settings(threads=-3),
        )
        node.trigger_configure()
        assert "threads" in node.failure
        node.destroy_node()


def test_the_wire_format_of_these_tests_is_right():
    assert raw_string(b"turn left") == serialize_message(String(data="turn left"))


def test_after_a_clock_that_began_anew_the_stamps_begin_anew_too(stage):
    node, operator = stage()
    # [ns] year 2033: the clock stood there before the simulator was started again
    node._last_stamp = 2 * 10**18
    operator.say("stop")
    assert abs(operator.heard(1)[0].header.stamp.sec - time.time()) < 60.0
