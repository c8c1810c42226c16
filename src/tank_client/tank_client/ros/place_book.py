"""The places of a robot that runs, as it tells them, and changes to them."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any

from std_msgs.msg import String

from tank_client.client_node import StackClient
from tank_core.io.inputs import InputError, parse_json
from tank_core.ros import interfaces as names

FIND_S, ANSWER_S = 5.0, 5.0  # [s] to find who changes places, and for the answer


@dataclass(frozen=True)
class ChangeReply:
    """Whether a change was made, and what the robot says of it."""

    done: bool
    message: str


class PlaceBook:
    """The named places as a robot tells them, from where it was started."""

    def __init__(self, client: StackClient) -> None:
        self.told: dict[str, Any] | None = None  # None: nobody has told anything yet
        self._client = client
        self._publish = client.publisher(String, names.CHANGE_PLACES, names.RELIABLE)
        client.listen(String, names.PLACES, self._on_places, names.LATCHED)

    @property
    def places(self) -> dict[str, Any]:
        """The places by name."""
        return dict((self.told or {}).get("places", {}))

    def change(self, verb: str, what: Any) -> ChangeReply | None:
        """Put or forget places; None: nobody answered.

        Not from the client's own thread.
        """
        number = uuid.uuid4().hex
        self._client.wait_until(lambda: self._client.hearers(names.CHANGE_PLACES) > 0, FIND_S)
        self._publish(String(data=json.dumps({"id": number, verb: what})))
        if not self._client.wait_until(lambda: self._answer(number) is not None, ANSWER_S):
            return None
        return self._answer(number)

    def _answer(self, number: str) -> ChangeReply | None:
        told = (self.told or {}).get("answer", {})
        mine = told.get("id") == number
        return ChangeReply(bool(told["done"]), str(told["message"])) if mine else None

    def _on_places(self, message: String) -> None:
        try:
            told = parse_json(message.data)
        except InputError:
            return  # not by our executor
        self.told = told if isinstance(told, dict) else None
