"""A recording from beginning to end, in a process that does nothing else."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rclpy.context import Context
from rclpy.node import Node

from tank_core.io.one_line import quoted, reason
from tank_core.io.outputs import OutputError
from tank_recording.bag import RecordingError
from tank_recording.choice import Choice
from tank_recording.ros.circumstances import CircumstanceReader
from tank_recording.ros.recorder import PERIOD_S, Recorder
from tank_recording.said import NOTE, SINCE
from tank_recording.writing import BagWriter, Limits

NODE = "recorder"


@dataclass(frozen=True)
class RecordingProgress:
    """Progress of a recording: topics, messages, bytes in the files, time [s]."""

    topics: int
    messages: int
    size: int
    seconds: float


def record(
    context: Context,
    folder: Path,
    choice: Choice,
    limits: Limits,
    goes_on: Callable[[RecordingProgress], bool],
    tell: Callable[[str], None],
) -> RecordingProgress:
    """Record into ``folder`` as long as ``goes_on``, asked each ``PERIOD_S``.

    ``tell`` hears what cannot be recorded. What was recorded is whole when this returns. Raises
    RecordingError where nothing can be written, or not any more.
    """
    writer = BagWriter(folder, os.environ.get("ROS_DISTRO", ""), limits)
    node = Node(NODE, context=context, start_parameter_services=False, enable_rosout=False)
    recorder = Recorder(node, writer, choice, tell)
    asked = CircumstanceReader(context, choice.namespace)
    began, done = time.monotonic(), False
    try:
        while not done:
            at = time.time_ns()
            recorder.step(at)
            if (answers := asked.look(time.monotonic())) is not None:
                writer.note(NOTE, {**answers, SINCE: str(at)})
            now = RecordingProgress(
                len(recorder.topics), writer.messages, writer.size, time.monotonic() - began
            )
            done = not goes_on(now)
            time.sleep(0.0 if done else PERIOD_S)
        recorder.close(time.time_ns())
        writer.close()
    except (OSError, OutputError) as error:
        why = reason(error) if isinstance(error, OSError) else str(error)
        raise RecordingError(
            f"{quoted(str(folder))} cannot be written any more: {why}; make room, then "
            f"./tank record --repair {folder} keeps what was recorded"
        ) from None
    finally:
        asked.close()
        node.destroy_node()
    return now
