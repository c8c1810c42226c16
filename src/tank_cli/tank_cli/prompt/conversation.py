"""The person's side of ``./tank sim``.

What is typed goes to the stack, and what the stack reports is shown.
"""

from __future__ import annotations

import shutil
import textwrap
import threading
from collections import deque
from typing import TYPE_CHECKING

from tank_cli.prompt.cockpit_page import open_page, with_key
from tank_cli.prompt.halt import SENTENCE, Halt
from tank_cli.prompt.offers import offer
from tank_cli.prompt.plain_editor import AGAIN_S, Editor, PlainEditor
from tank_client.client_node import RESET_STOP, RESET_WORLD, STOP, Listener
from tank_client.narrator import Narrator, Understanding
from tank_client.phrases import PHRASES
from tank_client.plan_rows import PlanRows
from tank_client.readiness import VIEWER_PARTS
from tank_core.io.console import BOLD, DIM, GREEN, YELLOW, fail, paint, say
from tank_core.io.user_paths import state_folder
from tank_executor.plan import PlanState, PlanStatus

if TYPE_CHECKING:
    from tank_client.client_node import StackClient
    from tank_stack.process_log import ProcessLog

COMMANDS = {
    "/stop": "stop the robot and keep it stopped",
    "/reset": "let it move again after /stop",
    "/world": "put robot and objects back to where they began",
    "/status": "how the robot and its parts are: rates, memory, faults with their cures",
    "/help": "show this (so does help)",
    "/quit": "end everything (so does Ctrl-D)",
}
NARROWEST = 20  # [characters] of a terminal that lines are broken for
SERVICES = {"/stop": STOP, "/reset": RESET_STOP, "/world": RESET_WORLD}


class PromptSession:
    """Takes what is typed, and shows what the stack reports.

    Nothing before ``begin``, so that a start is not mixed with what was latched before. ``live``:
    the plans' rows stand above the typed line, and become lines when a plan has ended; else each
    step is a line as it ends.
    """

    def __init__(self, log: ProcessLog, live: bool) -> None:
        self.listener = Listener(
            self._understood, self._progressed, self._stopped, self._shown, self._troubled
        )
        self._log, self._live = log, live
        self._narrator, self._rows = Narrator(), PlanRows()
        self._client: StackClient | None = None
        self._opened = False  # the cockpit, in a browser here
        self._typed: list[str] = []  # here, and not yet answered
        self._halt: Halt | None = None  # a Ctrl-C that is not yet told
        self._steps: dict[int, list[str]] = {}  # lines of plans that are not told yet, by stamp
        self._told = 0  # stamp of the plan that was told last
        self._notices: list[str] = []  # that wait until nothing is under way
        # stamps of the last sentences that meant nothing: the executor refuses them, too, which is
        # no news
        self._meaningless: deque[int] = deque(maxlen=100)

    def begin(self, client: StackClient) -> None:
        """Show from now on what is reported."""
        self._client = client
        for part in VIEWER_PARTS:
            if part in client.heard.diagnostics:
                self._shown(*client.heard.diagnostics[part])
        for text in sorted(client.heard.troubles()):
            self._troubled(text)

    def converse(self, ended: threading.Event) -> None:
        """The prompt, until the person or the stack ends it."""
        say(f"Ctrl-C stops the robot, Ctrl-D ends, {paint('help', GREEN)} shows more.", DIM)
        prompt = self._editor()
        threading.Thread(target=_close_when, args=(ended, prompt), daemon=True).start()
        prompt.run()

    def _editor(self) -> Editor:
        if not self._live:
            return PlainEditor(self._take, self._interrupt)
        from tank_cli.prompt.line_editor import LineEditor  # takes 0.2 s and 10 MB

        history, rows = state_folder() / "history", self._rows.rows
        return LineEditor(history, COMMANDS, self._take, self._interrupt, rows, self._state)

    # What the person does

    def _take(self, line: str) -> bool:
        """Do what was typed; False when that is to end."""
        client = self._client
        self._release()
        if client is None or line in ("/quit", "/exit"):
            return False
        if line.lower() in ("help", "/help", "?"):
            show_help()
        elif not line.startswith("/"):
            self._say(client, line)
        elif line in SERVICES:
            done, message = client.call(SERVICES[line])
            if not done or line == "/world":  # of a stop, the topic `stopped` tells
                say(message, "" if done else YELLOW)
        elif line == "/status":
            threading.Thread(target=self._tell_status, daemon=True).start()
        else:
            fail(f"{line} is not known; these are: {', '.join(COMMANDS)}")
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
        if self._client is not None:
            threading.Thread(target=self._stop, args=(self._client,), daemon=True).start()

    def _stop(self, client: StackClient) -> None:
        """Stop, and say in one line what came of it."""
        if client.translator_listens():
            self._halt = halt = Halt()
            client.say(SENTENCE)
            confirmed, line = halt.wait(), halt.line()
            self._halt = None
        else:
            confirmed, line = client.call(STOP)
        again = f"Ctrl-C again within {AGAIN_S:g} s ends everything"
        say(f"{line}; {again}", YELLOW if confirmed else BOLD)

    def _tell_status(self) -> None:
        from tank_cli.ros.stack_watch import look
        from tank_cli.status.screen import lines

        say("\n".join(lines(look())))
        if self._log.hidden:
            say(f"{self._hidden()}, {self._log.path}; the last:")
            for line in self._log.newest_hidden:
                say(f"  {line}")

    def _hidden(self) -> str:
        number = self._log.hidden
        return f"{number} warning{'s' if number > 1 else ''} in the log"

    def _state(self) -> str:
        """A line of what the person has to know besides the rows; mostly none."""
        stopped = self._client is not None and self._client.heard.stopped
        told = ["stopped; /reset lets it move"] if stopped else []
        return " · ".join(told + ([f"{self._hidden()}, /status"] if self._log.hidden else []))

    # What the stack reports

    def _understood(self, understanding: Understanding) -> None:
        queued = self._rows.understood(understanding)
        if not understanding.understood:
            self._meaningless.append(understanding.stamp)
        if mine := understanding.instruction in self._typed:
            self._typed.remove(understanding.instruction)
        if self._client is None or (self._halt is not None and self._halt.takes(understanding)):
            return
        if not mine:  # from somebody else, so it is not on this screen yet
            say(f"“{understanding.instruction}”")
        self._told = understanding.stamp
        arrow = f"{paint('→', GREEN)} " if understanding.understood else ""
        _tell(f"{arrow}{understanding.line()}{', queued' if queued else ''}")
        if instead := offer(understanding, self._client.translates()):
            _tell(f"  {instead}")

    def _progressed(self, status: PlanStatus) -> None:
        self._rows.progressed(status)
        lines = [f"  {line}" for line in self._narrator.lines(status)]
        stamp = status.plan.stamp if status.plan is not None else 0
        halted = self._halt is not None and self._halt.takes(status)
        if self._client is None or stamp in self._meaningless or halted:
            self._steps.pop(stamp, None)
            return
        if self._live and status.plan is not None and status.state is PlanState.RUNNING:
            self._steps[stamp] = self._steps.get(stamp, []) + lines
            return
        if lines and (instead := offer(status)):
            lines.append(f"  {instead}")
        lines = self._steps.pop(stamp, []) + lines
        if lines and status.plan is not None and stamp != self._told:
            self._told = stamp  # another sentence was told of meanwhile
            say(f"{status.plan.name}:")
        for line in lines:
            _tell(line)
        self._release()

    def _notice(self, text: str) -> None:
        """Tell what is nobody's answer, not between sentence and answer."""
        self._notices.append(text)
        self._release()

    def _release(self) -> None:
        while self._notices and not self._typed and self._rows.running is None:
            say(self._notices.pop(0), YELLOW)

    def _shown(self, fine: bool, message: str) -> None:
        if self._client is not None and fine:
            say(with_key(message), BOLD)
            self._opened = self._opened or open_page(message)
        elif self._client is not None:
            self._notice(message)

    def _troubled(self, text: str) -> None:
        if self._client is not None:
            self._notice(text)

    def _stopped(self, stopped: bool) -> None:
        if self._client is not None:
            say(
                "the robot is stopped; /reset lets it move" if stopped else "the robot may move",
                YELLOW if stopped else GREEN,
            )


def show_help() -> None:
    """Show what can be said, and the slash commands."""
    say("Say in plain English what the robot is to do, such as")
    for phrase in PHRASES:
        say(f"  {paint(phrase, BOLD)}")
    for name, text in COMMANDS.items():
        say(f"  {paint(f'{name:8}', GREEN)} {text}")


def _tell(line: str) -> None:
    """Say a line that may be long: where it breaks, it does between words."""
    columns = shutil.get_terminal_size().columns
    say(
        textwrap.fill(
            line,
            max(columns - 1, NARROWEST),
            subsequent_indent="    ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


def _close_when(ended: threading.Event, prompt: Editor) -> None:
    ended.wait()
    prompt.close()
