"""The page shows the robot's word to eyes, keys and screen readers."""

from __future__ import annotations

import time
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="ROS 2 is not installed here")
from browser import Page
from cockpit_rig import Rig
from in_browser import DRAWN, FREE, MARKS, PC, STOPPED

pytestmark = MARKS
GREEN = [76, 240, 165]  # of a box round what was found
ROOT = "document.documentElement"


def press(page: Page, key: str, code: int, seconds: float) -> None:
    """Hold a key; the events tell how long that took."""
    now = time.time()
    for kind, at in (("keyDown", now), ("keyUp", now + seconds)):
        page.wire.ask(
            "Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code,
            text={"Enter": "\r", " ": " "}[key] if kind == "keyDown" else "", timestamp=at,
        )  # fmt: skip


def test_the_robot_is_drawn_as_it_describes_itself_with_its_way(stack: Rig, pages: Any) -> None:
    page = pages(size=PC, phone=False)
    page.wait(DRAWN)
    joints = list(stack.robot.robot.joint_names)
    off = "Math.abs(tank.scene.model.joints[name].angle - tank.pose.j[name])"
    page.wait(f"{joints}.every(name => {off} < 1e-3)", "each joint where it is")
    page.say("out and round")
    page.wait("tank.scene.count > 3", "a way")
    page.wait("tank.scene.base.position.x > 0.2", "the robot elsewhere")
    page.wait(
        "[...document.querySelectorAll('.chips li.succeeded')]"
        ".some(each => each.style.getPropertyValue('--done') === '100%')",
        "a step that is full",
    )


def test_what_is_found_is_boxed_in_the_cameras_picture(pages: Any) -> None:
    page = pages()
    page.wait("document.getElementById('no-picture').hidden", "a picture of the camera")
    pixel = "document.getElementById('picture').getContext('2d').getImageData(300, 220, 1, 1).data"
    page.wait(
        f"{GREEN}.every((wanted, band) => Math.abs({pixel}[band] - wanted) < 40)", "a box's edge"
    )


def test_the_state_of_the_robot_and_its_faults_are_told(stack: Rig, pages: Any) -> None:
    page = pages()
    page.wait("/\\d ms$/.test(document.getElementById('latency').textContent)", "the latency")
    server = stack.cockpit.server
    assert server is not None
    parts = ("faults-button", "battery", "factor", "faults")
    page.value(
        f"window.shown = []; new MutationObserver(() => shown.push({list(parts)}.map(id => "
        "document.getElementById(id)).map(each => each.className + ' ' + each.textContent).join()))"
        ".observe(document.body, {subtree: true, childList: true, characterData: true})"
    )
    cure = {"part": "battery", "message": "6.4 V: charge it", "error": True}
    told = {"charge": 0.1, "volts": 6.4, "factor": 0.98, "paused": False, "faults": [cure]}
    server.soon(stack.cockpit.board.tell, {"t": "vitals", **told})
    words = ["some 1 fault", "vital low", "10 % · 6.4 V", "0.98 ×", "charge it"]
    page.wait(f"shown.some(text => {words}.every(word => text.includes(word)))", "all of it")
    page.click("#faults-button")
    assert page.value("document.querySelector('#faults h2').innerText")


def test_stop_and_release_by_the_keyboard_are_heard_too(stack: Rig, pages: Any) -> None:
    page = pages(size=PC, phone=False)
    page.say("a long way, then left")
    stack.wait(lambda: stack.moving, "the robot to drive")
    page.value("document.getElementById('stop').focus()")
    press(page, "Enter", 13, 0.05)
    page.wait(STOPPED)
    assert not stack.moving
    assert page.value("document.getElementById('stop-says').textContent") == "STOPPED"
    page.value("document.getElementById('release').focus()")
    press(page, " ", 32, 0.2)  # too short
    time.sleep(0.5)
    assert stack.robot.controller.stopped
    page.again(lambda: press(page, " ", 32, 1.0), FREE)
    assert page.value("document.getElementById('stop-says').textContent") == "the robot may move"


def test_dark_and_light_are_others_and_can_be_read(pages: Any) -> None:
    """Ink on the page and on cards has a contrast of 7 and more (WCAG AAA)."""
    luminance = (
        "(color => { const [r, g, b] = color.match(/\\d+/g).map(part => part / 255)"
        ".map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);"
        " return 0.2126 * r + 0.7152 * g + 0.0722 * b; })"
    )
    seen = []
    for dark in (True, False):
        page = pages(dark=dark)
        card = "getComputedStyle(document.getElementById('dry'))"
        for style in ("getComputedStyle(document.body)", card):
            ink, back = (
                page.value(f"{luminance}({style}.{part})") for part in ("color", "backgroundColor")
            )
            assert (max(ink, back) + 0.05) / (min(ink, back) + 0.05) >= 7
            seen.append(back)
    assert seen[0] < 0.1 and seen[2] > 0.7


def test_a_photo_is_looked_at_with_its_time_and_place_and_saved(stack: Rig, pages: Any) -> None:
    page = pages(size=PC, phone=False)
    page.say("take a picture")
    page.wait("document.querySelector('#photos button')", "the photo")
    page.value("document.querySelector('#photos button').click()")
    told = page.value("document.querySelector('#photo p').textContent")
    assert "Taken at " in told and ", from x " in told
    assert page.value("document.querySelector('#photo a').download").endswith(".jpg")
    assert page.value("document.querySelector('#photo a').href").startswith("blob:")
    page.value("document.querySelector('#photo button').click()")
    assert page.value("document.getElementById('photo').hidden")


def test_an_example_is_put_into_the_line_and_not_said(stack: Rig, pages: Any) -> None:
    page = pages(size=PC, phone=False)
    page.value("document.querySelector('#examples button').click()")
    wanted = page.value("document.querySelector('#examples button').textContent")
    assert wanted and page.value("document.getElementById('sentence').value") == wanted
    assert not stack.moving
