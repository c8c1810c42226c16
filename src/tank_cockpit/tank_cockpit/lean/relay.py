"""The process that browsers reach: files, keys, each page's socket passed on."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from websockets.exceptions import ConnectionClosed

from tank_cockpit.access import Door
from tank_cockpit.lean.framing import HEAD, LARGEST_LETTER, FrameTooLongError, head, pack, unpack
from tank_cockpit.page_server import PAGES, PageServer

TRY_AGAIN = 1013  # a page opens its socket again


class Relay(PageServer):
    """A page's server without a board, which passes on letters both ways.

    Nothing is kept here: a page that is slow fills the socket, and the robot's own process then
    tells it fewer states, never older ones.
    """

    def __init__(
        self, listener: socket.socket, door: Door, path: Path, report: Callable[[str], None]
    ) -> None:
        """Serve at ``listener``; the robot's process listens at ``path``."""
        self._path = path
        self._open = 0
        super().__init__(listener, door, None, None, {}, report)

    async def _attend(self, connection: Any) -> None:
        if self._open >= PAGES:
            await connection.close(TRY_AGAIN, f"{PAGES} pages are open already; close one")
            return
        try:
            reader, writer = await asyncio.open_unix_connection(str(self._path))
        except OSError:
            await connection.close(TRY_AGAIN, "the robot's process is not there")
            return
        self._open += 1
        telling = asyncio.create_task(_tell(reader, connection))
        try:
            async for text in connection:
                writer.write(pack(text))
                await writer.drain()
        except (ConnectionClosed, OSError):
            pass
        finally:
            self._open -= 1
            telling.cancel()
            writer.close()

    def _tick(self) -> None:
        """Nothing is shown here that changes by itself."""


async def _tell(reader: asyncio.StreamReader, connection: Any) -> None:
    """Pass on what the robot tells, until it or the page has gone."""
    with suppress(asyncio.IncompleteReadError, OSError, ConnectionClosed, FrameTooLongError):
        while True:
            length, is_text = head(await reader.readexactly(HEAD.size), LARGEST_LETTER)
            await connection.send(unpack(await reader.readexactly(length), is_text))
    await connection.close(TRY_AGAIN, "the robot's process has gone")
