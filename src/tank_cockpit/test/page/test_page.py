"""The page in a real browser.

What a person sees and does, and what nobody else can.
"""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="ROS 2 is not installed here")
from browser import Browser, Page, until
from cockpit_rig import Rig
from in_browser import FREE, LIVE, MARKS, PC, PHONE, STOPPED
from test_servers import Cockpit

pytestmark = MARKS
STOP, RELEASE = "#stop", "#release"


def stopped(page: Page) -> Any:
    return page.wait(STOPPED)


def drive(stack: Rig, page: Page) -> None:
    page.say("a long way, then left")
    stack.wait(lambda: stack.moving, "the robot to drive")


@pytest.mark.parametrize("size", [PHONE, PC])
def test_everything_is_in_view_and_nothing_is_of_others(
    stack: Rig, pages: Any, size: tuple[int, int]
) -> None:
    page = pages(size=size, phone=size == PHONE, dark=size == PHONE)
    page.wait("document.querySelectorAll('.label').length > 0", "a name at what it sees")
    page.wait("document.getElementById('no-picture').hidden", "a picture of the camera")
    root = "document.documentElement"
    assert page.value(f"[{root}.scrollWidth, {root}.scrollHeight]") == list(size)
    for name in (STOP, "#scene", "#picture", "#log", "#sentence", "#send", "#faults-button"):
        box = page.place(name)
        assert box["width"] > 40 and box["height"] > 20, name
        assert box["left"] >= 0 and box["right"] <= size[0] and box["bottom"] <= size[1], name
    assert page.place(STOP)["height"] >= 56
    assert page.place("#log")["height"] > 150
    page.click("#faults-button")  # whatever is open, STOP is on top
    hit = "document.elementFromPoint({x}, {y}).closest('button').id"
    box = page.place(STOP)
    for share in (0.1, 0.5, 0.9):
        x, y = box["x"] + share * box["width"], box["y"] + share * box["height"]
        assert page.value(hit.format(x=x, y=y)) == "stop"
    unnamed = (
        "[...document.querySelectorAll('button, input, canvas, [role=log]')].filter(each => "
        "!each.hidden && !each.textContent.trim() && !each.ariaLabel && !each.placeholder "
        "&& !each.closest('[aria-label]'))"
    )
    assert page.value(f"{unnamed}.length") == 0
    ours = ("http://127.0.0.1:", "ws://127.0.0.1:", "blob:http://127.0.0.1:")
    assert all(address.startswith(ours) for address in page.asked()), page.asked()
    assert page.complaints() == []


def test_a_sentence_moves_the_robot_on_every_page(stack: Rig, pages: Any) -> None:
    here, there = pages(phone=False), pages(apart=True)
    before = here.value("tank.pose.p[0]")
    drive(stack, here)
    for page in (here, there):
        page.wait(f"tank.pose.p[0] > {before} + 0.1", "the pose to change")
        chips = page.wait("[...document.querySelectorAll('.chips li')].map(e => e.className)")
        assert chips[-2:] == ["running", "pending"]
    there.reload()  # in the middle
    there.wait(LIVE)
    there.wait("document.querySelector('.chips li.running')", "the plan that runs")
    assert stack.moving
    here.say("sing me something")
    there.wait("document.querySelector('#log .not-understood .suggest')", "what could be said")


def test_stop_is_confirmed_and_takes_another_gesture_to_release(stack: Rig, pages: Any) -> None:
    page, other = pages(phone=False), pages()
    drive(stack, page)
    other.mouse("mousePressed", STOP)  # it acts on the press, not when it is let go
    stopped(other)
    assert not stack.moving
    stopped(page)
    other.mouse("mouseReleased", STOP)
    page.wait("document.querySelector('.chips li.stopped')", "the step that was stopped")
    page.front()
    page.hold(RELEASE, 0.3)
    page.say("drive forward one meter")
    page.wait("document.querySelector('#log .refused .warn-note')", "that a stopped robot says so")
    page.again(lambda: page.hold(RELEASE, 1.0), FREE)
    drive(stack, page)
    page.key("Escape", 27)  # with the cursor in the sentence
    stopped(page)
    assert not stack.moving


def test_stop_is_confirmed_while_the_pages_loop_is_blocked(stack: Rig, pages: Any) -> None:
    page = pages()
    drive(stack, page)
    goes_on = threading.Event()
    server = stack.cockpit.server
    assert server is not None
    server.soon(goes_on.wait, 60.0)
    try:
        page.click(STOP)
        stopped(page)
        assert not stack.moving and not goes_on.is_set()
        page.wait("document.body.classList.contains('lost')", "that nothing comes any more")
    finally:
        goes_on.set()
    page.wait(LIVE)
    assert page.value("document.documentElement.dataset.stop") == "stopped"


def test_stop_is_confirmed_while_the_socket_is_cut(stack: Rig, pages: Any) -> None:
    page = pages()
    drive(stack, page)
    page.value("window.WebSocket = class { close() {} }; tank.cut()")
    page.wait("document.body.classList.contains('lost')")
    old = "['latency', 'faults-button'].map(id => getComputedStyle(document.getElementById(id)))"
    assert page.value(f"{old}.map(each => each.visibility)") == ["hidden"] * 2  # it is of before
    page.click(STOP)
    stopped(page)
    assert not stack.moving


def test_a_stop_that_nobody_confirms_is_told_until_somebody_does(stack: Rig, pages: Any) -> None:
    page = pages()
    stack.robot.lock.acquire()  # it hangs
    try:
        page.click(STOP)
        page.wait("document.getElementById('stop-word').textContent === 'NOT CONFIRMED'")
    finally:
        stack.robot.lock.release()
    stopped(page)


def test_what_was_true_before_the_press_confirms_nothing(stack: Rig, pages: Any) -> None:
    """A letter that was on its way, or what a server that came back last knew."""
    page = pages()
    before = {"t": "stop", "state": "stopped", "why": "", "presses": stack.cockpit.stops.presses}
    stack.robot.lock.acquire()  # it hangs
    try:
        page.click(STOP)
        page.wait("document.documentElement.dataset.stop === 'not confirmed'")
        root = "document.documentElement"
        page.value(
            f"window.shown = []; new MutationObserver(() => shown.push({root}.dataset.stop))"
            f".observe({root}, {{attributes: true}})"
        )
        server = stack.cockpit.server
        assert server is not None
        for letter in (before, {"t": "refused", "why": "told after it"}):
            server.soon(stack.cockpit.board.tell, letter)
        page.wait("document.body.innerText.includes('told after it')")
        assert set(page.value("shown")) <= {"not confirmed"}
    finally:
        stack.robot.lock.release()
    stopped(page)
    assert stack.robot.controller.stopped


def test_a_stop_pressed_while_the_server_is_gone_stops_the_robot_when_it_is_back(
    stack: Rig, pages: Any
) -> None:
    page = pages()
    stack.robot.stop_robot("a test")
    stopped(page)
    stack.cockpit.trigger_deactivate()
    stack.cockpit.trigger_cleanup()
    stack.robot.reset_stop()
    page.wait("document.body.classList.contains('lost')")
    assert "No connection" in page.value("document.getElementById('banner').textContent")
    page.click(STOP)
    page.wait("document.documentElement.dataset.stop === 'not confirmed'")
    stack.cockpit.trigger_configure()
    stack.cockpit.trigger_activate()
    page.wait(LIVE)
    stopped(page)
    assert stack.robot.controller.stopped


def test_a_page_of_somebody_else_can_do_nothing(stack: Rig, browser: Browser) -> None:
    door = stack.cockpit.door
    assert door is not None
    rebound = browser.open(f"http://evil.example:{door.page_port}/")
    rebound.wait("document.body.innerText.includes('is not this server')")
    rebound.close()
    elsewhere = ThreadingHTTPServer(("127.0.0.1", 0), Blank)
    threading.Thread(target=elsewhere.serve_forever, args=(0.05,), daemon=True).start()
    try:
        foreign = browser.open(f"http://127.0.0.1:{elsewhere.server_port}/")
        foreign.wait("location.port && document.body")
        opens = (
            "new Promise(done => { const s = new WebSocket('ws://127.0.0.1:%d/socket'); "
            "s.onopen = () => done('open'); s.onerror = () => done('refused'); })"
        )
        assert foreign.value(opens % door.page_port) == "refused"
        posts = (
            "fetch('http://127.0.0.1:%d/stop', {method: 'POST', mode: 'no-cors'})"
            ".then(() => 'sent', () => 'not sent')"
        )
        assert foreign.value(posts % door.stop_port) == "sent"
        assert not stack.robot.controller.stopped
        frames = (
            "new Promise(done => { const f = document.createElement('iframe'); f.src = "
            "'http://127.0.0.1:%d/'; f.onload = () => { try { done(f.contentDocument ? 'seen' : "
            "'blocked') } catch (e) { done('blocked') } }; document.body.append(f); })"
        )
        assert foreign.value(frames % door.page_port) == "blocked"
        assert stack.cockpit.board.outboxes == []
        foreign.close()
    finally:
        elsewhere.shutdown()
        elsewhere.server_close()


class Blank(BaseHTTPRequestHandler):
    """A page of somebody else."""

    def do_GET(self) -> None:
        body = b"<!doctype html><body>elsewhere"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Keep still."""


def test_the_key_opens_and_nothing_else_does(browser: Browser) -> None:
    cockpit = Cockpit("k" * 20)
    pages: list[Page] = []
    live = "document.getElementById('link-word').textContent === 'live'"
    refused = "document.body.innerText.includes('it has the key')"
    try:
        for query, wanted in (("", refused), ("?key=wrong", refused), ("?key=" + "k" * 20, live)):
            pages.append(browser.open(f"{cockpit.origin}/{query}", apart=True))
            pages[-1].wait(wanted)
        until(lambda: pages[-1].value("location.search") == "", "the address without the key")
        pages[-1].reload()
        pages[-1].wait(live)
        until(lambda: len(cockpit.board.outboxes) == 1, "the one page that has the key")
        began = time.monotonic()
        pages[-1].click(STOP)
        stopped(pages[-1])
        assert cockpit.stops and time.monotonic() - began < 60.0
    finally:
        for page in pages:
            page.close()
        cockpit.close()
