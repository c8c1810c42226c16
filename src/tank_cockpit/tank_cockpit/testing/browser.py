"""Drives the system's Chromium by its DevTools protocol.

https://chromedevtools.github.io/devtools-protocol/
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from websockets.sync.client import connect

PATIENCE_S = 60.0
AGAIN_S = 5.0  # after which a press that did nothing is tried again
START_S = 120.0  # to come up, where much else runs
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
FLAGS = (
    "--headless=new", "--no-sandbox", "--no-first-run", "--disable-extensions",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--disable-default-apps", "--mute-audio", "--hide-scrollbars",
    "--enable-unsafe-swiftshader", "--use-gl=angle", "--use-angle=swiftshader",
    "--remote-debugging-port=0", "--host-resolver-rules=MAP evil.example 127.0.0.1",
)  # fmt: skip


CHANGING = "navigated or closed"  # what Chromium says while a page goes from one address to another


class BrowserError(AssertionError):
    """Chromium refused a command."""


class Browser:
    """A Chromium of its own; a context manager that leaves nothing running."""

    def __init__(self, folder: Path) -> None:
        assert CHROMIUM is not None
        with (folder / "said").open("w") as said:
            self._process = subprocess.Popen(
                [CHROMIUM, *FLAGS, f"--user-data-dir={folder}", "about:blank"],
                stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True,
            )  # fmt: skip
        port = folder / "DevToolsActivePort"
        try:
            until(
                lambda: port.exists() and port.read_text().count("\n") >= 1,
                "Chromium's port",
                (folder / "said").read_text,
                START_S,
            )
        except AssertionError:
            self._end()
            raise
        self._port, path = port.read_text().split("\n")[:2]
        self._wire = Wire(f"ws://127.0.0.1:{self._port}{path}")

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_: object) -> None:
        self._wire.close()
        self._end()

    def _end(self) -> None:
        try:
            os.killpg(self._process.pid, 15)
            self._process.wait(20.0)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, 9)
            self._process.wait()

    def open(
        self, address: str, size: tuple[int, int] = (1280, 800), *, dark: bool = True,
        apart: bool = False, phone: bool = False,
    ) -> Page:  # fmt: skip
        """Open a page; ``apart``: with cookies of its own."""
        where = {"url": "about:blank"}
        if apart:
            where |= self._wire.ask("Target.createBrowserContext")
        target = self._wire.ask("Target.createTarget", **where)["targetId"]
        page = Page(Wire(f"ws://127.0.0.1:{self._port}/devtools/page/{target}"))
        page.prepare(size, dark, phone)
        page.go(address)
        return page


class Wire:
    """Commands to Chromium, and what it tells meanwhile."""

    def __init__(self, address: str) -> None:
        self._socket = connect(
            address, max_size=None, open_timeout=PATIENCE_S, compression=None, ping_interval=None,
            proxy=None,
        ).__enter__()  # fmt: skip
        self._number = 0
        self.events: list[dict[str, Any]] = []

    def ask(self, method: str, **words: Any) -> Any:
        """The result of a command."""
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": words}))
        while True:
            told = json.loads(self._socket.recv(PATIENCE_S))
            if told.get("id") == self._number:
                if "error" in told:
                    raise BrowserError(f"{method}: {told['error']}")
                return told["result"]
            if "method" in told:
                self.events.append(told)

    def close(self) -> None:
        self._socket.close()


class Page:
    """A page that is open."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire

    def prepare(self, size: tuple[int, int], dark: bool, phone: bool) -> None:
        for part in ("Page", "Network", "Runtime", "Log"):
            self.wire.ask(f"{part}.enable")
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.wire.ask("Emulation.setEmulatedMedia", features=[scheme])
        self.wire.ask(
            "Emulation.setDeviceMetricsOverride", width=size[0], height=size[1],
            deviceScaleFactor=1, mobile=phone,
        )  # fmt: skip

    def go(self, address: str) -> None:
        self.wire.ask("Page.navigate", url=address)

    def front(self) -> None:
        """Show it before the others."""
        self.wire.ask("Page.bringToFront")

    def reload(self) -> None:
        self.wire.ask("Page.reload")

    def value(self, code: str) -> Any:
        """The value of an expression, or of what it promises."""
        told = self.wire.ask(
            "Runtime.evaluate", expression=code, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in told, f"{code}: {told['exceptionDetails']}"
        return told["result"].get("value")

    def wait(self, code: str, what: str = "") -> Any:
        """Until an expression is true; its value."""
        values: list[Any] = []

        def tried() -> Any:
            values[:] = [self.try_value(code)]
            return values[0]

        until(tried, what or code, self.text)
        return values[0]

    def try_value(self, code: str) -> Any:
        """The value; True for an element; None while there is none."""
        tried = f"(() => {{ try {{ return {code} }} catch (e) {{ return null }} }})()"
        try:
            return self.value(f"(value => value instanceof Node ? true : value)({tried})")
        except BrowserError as error:
            if CHANGING not in str(error):
                raise
            return None

    def text(self) -> str:
        return str(self.try_value("document.body.innerText"))

    def place(self, name: str) -> dict[str, float]:
        """The rectangle of an element."""
        found = self.value(f"document.querySelector({name!r}).getBoundingClientRect().toJSON()")
        return dict(found)

    def mouse(self, kind: str, name: str, **more: float) -> None:
        box = self.place(name)
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.wire.ask(
            "Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1,
            buttons=1 if kind == "mousePressed" else 0, **more,
        )  # fmt: skip

    def hold(self, name: str, seconds: float) -> None:
        """Press and let go; the events tell how long that took."""
        now = time.time()
        self.mouse("mousePressed", name, timestamp=now)
        self.mouse("mouseReleased", name, timestamp=now + seconds)

    def again(self, act: Callable[[], object], code: str) -> None:
        """Do it, and again as a person would, until an expression is true.

        On a full machine a press is lost: the page had no connection, or not the focus.
        """

        def tried() -> bool:
            end = time.monotonic() + AGAIN_S
            act()
            while not self.try_value(code) and time.monotonic() < end:
                time.sleep(0.02)
            return bool(self.try_value(code))

        until(tried, code, self.text)

    def click(self, name: str) -> None:
        self.mouse("mousePressed", name)
        self.mouse("mouseReleased", name)

    def key(self, name: str, code: int = 0) -> None:
        for kind in ("keyDown", "keyUp"):
            self.wire.ask(
                "Input.dispatchKeyEvent", type=kind, key=name, code=name,
                windowsVirtualKeyCode=code, text="\r" if name == "Enter" else "",
            )  # fmt: skip

    def say(self, sentence: str) -> None:
        """Type a sentence and send it."""
        self.value("document.getElementById('sentence').focus()")
        self.wire.ask("Input.insertText", text=sentence)
        self.key("Enter", 13)

    def picture(self, path: Path, kind: str = "png", quality: int | None = None) -> None:
        more = {"quality": quality} if quality else {}
        shot = self.wire.ask("Page.captureScreenshot", format=kind, **more)
        path.write_bytes(base64.b64decode(shot["data"]))

    def asked(self) -> list[str]:
        """The addresses of all that it has asked for."""
        self.value("1")
        return [
            event["params"].get("request", event["params"]).get("url", "")
            for event in self.wire.events
            if event["method"] in ("Network.requestWillBeSent", "Network.webSocketCreated")
        ]

    def complaints(self) -> list[str]:
        """The errors and warnings of its console, and exceptions."""
        self.value("1")
        found = []
        for event in self.wire.events:
            told = event["params"]
            if event["method"] == "Log.entryAdded" and told["entry"]["level"] == "error":
                found.append(f"{told['entry']['text']} {told['entry'].get('url', '')}")
            elif event["method"] == "Runtime.exceptionThrown":
                found.append(json.dumps(told["exceptionDetails"]))
        return found

    def close(self) -> None:
        with suppress(BrowserError):  # a page that never came to be
            self.wire.ask("Page.close")
        self.wire.close()


def until(condition: Any, what: str, tell: Any = str, patience: float = PATIENCE_S) -> None:
    """Wait until something is true; fails the test when it takes too long."""
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, f"waited {patience:g} s for {what}: {tell()}"
        time.sleep(0.02)
