"""The person's side of ``./tank sim``.

What is typed goes to the stack, and what the stack reports is shown.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from tank_client.client_node import RESET_STOP, RESET_WORLD, STOP, Listener
from tank_client.narrator import Narrator, Understanding
from tank_client.readiness import VIEWER_PART
from tank_core.io.console import BOLD, DIM, GREEN, YELLOW, fail, paint, say
from tank_core.io.user_paths import state_folder
from tank_executor.plan import PlanStatus

if TYPE_CHECKING:
    from tank_cli.prompt.line_editor import LineEditor
    from tank_client.client_node import StackClient

COMMANDS = {
    "/stop": "stop the robot and keep it stopped",
    "/reset": "let it move again after /stop",
    "/world": "put robot and objects back to where they began",
    "/status": "what the robot is doing, and how its parts are",
    "/help": "show this",
    "/quit": "end everything (so does Ctrl-D)",
}
SERVICES = {"/stop": STOP, "/reset": RESET_STOP, "/world": RESET_WORLD}


class Conversation:
    """Takes what is typed, and shows what the stack reports.

    Nothing before ``begin``, so that a start is not mixed with what was latched before.
    """

    def __init__(self) -> None:
        self.listener = Listener(
            self._understood, self._progressed, self._stopped, self._shown, self._troubled
        )
        self._narrator = Narrator()
        self._client: StackClient | None = None
        self._typed: list[str] = []  # here, and not yet answered
        # stamp of the last sentence that meant nothing: the executor refuses it, too, which is no
        # news
        self._not_understood = 0

    def begin(self, client: StackClient) -> None:
        """Show from now on what is reported."""
        self._client = client
        if VIEWER_PART in client.heard.diagnostics:
            self._shown(*client.heard.diagnostics[VIEWER_PART])
        for text in sorted(client.heard.troubles()):
            self._troubled(text)

    def converse(self, ended: threading.Event) -> None:
        """The prompt, until the person or the stack ends it."""
        from tank_cli.prompt.line_editor import LineEditor

        say(f"Ctrl-C stops the robot, Ctrl-D ends, {paint('/help', GREEN)} shows more.", DIM)
        prompt = LineEditor(
            state_folder() / "history", COMMANDS, self._take, self._interrupt, self._toolbar
        )
        threading.Thread(target=_close_when, args=(ended, prompt), daemon=True).start()
        prompt.run()

    # What the person does

    def _take(self, line: str) -> bool:
        """Do what was typed; False when that is to end."""
        client = self._client
        if client is None or line in ("/quit", "/exit"):
            return False
        if not line.startswith("/"):
            self._say(client, line)
        elif line in SERVICES:
            done, message = client.call(SERVICES[line])
            if not done or line == "/world":  # of a stop, the topic `stopped` tells
                say(message, "" if done else YELLOW)
        elif line == "/status":
            self._tell_status(client)
        else:
            if line != "/help":
                fail(f"{line} is not known; these are:")
            for name, text in COMMANDS.items():
                say(f"  {paint(f'{name:8}', GREEN)} {text}")
        return True

    def _say(self, client: StackClient, line: str) -> None:
        if client.translator_listens():
            self._typed.append(line)
            client.say(line)
        else:
            fail("language_node does not listen at the moment; try again in a few seconds")

    def _interrupt(self) -> None:
        """Stop the robot; it may move on when it is told something new.

        Where nobody translates, it stays stopped.
        """
        client = self._client
        if client is None:
            return
        if client.translator_listens():
            self._typed.append("stop")
            client.say("stop")
            say("stopping; Ctrl-C again within 2 s ends everything", YELLOW)
        else:
            threading.Thread(target=lambda: say(client.call(STOP)[1], YELLOW), daemon=True).start()

    def _tell_status(self, client: StackClient) -> None:
        say(
            f"{self._narrator.live()}"
            f"{'; stopped, /reset lets it move' if client.heard.stopped else ''}"
        )
        for part, (fine, message) in sorted(client.heard.diagnostics.items()):
            say(f"  {paint('✓', GREEN) if fine else paint('!', YELLOW)} {part}: {message}")

    def _toolbar(self) -> str:
        stopped = self._client is not None and self._client.heard.stopped
        return "stopped; /reset lets it move" if stopped else self._narrator.live()

    # What the stack reports

    def _understood(self, understanding: Understanding) -> None:
        if self._client is None:
            return
        if not understanding.understood:
            self._not_understood = understanding.stamp
        if understanding.instruction in self._typed:
            self._typed.remove(understanding.instruction)
        else:  # from somebody else, so it is not on this screen yet
            say(f"“{understanding.instruction}”")
        say(
            f"{paint('→', GREEN)} {understanding.line()}"
            if understanding.understood
            else understanding.line()
        )

    def _progressed(self, status: PlanStatus) -> None:
        lines = self._narrator.lines(status)
        known = status.plan is not None and status.plan.stamp == self._not_understood
        if self._client is not None and not known:
            for line in lines:
                say(f"  {line}")

    def _shown(self, fine: bool, message: str) -> None:
        if self._client is not None:
            say(message, BOLD if fine else YELLOW)

    def _troubled(self, text: str) -> None:
        if self._client is not None:
            say(text, YELLOW)

    def _stopped(self, stopped: bool) -> None:
        if self._client is not None:
            say(
                "the robot is stopped; /reset lets it move" if stopped else "the robot may move",
                YELLOW if stopped else GREEN,
            )


def _close_when(ended: threading.Event, prompt: LineEditor) -> None:
    ended.wait()
    prompt.close()
