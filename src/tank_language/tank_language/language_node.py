"""instruction (std_msgs/String) in, commands (tank_msgs/CommandList) out."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from builtin_interfaces.msg import Time
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from rclpy.clock import Clock
from rclpy.clock_type import ClockType
from rclpy.qos import QoSProfile
from std_msgs.msg import Bool, Header, String

from tank_core.commands import MAX_INSTRUCTION_CHARS
from tank_core.english.stop_words import is_stop
from tank_core.health import LOADING, Level
from tank_core.instruction_queue import split_at_last_stop
from tank_core.ros import interfaces as names
from tank_core.ros.parameters import Setting
from tank_core.ros.tank_messages import command_to_ros
from tank_core.ros.tank_node import TankNode
from tank_language.gguf_model import DEFAULT_CONTEXT, load_model
from tank_language.model import LanguageModel, MissingModel
from tank_language.translator import CANCELLED, Translation, Verdict
from tank_language.worker import QUEUE_LENGTH, Instruction, TranslationWorker
from tank_msgs.msg import CommandList

MAX_QUEUE = 100
SETTINGS = (
    Setting("model", "",
        "tank-nano, tank-gemma, both, or the path of a GGUF model; empty takes $TANK_MODEL, or "
        "else tank-nano."),
    Setting("threads", 0, "Threads of the model; 0 takes all cores but one, at most 4.", 0, 64),
    Setting("nice", 0,
        "Nice value of the thread that translates: on a small processor the control loop comes "
        "first.", 0, 19),
    Setting("context", DEFAULT_CONTEXT,
        "Tokens that prompt and answer may have together.", 256, 32768),
    Setting("queue", QUEUE_LENGTH,
        "Instructions that may wait for the model; more are rejected.", 1, MAX_QUEUE),
    Setting("confirm_below", 0.0,
        "What the model is less sure of than this is asked before it is done, to be answered by "
        "the instruction yes or no; 0 asks nothing.", 0.0, 1.0),
)  # fmt: skip
# Deeper than names.RELIABLE: a stop and the rejections of all that it drops come in one burst, and
# none may push the stop out.
SENTENCES = QoSProfile(depth=2 * MAX_QUEUE)
# a clock this far behind the last stamp began anew: the simulator was started again
WENT_BACK_NS = 100_000_000
VERDICTS = {verdict: getattr(CommandList, verdict.name) for verdict in Verdict}


class LanguageNode(TankNode):
    """Translates on a thread of its own.

    A stop word is answered in the callback itself, with or without a model. ``load`` makes the
    model; tests give one that needs no file.
    """

    SETTINGS = SETTINGS

    def __init__(
        self,
        name: str = names.LANGUAGE_NODE,
        load: Callable[[], LanguageModel] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name, **kwargs)
        self._load = load or self._load_model
        self._worker: TranslationWorker | None = None
        self._listening = False
        self._publisher: Any = None
        self._rehearsed: Any = None
        self._subscription: Any = None
        self._alive: Any = None
        self._last_stamp = 0  # [ns]

    def configure(self) -> None:
        """Begin to load the model; whatever comes of it, stop words work."""
        if self._publisher is None:
            self._connect()
        self.diagnostics.set("model", Level.OK, LOADING)
        self._worker = TranslationWorker(
            self._load, self._publish, self._on_model, self._on_fault, self.settings["queue"],
            confirm_below=self.settings["confirm_below"], nice=self.settings["nice"],
        )  # fmt: skip

    def activate(self) -> None:
        """Listen."""
        self._listening = True
        self._say_alive()

    def deactivate(self) -> None:
        """Listen no more; what waits is rejected."""
        self._listening = False
        if self._worker is not None:
            self._worker.drop(f"{self.get_name()} was deactivated")

    def cleanup(self) -> None:
        """Let go of the model."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    def destroy_node(self) -> None:
        """Ends the thread before the publisher that it uses goes."""
        self.deactivate()
        self.cleanup()
        super().destroy_node()

    def _connect(self) -> None:
        """For the node's whole life.

        Rclpy's executors do not bear a subscription that goes while they wait for it.
        """
        self._publisher = self.create_lifecycle_publisher(CommandList, names.COMMANDS, SENTENCES)
        group = MutuallyExclusiveCallbackGroup()
        self._subscription = self.hear(
            String, names.INSTRUCTION, self._on_instruction, SENTENCES, group, part="instructions"
        )
        self._rehearsed = self.create_lifecycle_publisher(
            CommandList, names.REHEARSED, names.RELIABLE
        )
        self.hear(String, names.REHEARSE, self._on_rehearse, names.RELIABLE, group)
        if self.settings["confirm_below"] > 0.0:
            for topic in (names.STOPPED, names.ROBOT_STOPPED):
                self.hear(Bool, topic, self._on_stopped, names.LATCHED)
        self._alive = self.create_publisher(String, names.LISTENING, names.ALIVE_OFFERED)
        # In the group of the instructions: while one is stuck there, a stop word would not be
        # heard, and nobody is told that it would.
        clock = Clock(clock_type=ClockType.STEADY_TIME)
        self.create_timer(
            names.LISTENING_PERIOD, self.guarded("listening", self._say_alive), group, clock
        )

    def _say_alive(self) -> None:
        """The executor ends what was said when this ends."""
        if self._listening:
            self._alive.publish(String(data=names.THIS_PROCESS))

    def _load_model(self) -> LanguageModel:
        return load_model(
            self.settings["model"], self.settings["threads"], self.settings["context"]
        )

    def _on_instruction(self, message: String) -> None:
        worker = self._worker  # once: a transition may end it on another thread
        if worker is None or not self._listening:
            self.diagnostics.warn(
                "instructions",
                "ignored",
                f"an instruction came while {self.get_name()} was not active; activate it",
            )
            return
        # A stop in the middle of a burst does not wait for the sentences before it.
        ended, due = split_at_last_stop(
            [message, *self._subscription.waiting()], lambda each: is_stop(each.data)
        )
        for each in due:
            self.diagnostics.tick("instructions", "instruction")
            worker.submit(each.data, self._stamp())
        for each in ended:
            worker.refuse(each.data, self._stamp(), CANCELLED)

    def _on_rehearse(self, message: String) -> None:
        """Tell what a sentence means, for nobody to do; a stop stops here, too."""
        if self._worker is not None and self._listening:
            self._worker.submit(message.data, self._stamp(), rehearsed=True)

    def _on_stopped(self, message: Bool) -> None:
        """Let a stop end a question, too: a later yes is not meant for it."""
        if message.data and (worker := self._worker) is not None:
            worker.forget_question()

    def _stamp(self) -> Time:
        """Now, never twice the same, as it names the instruction."""
        now = self.get_clock().now().nanoseconds
        went_back = self._last_stamp - now > WENT_BACK_NS
        self._last_stamp = now if went_back else max(self._last_stamp + 1, now)
        return Time(sec=self._last_stamp // 10**9, nanosec=self._last_stamp % 10**9)

    def _publish(self, instruction: Instruction, translation: Translation) -> None:
        message = command_list(instruction, translation)
        if instruction.rehearsed:
            self._rehearsed.publish(message)
            return
        self._publisher.publish(message)
        if translation.verdict is Verdict.REJECTED and translation.reason != CANCELLED:
            self.diagnostics.warn("instructions", "rejected", translation.reason)
        self.diagnostics.set(
            "instructions", Level.OK, f"last: {translation.verdict} {translation.reason}".rstrip(),
            **{"latency [ms]": translation.latency_s * 1e3},
        )  # fmt: skip

    def _on_model(self, model: LanguageModel) -> None:
        if isinstance(model, MissingModel):
            self.get_logger().error(f"{model.reason} (stop words still work)")
            self.diagnostics.set("model", Level.ERROR, model.reason)
        else:
            self.get_logger().info(f"model {model.name} is ready, answers in {model.form.value}")
            self.diagnostics.set("model", Level.OK, f"{model.name} is ready", form=model.form.value)

    def _on_fault(self, error: Exception) -> None:
        self.report_fault("translation", error)


def command_list(instruction: Instruction, translation: Translation) -> CommandList:
    """The message of a translation; too long a sentence is echoed in part."""
    text = instruction.text
    shown = text if len(text) <= MAX_INSTRUCTION_CHARS else text[:MAX_INSTRUCTION_CHARS] + "..."
    return CommandList(
        header=Header(stamp=instruction.stamp),
        instruction=shown,
        verdict=VERDICTS[translation.verdict],
        reason=translation.reason,
        commands=[command_to_ros(command) for command in translation.commands],
        latency=translation.latency_s,
    )


def main() -> int:
    """The executable ``language_node``."""
    from tank_core.ros.runtime.run_nodes import main as run_nodes

    return run_nodes([sys.argv[0], "tank_language.language_node:LanguageNode", *sys.argv[1:]])
