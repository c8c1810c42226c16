"""The prompt's line editor: what the robot does is shown above the line.

Sentences and slash commands, with a history.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import FileHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output import create_output
from prompt_toolkit.patch_stdout import patch_stdout

from tank_cli.prompt.plain_editor import Interrupts
from tank_client.phrases import PHRASES
from tank_client.plan_rows import PlanRow
from tank_core.io.console import DIM, GREEN, RED, YELLOW

REFRESH_S = 0.2  # [s]
BAR = 16  # characters
STYLES = {GREEN: "ansigreen", RED: "ansired", YELLOW: "ansiyellow", DIM: "ansibrightblack"}


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
    """Edits a line at a time.

    ``on_line`` gets each line and says whether to go on. ``on_interrupt`` is the first Ctrl-C.
    ``rows``, and the line ``state`` where there is one, stand above what is typed.
    """

    def __init__(
        self,
        history: Path,
        commands: dict[str, str],
        on_line: Callable[[str], bool],
        on_interrupt: Callable[[], None],
        rows: Callable[[], list[PlanRow]],
        state: Callable[[], str],
    ) -> None:
        self._on_line, self._interrupts = on_line, Interrupts(on_interrupt)
        self._rows, self._state = rows, state
        self._session: PromptSession[str] = PromptSession(
            self._message,
            history=FileHistory(str(history)),
            completer=TankCompleter(commands),
            complete_while_typing=False,
            auto_suggest=AutoSuggestFromHistory(),
            key_bindings=self._keys(),
            refresh_interval=REFRESH_S,
            reserve_space_for_menu=6,
            output=create_output(always_prefer_tty=True),
        )
        self._closed = False

    def run(self) -> None:
        with patch_stdout(raw=True):
            while not self._closed:
                try:
                    line = self._session.prompt().strip()
                except EOFError:
                    return
                if line and not self._on_line(line):
                    return

    def close(self) -> None:
        self._closed = True
        app = self._session.app
        if app.is_running and app.loop is not None:
            app.loop.call_soon_threadsafe(self._leave)

    def _leave(self) -> None:
        app = self._session.app
        if app.is_running and not app.is_done:
            app.exit(exception=EOFError())

    def _message(self) -> FormattedText:
        app = self._session.app
        # what the rows say is over when the line is done: they become lines of their own
        rows = [] if app.is_done else drawn(self._rows(), self._state(), self._columns())
        return FormattedText([*rows, ("ansigreen bold", "tank"), ("bold", " › ")])

    def _columns(self) -> int:
        return self._session.output.get_size().columns

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()

        @keys.add("c-c")
        @keys.add("<sigint>")
        def interrupt(event: KeyPressEvent) -> None:
            event.current_buffer.reset()
            if self._interrupts.ends():
                event.app.exit(exception=EOFError())

        return keys


def drawn(rows: list[PlanRow], state: str, columns: int) -> list[tuple[str, str]]:
    """The rows as styled pieces of text, each ended by a new line.

    None is wider than the terminal, so none becomes two.
    """
    pieces: list[tuple[str, str]] = []
    for row in rows:
        bar = ""
        if row.done is not None and columns >= 3 * BAR:
            filled = round(row.done * BAR)
            bar = f" {'━' * filled}{'╌' * (BAR - filled)}"
        tail = f"{bar} {row.left}" if row.left else bar
        text = f" {row.mark} {row.text}"
        room = columns - 1 - len(tail)
        if len(text) > room:
            text = f"{text[: max(0, room - 1)]}…"
        style = STYLES.get(row.color, "")
        pieces += [(style, text), ("ansicyan", f"{tail[: columns - 1]}\n")]
    if state:
        pieces.append((STYLES[DIM], f" {state[: columns - 2]}\n"))
    return pieces
