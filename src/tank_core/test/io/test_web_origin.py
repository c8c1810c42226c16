"""Only a page of the server itself comes in, by any name of this machine."""

import pytest

from tank_core.io.web_origin import refusal

OURS = (
    "localhost:8080",
    "127.0.0.1:8080",
    "[::1]:8080",
    "localhost:9000",
    "localhost",
    "LocalHost:80",
)
FOREIGN = (
    "http://evil.example", "https://evil.example:8080", "null", "", "http://localhost:3000",
    "http://localhost", "localhost:8080", "http://localhost:8080.evil.example",
    "http://localhost:8080@evil.example", "http://localhost:8080/", "http://127.0.0.1:8080",
    "ws://localhost:8080", "file://", "chrome-extension://abc", "http://localhost:80800",
    "http://xlocalhost:8080",
)  # fmt: skip
STRANGE_HOSTS = (
    "evil.example", "evil.example:8080", "localhost.evil.example:8080", "127.0.0.1.nip.io:8080",
    "192.168.1.7:8080", "0.0.0.0:8080", "[::]:8080", "[::ffff:127.0.0.1]:8080",
    "2130706433:8080", "127.1:8080", "", ":8080", "localhost:", "localhost:x",
    "localhost:8080:1", "user@localhost:8080", "localhost:8080/x", "localhost 8080",
    "localhost:8080, evil.example", "::1:8080", "[::1", "locälhost:8080",
)  # fmt: skip


@pytest.mark.parametrize("acts", [True, False])
@pytest.mark.parametrize("host", OURS)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_our_own_page_comes_in(host: str, scheme: str, acts: bool) -> None:
    assert refusal([host], [f"{scheme}://{host}".lower()], acts=acts) == ""


@pytest.mark.parametrize("acts", [True, False])
@pytest.mark.parametrize("origin", FOREIGN)
def test_no_other_page_does(origin: str, acts: bool) -> None:
    why = refusal(["localhost:8080"], [origin], acts=acts)
    assert repr(origin) in why
    assert "\n" not in why


@pytest.mark.parametrize("acts", [True, False])
@pytest.mark.parametrize("host", STRANGE_HOSTS)
def test_a_name_that_is_not_ours_is_refused_even_with_its_own_origin(host: str, acts: bool) -> None:
    for origins in ([f"http://{host}"], ["http://localhost:8080"], []):
        assert repr(host) in refusal([host], origins, acts=acts)


def test_without_an_origin_a_page_may_be_opened_but_nothing_done() -> None:
    assert refusal(["localhost:8080"], [], acts=False) == ""
    assert "Origin" in refusal(["localhost:8080"], [], acts=True)


@pytest.mark.parametrize("acts", [True, False])
def test_doubled_and_missing_headers_are_refused(acts: bool) -> None:
    ours = "http://localhost:8080"
    assert "Host" in refusal([], [ours], acts=acts)
    assert "Host" in refusal(["localhost:8080", "localhost:8080"], [ours], acts=acts)
    assert "Origin" in refusal(["localhost:8080"], [ours, "http://evil.example"], acts=acts)


def test_another_name_counts_where_the_server_is_reached_by_it() -> None:
    names = {"tank.local", "192.168.1.7"}
    assert refusal(["tank.local:8080"], ["http://tank.local:8080"], names, acts=True) == ""
    assert refusal(["192.168.1.7:8080"], ["http://192.168.1.7:8080"], names, acts=True) == ""
    why = refusal(["localhost:8080"], ["http://localhost:8080"], names, acts=True)
    assert "'localhost:8080' is not this server; open it as 192.168.1.7 or tank.local" in why


def test_a_long_header_is_shortened_and_control_characters_are_shown_as_such() -> None:
    assert len(refusal(["localhost"], ["http://" + "e" * 10_000], acts=True)) < 300
    assert "\x1b" not in refusal(["evil\x1b[2J"], [], acts=False)
