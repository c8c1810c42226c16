"""The files that are served: a fixed list, read once, and compressed once."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("page")
# Everything that is served, by its path; nothing else is.
FILES: Mapping[str, str] = {
    "/": "index.html",
    "/style.css": "style.css",
    "/icon.svg": "icon.svg",
    "/stop.js": "stop.js",
    "/app.js": "app.js",
    "/link.js": "link.js",
    "/talk.js": "talk.js",
    "/scene.js": "scene.js",
    "/room.js": "room.js",
    "/world.js": "world.js",
    "/camera.js": "camera.js",
    "/drive.js": "drive.js",
    "/vitals.js": "vitals.js",
    "/recordings.js": "recordings.js",
    "/vendor/three.js": "vendor/three.js",
    "/vendor/LICENSES.txt": "vendor/LICENSES.txt",
}
STOP_PORT = b"{{stop_port}}"  # in index.html
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}


@dataclass(frozen=True)
class PageFile:
    """A file of the page: its bytes, the same compressed, and its type."""

    body: bytes
    packed: bytes
    kind: str


def load_page(stop_port: int) -> dict[str, PageFile]:
    """All files of the page by path; it sends its stops to ``stop_port``."""
    return {path: _load(FOLDER / name, stop_port) for path, name in FILES.items()}


def _load(path: Path, stop_port: int) -> PageFile:
    body = path.read_bytes().replace(STOP_PORT, str(stop_port).encode())
    return PageFile(body, _packed(body), _TYPES[path.suffix])


@cache
def _packed(body: bytes) -> bytes:
    """It takes a while, and a node that starts again need not do it again."""
    return gzip.compress(body, 9, mtime=0)
