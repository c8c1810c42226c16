"""Serves the page and its WebSocket, on a thread with an event loop of its own.

All that happens to the board happens there. Stops do not: they go straight on.
"""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from tank_cockpit.access import Door
from tank_cockpit.outbox import POSE_HZ, Outbox
from tank_cockpit.page_files import PageFile, load_page
from tank_cockpit.protocol import (
    LARGEST,
    Allowance,
    DriveMessage,
    LookMessage,
    Message,
    PingMessage,
    ProtocolError,
    SeenMessage,
    StopMessage,
    read_message,
)

if TYPE_CHECKING:  # a page without a board of its own does not load it
    from tank_cockpit.board import PageState

SOCKET = "/socket"
CLOSE_S = 0.5  # [s] a page has to say goodbye
PAGES = 16  # that may be open at once


class Actor(Protocol):
    """Does what a page asks for, at once, on the server's thread."""

    def act(self, message: Message) -> None:
        """Do it; the board tells what comes of it."""

    def drive(self, wish: DriveMessage, page: Outbox) -> None:
        """Do what a page wants that drives by hand."""

    def leave(self, page: Outbox) -> None:
        """A page was closed."""

    def look(self) -> None:
        """Bring the board up to date with what streams in, at POSE_HZ."""


class PageServer:
    """The page on its port, until ``close``."""

    most = PAGES  # connections

    def __init__(
        self,
        listener: socket.socket,
        door: Door | None,
        board: PageState | None,
        actor: Actor | None,
        hello: Mapping[str, Any],
        report: Callable[[str], None],
    ) -> None:
        """Serve at ``listener``, which is bound.

        ``door``: who may come in; None where a socket for one user keeps it. ``board`` and
        ``actor``: what is shown, and who does what a page asks for; None where both are elsewhere.
        ``hello``: what each page is told first. ``report`` hears a line about a page that was
        refused, or about what failed.
        """
        # Those that a kind of server has none of, it does not use.
        self._door: Any = door
        self._board: Any = board
        self._actor: Any = actor
        self._hello, self._report = dict(hello), report
        self._files = load_page(door.stop_port) if door is not None else {}
        self._pages: dict[Outbox, asyncio.Event] = {}
        self._refused: set[str] = set()
        self._loop = asyncio.new_event_loop()
        self._ended = asyncio.Event()
        self._thread = threading.Thread(
            target=self._run, args=(listener,), name="page server", daemon=True
        )
        self._thread.start()

    def soon(self, work: Callable[..., object], *args: Any) -> None:
        """Let the server's thread do something to the board. From any thread."""
        with suppress(RuntimeError):  # it has ended meanwhile
            self._loop.call_soon_threadsafe(work, *args)

    def close(self) -> None:
        """Let every page go, and end the thread. Idempotent."""
        if self._thread.is_alive():
            self.soon(self._ended.set)
            self._thread.join()

    # The thread

    def _run(self, listener: socket.socket) -> None:
        try:
            self._loop.run_until_complete(self._serve(listener))
        except Exception as error:  # a thread's border: the node goes on, and stops go on to work
            self._report(f"the page's server has ended: {error}")
        finally:
            self._loop.close()

    async def _serve(self, listener: socket.socket) -> None:
        async with serve(
            self._attend, sock=listener, process_request=self._request, compression=None,
            max_size=LARGEST, max_queue=8, open_timeout=5.0, close_timeout=CLOSE_S,
            server_header=None,
        ):  # fmt: skip
            await self._tell_on()

    async def _tell_on(self) -> None:
        """Tell the pages what is new, until this is to end."""
        while not self._ended.is_set():
            self._tick()
            await asyncio.sleep(1 / POSE_HZ)

    def _tick(self) -> None:
        try:
            self._actor.look()
            self._board.tick(time.monotonic(), time.time())
        except Exception as error:  # one bad reading must not end the page
            self._report(f"the page could not be told: {error}")
        for page in self._pages.values():
            page.set()

    # Requests

    def _request(self, connection: ServerConnection, request: Request) -> Response | None:
        """Answer a request, or let a WebSocket through (None)."""
        get = request.headers.get_all
        hosts, origins, cookies = get("Host"), get("Origin"), get("Cookie")
        parts = urlsplit(request.path)
        wants_socket = parts.path == SOCKET
        brings_key = not wants_socket and self._door.brings_key(parts.query)
        held = [self._door.cookie] if brings_key else cookies
        why = self._door.refuses(hosts, origins, held, acts=wants_socket)
        if why:
            self._note_refusal(why)
            return connection.respond(HTTPStatus.FORBIDDEN, f"{why}\n")
        if brings_key:
            return self._let_in(hosts[0])
        if wants_socket and get("Upgrade"):
            return None
        file = self._files.get(parts.path)
        if file is None or request.method not in ("GET", "HEAD"):
            return connection.respond(HTTPStatus.NOT_FOUND, "there is no such file\n")
        return self._file(file, hosts[0], "gzip" in ",".join(get("Accept-Encoding")))

    def _note_refusal(self, why: str) -> None:
        """Each reason once, so that nobody can fill a log."""
        if why not in self._refused and len(self._refused) < 20:
            self._refused.add(why)
            self._report(f"a web page was refused: {why}")

    def _let_in(self, host: str) -> Response:
        """A page that has the key goes on to the address without it.

        Not by a redirect: with SameSite=Strict the cookie would not come along where the address
        was opened from another site.
        """
        body = b'<!doctype html><meta http-equiv="refresh" content="0;url=/"><title>Tank</title>'
        headers = self._headers(host, "text/html; charset=utf-8", len(body))
        headers["Set-Cookie"] = self._door.cookie
        return Response(200, "OK", headers, body)

    def _file(self, file: PageFile, host: str, packed: bool) -> Response:
        body = file.packed if packed else file.body
        headers = self._headers(host, file.kind, len(body))
        if packed:
            headers["Content-Encoding"] = "gzip"
        return Response(200, "OK", headers, body)

    def _headers(self, host: str, kind: str, length: int) -> Headers:
        given = {"Content-Type": kind, "Content-Length": str(length), "Connection": "close"}
        return Headers({**given, **self._door.headers(host)})

    # WebSockets

    async def _attend(self, connection: Any) -> None:
        if len(self._pages) >= self.most:
            await connection.close(1013, f"{self.most} pages are open already; close one")
            return
        outbox, news = Outbox(), asyncio.Event()
        self._pages[outbox] = news
        self._board.join(outbox, self._hello, time.monotonic())
        sender = asyncio.create_task(self._send(connection, outbox, news))
        try:
            await self._hear(connection, outbox, news)
        except ConnectionClosed:
            pass
        finally:
            sender.cancel()
            self._board.leave(outbox)
            self._actor.leave(outbox)
            del self._pages[outbox]

    async def _send(self, connection: Any, outbox: Outbox, news: asyncio.Event) -> None:
        try:
            while not outbox.full:
                news.clear()
                while (letter := outbox.take()) is not None:
                    packed = letter if isinstance(letter, bytes) else json.dumps(letter)
                    await connection.send(packed)
                await news.wait()
            await connection.close(1013, "the page was too slow; it opens again")
        except ConnectionClosed:
            pass

    async def _hear(self, connection: Any, outbox: Outbox, news: asyncio.Event) -> None:
        allowance = Allowance()
        async for text in connection:
            allowed = allowance.take(time.monotonic())
            try:
                message = read_message(text)
            except ProtocolError as error:
                outbox.put({"t": "refused", "why": str(error)})
            else:
                if allowed or isinstance(message, StopMessage):  # which is heard in any case
                    self._obey(message, outbox)
            news.set()
            if not allowed:
                await connection.close(1008, "the page says too much at once")
                return

    def _obey(self, message: Message, outbox: Outbox) -> None:
        match message:
            case PingMessage(at):
                outbox.put({"t": "pong", "at": at}, "pong")
            case SeenMessage():
                outbox.awaits_seen = False
            case LookMessage(on):
                outbox.looking, outbox.awaits_seen = on, False
            case DriveMessage():
                self._actor.drive(message, outbox)
            case _:
                self._actor.act(message)
