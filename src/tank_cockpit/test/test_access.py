"""Who may come in: by host, origin and key."""

from __future__ import annotations

import pytest

from tank_cockpit.access import Door, key_wanted

KEY = "0123456789abcdefghij"
OPEN = Door(8080, 8081)
LOCKED = Door(8080, 8081, frozenset({"10.0.0.7"}), KEY)
HOST, ORIGIN = ["127.0.0.1:8080"], ["http://127.0.0.1:8080"]


@pytest.mark.parametrize(
    ("hosts", "origins", "acts", "fine"),
    [
        (HOST, [], False, True),
        (HOST, ORIGIN, True, True),
        (["localhost:8080"], ["http://localhost:8080"], True, True),
        (["localhost:9000"], ["http://localhost:9000"], True, True),  # ssh -L 9000:localhost:8080
        (HOST, [], True, False),  # a socket without an origin is no page of ours
        (HOST, ["https://evil.example"], True, False),
        (HOST, ["http://127.0.0.1:9999"], True, False),  # another server of this machine
        (HOST, ["null"], True, False),
        (["evil.example:8080"], ["http://evil.example:8080"], True, False),  # DNS rebinding
        (["evil.example:8080"], [], False, False),
        ([], [], False, False),
        (HOST * 2, [], False, False),
    ],
)
def test_only_our_own_page_gets_in(
    hosts: list[str], origins: list[str], acts: bool, fine: bool
) -> None:
    assert (OPEN.refuses(hosts, origins, [], acts=acts) == "") is fine


def test_with_a_key_nobody_gets_in_without_it() -> None:
    host = ["10.0.0.7:8080"]
    pair = LOCKED.cookie.partition(";")[0]
    assert LOCKED.refuses(host, [], [pair], acts=False) == ""
    assert LOCKED.refuses(host, [], ["other=1", pair], acts=False) == ""
    for cookies in (
        [],
        ["tank_8080=wrong"],
        [f"tank_8082={KEY}"],
        ['"'],
        [f"tank_8080={KEY[:-1]}"],
    ):
        assert "the key" in LOCKED.refuses(host, [], cookies, acts=False)
    assert LOCKED.refuses(HOST, [], [pair], acts=False)  # the key opens no other name
    assert "HttpOnly" in LOCKED.cookie and "SameSite=Strict" in LOCKED.cookie


def test_the_key_comes_with_the_address_that_is_printed() -> None:
    query = LOCKED.address("10.0.0.7").partition("?")[2]
    assert LOCKED.brings_key(query)
    assert not any(map(LOCKED.brings_key, ("", "key=", f"key={KEY}x", "key=%ff", f"KEY={KEY}")))
    assert not OPEN.brings_key("key=")  # no key is no key that anybody has
    assert KEY not in LOCKED.address("10.0.0.7", with_key=False)


@pytest.mark.parametrize(
    ("host", "origins", "fine"),
    [
        ("127.0.0.1:8081", ORIGIN, True),
        ("localhost:8081", ["http://localhost:8080"], True),
        ("127.0.0.1:8081", [], False),
        ("127.0.0.1:8081", ["http://localhost:8080"], False),
        ("127.0.0.1:8081", ["http://127.0.0.1:8081"], False),
        ("127.0.0.1:8081", ["https://evil.example"], False),
        ("127.0.0.1:8081", [*ORIGIN, "https://evil.example"], False),
        ("evil.example:8081", ["http://evil.example:8080"], False),
        ("127.0.0.1:8080", ORIGIN, False),
    ],
)
def test_a_stop_comes_from_our_page_and_needs_no_key(
    host: str, origins: list[str], fine: bool
) -> None:
    locked = Door(8080, 8081, key=KEY)
    assert (locked.refuses_stop([host], origins) == "") is fine


def test_what_the_page_may_load_is_ours_alone() -> None:
    policy = OPEN.headers("127.0.0.1:8080")["Content-Security-Policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == rules["frame-ancestors"] == rules["base-uri"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == "'self'"
    assert rules["connect-src"] == "'self' ws://127.0.0.1:8080 http://127.0.0.1:8081"
    assert "unsafe" not in policy and "*" not in policy


def test_more_than_this_machine_means_a_key() -> None:
    assert not key_wanted("127.0.0.1") and not key_wanted("localhost")
    assert key_wanted("0.0.0.0") and key_wanted("10.0.0.7")
