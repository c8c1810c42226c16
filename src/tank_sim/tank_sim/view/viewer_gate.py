"""Keeps other web pages out of mujoco's web viewer, which lets in any.

A page that got in could take the control slot, move the view and load a model of its own into it.
The rule itself is ``tank_core.io.web_origin``.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from tank_core.io.web_origin import refusal

# Who may show the viewer in a frame: pages of this machine.
_FRAMES = "frame-ancestors 'self' http://localhost:* http://127.0.0.1:*"


def gated(serve: Callable[..., Any], report: Callable[[str], None]) -> Callable[..., Any]:
    """A ``serve`` of ``websockets`` for a server that lets in no other page.

    It goes before the server's own ``process_request`` and after its ``process_response``, so it
    needs both of them. ``report`` hears of the first page that was refused.
    """

    def open_server(
        *args: Any,
        process_request: Callable[..., Any],
        process_response: Callable[..., Any],
        **settings: Any,
    ) -> Any:
        reported = False

        def ask(connection: Any, request: Any) -> Any:
            nonlocal reported
            hosts, origins, upgrades = map(request.headers.get_all, ("Host", "Origin", "Upgrade"))
            why = refusal(hosts, origins, acts=bool(upgrades))
            if not why:
                return process_request(connection, request)
            if not reported:
                reported = True
                report(f"the viewer refused a web page: {why}")
            return connection.respond(HTTPStatus.FORBIDDEN, f"{why}\n")

        def answer(connection: Any, request: Any, response: Any) -> Any:
            changed = process_response(connection, request, response) or response
            if "Access-Control-Allow-Origin" in changed.headers:  # "*": any page may read it
                del changed.headers["Access-Control-Allow-Origin"]
            changed.headers["Content-Security-Policy"] = _FRAMES
            return changed

        return serve(*args, process_request=ask, process_response=answer, **settings)

    return open_server
