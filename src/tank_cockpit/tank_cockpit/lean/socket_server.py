"""Serves pages on a UNIX socket, for a process beside it that browsers reach."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

from websockets.exceptions import ConnectionClosed

from tank_cockpit.lean.framing import HEAD, FrameTooLongError, head, pack, unpack
from tank_cockpit.page_server import PAGES, PageServer
from tank_cockpit.protocol import LARGEST
from tank_core.exceptions import TankError
from tank_core.io.one_line import reason

STOPS = 64  # connections that bring a stop, beside those of pages


def listen_at(path: Path) -> socket.socket:
    """A socket bound to a path, for this user alone. Raises TankError."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.unlink(missing_ok=True)  # of one that was killed
        listener.bind(str(path))
        listener.listen(16)
        return listener
    except OSError as error:
        listener.close()
        raise TankError(f"the cockpit's socket {path} cannot be made: {reason(error)}") from None
    finally:
        os.umask(before)


class SocketServer(PageServer):
    """The page's server without files, keys, ports: a connection is a page's.

    Whoever may open the socket has been let in already.
    """

    most = PAGES + STOPS

    async def _serve(self, listener: socket.socket) -> None:
        pages: set[asyncio.Task[None]] = set()

        async def attend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            pages.add(task)
            task.add_done_callback(pages.discard)
            await self._on_connection(reader, writer)

        server = await asyncio.start_unix_server(attend, sock=listener)
        try:
            await self._tell_on()
        finally:  # not "async with server": from Python 3.12 on that waits for whoever is connected
            server.close()
            for task in pages:
                task.cancel()
            await asyncio.gather(*pages, return_exceptions=True)

    async def _on_connection(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        pipe = Pipe(reader, writer)
        try:
            await self._attend(pipe)
        finally:
            await pipe.close()


class Pipe:
    """A connection that can what a WebSocket's can, as far as a page needs it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def send(self, letter: str | bytes) -> None:
        """Send a letter, when the last ones have gone. Raises ConnectionClosed."""
        try:
            self._writer.write(pack(letter))
            await self._writer.drain()
        except OSError:
            raise ConnectionClosed(None, None) from None

    async def __aiter__(self) -> AsyncIterator[str | bytes]:
        with suppress(asyncio.IncompleteReadError, OSError, FrameTooLongError):  # it has gone
            while True:
                length, is_text = head(await self._reader.readexactly(HEAD.size), LARGEST)
                yield unpack(await self._reader.readexactly(length), is_text)

    async def close(self, code: int = 1000, why: str = "") -> None:
        """End the connection; what a WebSocket would be told is not."""
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()
