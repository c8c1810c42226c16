"""The cockpit's node: one page for any browser, between a person and the stack."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from diagnostic_msgs.msg import DiagnosticArray
from std_msgs.msg import Header, String

from tank_client.phrases import PHRASES
from tank_client.ros.messages import report_from_ros, understanding_from_ros
from tank_cockpit.access import Door, key_wanted
from tank_cockpit.board import PageState
from tank_cockpit.key_file import load_key
from tank_cockpit.lean.socket_server import SocketServer, listen_at
from tank_cockpit.listening import EVERYWHERE, listen, names_of, own_address
from tank_cockpit.outbox import Outbox
from tank_cockpit.page_server import PageServer
from tank_cockpit.protocol import (
    DriveMessage,
    Message,
    PauseMessage,
    RecordMessage,
    RehearseMessage,
    ReleaseMessage,
    ResetMessage,
    SayMessage,
    StopMessage,
    WorldMessage,
)
from tank_cockpit.ros.asking import CockpitClients
from tank_cockpit.ros.record_button import RecordButton
from tank_cockpit.ros.streams import Streams
from tank_cockpit.ros.wheel import TeleopPublisher
from tank_cockpit.stop_lane import StopLane
from tank_cockpit.stop_watch import StopWatch
from tank_core.health import Level
from tank_core.io.user_paths import state_folder
from tank_core.ros import interfaces as names
from tank_core.ros.conversions import time_from_ros, yaw_from_ros
from tank_core.ros.parameters import Setting
from tank_core.ros.tank_node import TankNode
from tank_hw_driver.runtime import cockpit_socket
from tank_msgs.msg import CommandList, ExecutionStatus, Photo

SETTINGS = (
    Setting(
        "page_host",
        "127.0.0.1",
        "where the page may be opened from: 127.0.0.1, this machine alone; an address of this "
        "machine, or 0.0.0.0, from its network, too, with a key",
    ),
    Setting(
        "page_socket",
        "",
        "a UNIX socket, for a page that another process of this user serves (python -m "
        "tank_cockpit.lean); auto: where that looks for it; empty: this node serves the page",
    ),
    Setting("page_port", 8080, "the page's port; the next free one when it is taken", 1024, 65535),
)


class CockpitNode(TankNode):
    """Serves the page, and is its ears and voice in ROS.

    What is heard goes to the board on the page server's thread. A stop goes straight on, from
    whatever thread brings it.
    """

    SETTINGS: ClassVar[tuple[Setting, ...]] = SETTINGS

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(names.COCKPIT_NODE, **kwargs)
        self.stops = StopWatch()
        self.board = PageState()
        self.door: Door | None = None
        self.server: PageServer | None = None
        self._undoing: list[Callable[[], object]] = []

    def configure(self) -> None:
        self.asking = CockpitClients(self, self.stops, self._tell_refused)
        self.streams = Streams(self)
        self.wheel = TeleopPublisher(self, self.board)
        self.recording = RecordButton(
            self.context, self.get_namespace(), lambda one: self._soon(self.board.keep, one)
        )
        self._undoing += [each.close for each in (self.asking, self.streams, self.wheel)]
        self._undoing.append(self.recording.close)
        socket = self.settings["page_socket"]
        self._serve_socket(socket) if socket else self._serve_page()
        self._hear()

    def _serve_socket(self, socket: str) -> None:
        """Let another process of this user serve the page."""
        path = cockpit_socket() if socket == "auto" else Path(socket)
        listener = listen_at(path)
        self._undoing.append(listener.close)
        self.server = SocketServer(listener, None, self.board, self, self._hello, self._report)
        self._undoing.append(self.server.close)
        self.diagnostics.set("page socket", Level.OK, f"another process serves it from {path}")

    @property
    def _hello(self) -> dict[str, Any]:
        """Facts that each page is told first."""
        return {"examples": list(PHRASES), "name": self.get_namespace().strip("/")}

    def _serve_page(self) -> None:
        host = self.settings["page_host"]
        page = listen(host, self.settings["page_port"])
        self._undoing.append(page.close)
        port = page.getsockname()[1]
        lane = listen(host, port + 1 if port < 65535 else port - 1)
        self._undoing.append(lane.close)
        key = load_key(state_folder()) if key_wanted(host) else ""
        self.door = Door(port, lane.getsockname()[1], names_of(host), key)
        self._undoing.append(StopLane(lane, self.door, self.asking.stop).close)
        self.server = PageServer(page, self.door, self.board, self, self._hello, self._report)
        self._undoing.append(self.server.close)
        self._say_where(host)

    def cleanup(self) -> None:
        while self._undoing:
            self._undoing.pop()()
        self.board.stop_is(self.stops.state(time.monotonic()), self.stops.presses)

    def _hear(self) -> None:
        for kind, topic, callback, qos in (
            (String, names.ROBOT_DESCRIPTION, self._on_robot, names.LATCHED),
            (CommandList, names.COMMANDS, self._on_commands, names.RELIABLE),
            (CommandList, names.REHEARSED, self._on_rehearsed, names.RELIABLE),
            (ExecutionStatus, names.EXECUTION_STATUS, self._on_status, names.EVERY_STATUS),
            (Photo, names.PHOTOS, self._on_photo, names.LAST_PHOTOS),
            (DiagnosticArray, names.DIAGNOSTICS, self._on_diagnostics, names.RELIABLE),
            (Header, names.WORLD_RESET, self._on_world_reset, names.RELIABLE),
        ):
            self._undoing.append(self.hear(kind, topic, callback, qos).close)

    def _say_where(self, host: str) -> None:
        assert self.door is not None
        name = own_address() if host == EVERYWHERE else host
        plain = self.door.address(name, with_key=False)
        self.get_logger().info(f"the cockpit is at {self.door.address(name)}")
        # not the key: diagnostics are heard and kept by others
        self.diagnostics.set("page", Level.OK, f"the cockpit is at {plain}")

    # What pages ask for

    def act(self, message: Message) -> None:
        """Do what a page asks for. On the server's thread."""
        match message:
            case StopMessage():
                self.asking.stop(0.0)
            case ReleaseMessage():
                self.asking.release()
            case SayMessage(text) | RehearseMessage(text):
                dry = isinstance(message, RehearseMessage)
                entry = self.board.talk.said(text, time.time(), dry=dry)
                if not self.asking.say(text, names.REHEARSE if dry else names.INSTRUCTION):
                    why = f"{names.LANGUAGE_NODE} does not listen; try again in a few seconds"
                    self.board.talk.unheard(entry, why)
                self.board.tell_entry(entry)
            case ResetMessage():
                self.asking.reset_world()
            case PauseMessage(on):
                self.asking.pause(on)
            case RecordMessage(on):
                self.recording.press(on)
            case WorldMessage(world, seed):
                self.asking.change_world(world, seed)

    def drive(self, wish: DriveMessage, page: Outbox) -> None:
        """Drive by hand. On the server's thread."""
        self.wheel.drive(wish, page, time.monotonic())

    def leave(self, page: Outbox) -> None:
        """A page was closed. On the server's thread."""
        self.wheel.leave(page)

    def look(self) -> None:
        """Bring the board up to date. On the server's thread."""
        now = time.monotonic()
        self.streams.take(self.board, now)
        self.board.stop_is(self.stops.state(now), self.stops.presses)
        self.asking.watch(now)
        self.wheel.look(now)

    # What the stack says

    def _soon(self, work: Callable[..., object], *args: Any) -> None:
        if self.server is not None:
            self.server.soon(work, *args)

    def _on_robot(self, message: String) -> None:
        self._soon(self.board.robot, message.data)

    def _on_commands(self, message: CommandList) -> None:
        self._soon(self.board.understood, understanding_from_ros(message), time.time())

    def _on_rehearsed(self, message: CommandList) -> None:
        hands = self.wheel.driving.hands  # by which the executor tells its robot's reach, too
        reach = hands.reach if hands is not None else None
        self._soon(self.board.rehearsed, understanding_from_ros(message), time.time(), reach)

    def _on_status(self, message: ExecutionStatus) -> None:
        try:
            status = report_from_ros(message)
        except ValueError:
            return  # not by our executor: a state or a command that is none
        self._soon(self.board.progressed, status, time.time())

    def _on_photo(self, message: Photo) -> None:
        place, turn = message.pose.position, message.pose.orientation
        heading = message.heading_deg
        about = {
            "path": message.path,
            "time": round(time_from_ros(message.header.stamp), 2),
            "pose": [round(v, 3) for v in (place.x, place.y, yaw_from_ros(turn))],
            "heading": round(heading, 1) if heading >= 0.0 else None,
        }
        self._soon(self.board.photo, about, bytes(message.image.data))

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        parts = [(each.name, each.level[0], each.message) for each in message.status]
        self._soon(self.board.diagnosed, parts, time.monotonic())

    def _on_world_reset(self, _: Header) -> None:
        self._soon(self.board.world_reset)

    def _tell_refused(self, why: str) -> None:
        self._soon(partial(self.board.tell, {"t": "refused", "why": why}))

    def _report(self, line: str) -> None:
        self.diagnostics.warn("page", "reports", line)
