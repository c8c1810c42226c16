"""The prompt's line editor: what the robot does is shown above the line.

Sentences and slash commands, with a history.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import HTML
from prompt_toolkit.history import FileHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output import create_output
from prompt_toolkit.patch_stdout import patch_stdout
from prompt_toolkit.styles import Style

PHRASES = (
    "drive forward one meter", "drive forward two meters, then come back", "back up a bit",
    "turn left", "turn right 45 degrees",
    "turn around", "drive forward one meter, then turn left and pick up the cube",
    "pick up the cube", "pick up the object on your left",
    "put it down", "put it down on your right", "spin around twice", "drive in a square",
    "wait five seconds",
    "go slowly backward half a meter",     "stop",
)  # fmt: skip
AGAIN_S = 2.0  # [s] within which a second Ctrl-C ends all
STYLE = Style.from_dict(
    {"bottom-toolbar": "noreverse fg:ansibrightblack", "bottom-toolbar.text": ""}
)


class TankCompleter(Completer):
    """Slash commands, and phrases that begin with what was typed."""

    def __init__(self, commands: dict[str, str]) -> None:
        self._commands = commands

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterator[Completion]:
        typed = document.text_before_cursor.lstrip()
        words: dict[str, str] = (
            self._commands if typed.startswith("/") else dict.fromkeys(PHRASES, "")
        )
        for word, help_text in words.items():
            if word.startswith(typed.lower()):
                yield Completion(word, start_position=-len(typed), display_meta=help_text)


class LineEditor:
    """Edits a line at a time at the terminal.

    ``on_line`` gets each line and says whether to go on. ``on_interrupt`` is the first Ctrl-C;
    ``status`` is the line below.
    """

    def __init__(
        self,
        history: Path,
        commands: dict[str, str],
        on_line: Callable[[str], bool],
        on_interrupt: Callable[[], None],
        status: Callable[[], str],
    ) -> None:
        self._on_line, self._on_interrupt, self._status = on_line, on_interrupt, status
        self._interrupted = -AGAIN_S
        self._session: PromptSession[str] = PromptSession(
            HTML("<ansigreen><b>tank</b></ansigreen> <b>›</b> "),
            history=FileHistory(str(history)),
            completer=TankCompleter(commands),
            complete_while_typing=False,
            auto_suggest=AutoSuggestFromHistory(),
            key_bindings=self._keys(),
            bottom_toolbar=self._toolbar,
            refresh_interval=0.2,
            reserve_space_for_menu=6,
            style=STYLE,
            output=create_output(always_prefer_tty=True),
        )
        self._closed = False

    def run(self) -> None:
        """Take lines until one of them, Ctrl-D or ``close`` ends it.

        A second Ctrl-C does, too.
        """
        with patch_stdout(raw=True):
            while not self._closed:
                try:
                    line = self._session.prompt().strip()
                except EOFError:
                    return
                if line and not self._on_line(line):
                    return

    def close(self) -> None:
        """End ``run``, from any thread."""
        self._closed = True
        app = self._session.app
        if app.is_running and app.loop is not None:
            app.loop.call_soon_threadsafe(self._leave)

    def _leave(self) -> None:
        app = self._session.app
        if app.is_running and not app.is_done:
            app.exit(exception=EOFError())

    def _toolbar(self) -> str:
        return f" {self._status()}"

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()

        @keys.add("c-c")
        @keys.add("<sigint>")
        def interrupt(event: KeyPressEvent) -> None:
            now = time.monotonic()
            if now - self._interrupted < AGAIN_S:
                event.app.exit(exception=EOFError())
                return
            self._interrupted = now
            event.current_buffer.reset()
            self._on_interrupt()

        return keys
