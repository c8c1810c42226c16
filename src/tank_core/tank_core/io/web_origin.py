"""Whether a request comes from our own page.

What a server asks before it answers a browser.

Any page on the web may open a WebSocket to a port of this machine, and a name that its owner points
at 127.0.0.1 ("DNS rebinding") makes that page's requests look like ours. The browser says where it
is: in ``Origin`` the page, in ``Host`` the name that it asked for, and a page cannot forge either.
So the name has to be ours, and the page has to be of that name and port.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from tank_core.io.one_line import quoted

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})

_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:[0-9]{1,5})?")


def refusal(
    hosts: Sequence[str],
    origins: Sequence[str],
    names: Collection[str] = LOOPBACK,
    *,
    acts: bool,
) -> str:
    """The reason why a request is refused, in a line; "" when it may pass.

    ``hosts``, ``origins``: all its headers ``Host`` and ``Origin``, as they came. ``names``: by
    which names this server is reached, in lower case, IPv6 addresses in brackets. ``acts``: whether
    it may change something (a WebSocket, a POST). Then its origin must be there: a browser always
    sends it with these, but not when somebody opens a page.

    The port is not compared with the server's own: behind ``ssh -L 9000:localhost:8080`` the
    browser rightly says 9000.
    """
    if len(hosts) != 1:
        return f"a request needs one Host header, this one has {len(hosts)}"
    host = hosts[0].strip().lower()
    match = _HOST.fullmatch(host)
    if match is None or match["name"] not in names:
        ours = " or ".join(sorted(names))
        return f"host {quoted(hosts[0])} is not this server; open it as {ours}"
    if len(origins) > 1:
        return f"a request has one Origin header at most, this one has {len(origins)}"
    if not origins:
        return "no Origin header, so this is not the server's own page" if acts else ""
    if origins[0].strip().lower() not in (f"http://{host}", f"https://{host}"):
        page = quoted(origins[0])
        return f"a page of {page} may not come here, only the server's own at http://{host}"
    return ""
