"""Who may come in: by host, by origin, and by key. Pure.

The rule about hosts and origins is ``tank_core.io.web_origin``'s; here is what it means for a page
on one port, its stops on another, and a key where more than this machine may ask.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from tank_core.io.web_origin import refusal

NAMES = frozenset({"localhost", "127.0.0.1"})  # of this machine; a CSP cannot say [::1]
HERE = "127.0.0.1"
KEY_CHARACTERS = 16  # at least, so that nobody sets one that can be guessed


@dataclass(frozen=True)
class Door:
    """The rules of one cockpit: its names, its two ports, and its key.

    ``names``: by which it is reached, in lower case. ``key`` empty: none is asked for, which is for
    this machine alone.
    """

    page_port: int
    stop_port: int
    names: frozenset[str] = NAMES
    key: str = ""

    def refuses(
        self, hosts: Sequence[str], origins: Sequence[str], cookies: Sequence[str], *, acts: bool
    ) -> str:
        """The reason why a request to the page's port is refused; "" for none.

        The arguments are all its headers of these names; ``acts``: it may change something.
        """
        why = refusal(hosts, origins, self.names, acts=acts)
        return why or ("" if self._has_key(cookies) else KEY_WANTED)

    def refuses_stop(self, hosts: Sequence[str], origins: Sequence[str]) -> str:
        """The reason why a stop is refused; "" for none.

        It needs no key: a page that has lost it must still be able to stop, and a stranger's stop
        is the safe fault. The page must be this cockpit's own, though, on the page's port.
        """
        host = hosts[0].strip().lower().rpartition(":") if len(hosts) == 1 else ("", "", "")
        if host[0] not in self.names or host[2] != str(self.stop_port):
            return f"a stop goes to port {self.stop_port} of {' or '.join(sorted(self.names))}"
        own = f"http://{host[0]}:{self.page_port}"
        if [origin.strip().lower() for origin in origins] != [own]:
            return f"only the page at {own} may stop the robot here"
        return ""

    def brings_key(self, query: str) -> bool:
        """Whether an address's query (``key=...``) has the key."""
        given = parse_qs(query, max_num_fields=4).get("key", [""])[0]
        return bool(self.key) and hmac.compare_digest(given.encode(), self.key.encode())

    def _has_key(self, cookies: Sequence[str]) -> bool:
        if not self.key:
            return True
        try:
            jar: SimpleCookie = SimpleCookie("; ".join(cookies))
        except CookieError:
            return False
        held = jar.get(self._cookie)
        return held is not None and hmac.compare_digest(held.value.encode(), self.key.encode())

    @property
    def _cookie(self) -> str:
        """Its name has the port: cookies know none."""
        return f"tank_{self.page_port}"

    @property
    def cookie(self) -> str:
        """The value of Set-Cookie that lets a browser in from now on."""
        return f"{self._cookie}={self.key}; HttpOnly; SameSite=Strict; Path=/; Max-Age=31536000"

    def headers(self, host: str) -> dict[str, str]:
        """The headers of every answer to a request whose Host is ``host``.

        ``host`` has been let in. Nothing is loaded from elsewhere, no script or style stands in a
        page, and nobody shows the page in a frame.
        """
        name, _, port = host.strip().lower().partition(":")
        socket = f"ws://{name}:{port}" if port else f"ws://{name}"
        policy = {
            "default-src": "'none'",
            "script-src": "'self'",
            "style-src": "'self'",
            "img-src": "'self' blob:",
            "connect-src": f"'self' {socket} http://{name}:{self.stop_port}",
            "base-uri": "'none'",
            "form-action": "'none'",
            "frame-ancestors": "'none'",
        }
        return {
            "Content-Security-Policy": "; ".join(f"{k} {v}" for k, v in policy.items()),
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-store",
        }

    def address(self, name: str, *, with_key: bool = True) -> str:
        """The address to open, such as http://127.0.0.1:8080/."""
        query = f"?key={self.key}" if self.key and with_key else ""
        return f"http://{name}:{self.page_port}/{query}"


KEY_WANTED = "open the address that was printed when the cockpit was started: it has the key"


def key_wanted(host: str) -> bool:
    """Whether a cockpit that listens at ``host`` asks for a key."""
    return host not in NAMES
