"""Asks a stack what a sentence means, for nobody to carry out."""

from __future__ import annotations

import queue
import time

from std_msgs.msg import String

from tank_client.client_node import StackClient
from tank_client.narrator import Understanding
from tank_client.ros.messages import understanding_from_ros
from tank_core.ros import interfaces as names
from tank_msgs.msg import CommandList

FIND_S, ANSWER_S = 5.0, 120.0  # [s] to find who translates, and for a large model's answer


class Rehearsal:
    """The translator of a stack, by the topics that no executor hears.

    It reads a sentence as it would now, with what that may lean on. But a stop stops there, too.
    """

    def __init__(self, client: StackClient) -> None:
        self._client = client
        self._answers: queue.SimpleQueue[CommandList] = queue.SimpleQueue()
        self._publish = client.publisher(String, names.REHEARSE, names.RELIABLE)
        client.listen(CommandList, names.REHEARSED, self._answers.put, names.RELIABLE)

    def ask(self, sentence: str) -> Understanding | None:
        """The meaning; None: nobody answered. Not on the client's own thread."""
        client = self._client
        if not client.wait_until(
            lambda: client.hearers(names.REHEARSE) > 0 and client.senders(names.REHEARSED) > 0,
            FIND_S,
        ):
            return None
        self._publish(String(data=sentence))
        give_up = time.monotonic() + ANSWER_S
        while (left := give_up - time.monotonic()) > 0.0:
            try:
                answer = understanding_from_ros(self._answers.get(timeout=left))
            except queue.Empty:
                return None
            if sentence.startswith(answer.instruction.removesuffix("...")):
                return answer  # and not what somebody else asked
        return None
