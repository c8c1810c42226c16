"""Driving by hand in a real browser: who pushes drives, and all that ends it."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("rclpy", reason="ROS 2 is not installed here")
from browser import Page
from cockpit_rig import Rig
from in_browser import FREE, LIVE, MARKS, PC, PHONE, STOPPED

from tank_core.ros import interfaces as names

pytestmark = MARKS
WHEEL = "document.getElementById('wheel').textContent"
EVER_S = 60.0  # a dead-man that ends nothing in a test: what stops the robot is the page itself


@pytest.fixture
def pages(pages: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Opens pages in front, with no dead-man but the page itself."""
    for name in ("tank_cockpit.hands.driving.DEAD_MAN_S", "tank_executor.running.wheel.DEAD_MAN_S"):
        monkeypatch.setattr(name, EVER_S)
    # what a busy machine sees late is not too late here
    monkeypatch.setattr("tank_cockpit.hands.driving.SEEN_S", EVER_S)
    monkeypatch.setattr("tank_core.ros.interfaces.STAMP_MAX_AGE", EVER_S)

    def open_page(**how: Any) -> Page:
        page: Page = pages(**{"size": PC, "phone": False, **how})
        page.wait("document.documentElement.dataset.stop === 'free'")
        page.front()
        return page

    return open_page


def key(page: Page, kind: str, code: str) -> None:
    """Press a key (keyDown) or let it go (keyUp)."""
    page.wire.ask("Input.dispatchKeyEvent", type=kind, code=code, key=code.removeprefix("Key"))


def press(stack: Rig, page: Page, code: str = "KeyW") -> None:
    key(page, "keyDown", code)
    stack.wait(lambda: stack.moving, "the robot to be driven")


def stands(stack: Rig) -> None:
    wheel = stack.executor.runner.wheel
    stack.wait(lambda: not (stack.moving or wheel.held), "the robot to stand")


def test_a_key_moves_the_robot_and_its_end_stops_it(stack: Rig, pages: Any) -> None:
    page = pages()
    before = page.value("tank.pose.p[0]")
    page.say("a long way, then left")
    stack.wait(lambda: stack.executor.runner.running, "the plan")
    page.value("document.activeElement.blur()")
    press(stack, page, "KeyS")
    page.wait(f"{WHEEL} === 'you drive'")
    assert stack.cockpit.count_publishers(names.CMD_VEL) == 1  # whoever drives
    page.wait("document.querySelector('#log .stopped').innerText.includes('driven by hand')")
    start = page.value("tank.pose.p[0]")
    page.wait(f"tank.pose.p[0] < {start} - 0.1", "the pose to change")
    key(page, "keyUp", "KeyS")
    stands(stack)
    page.wait(f"{WHEEL} === ''")
    assert page.value("tank.pose.p[0]") != before
    yaw = page.value("tank.pose.p[2]")
    key(page, "keyDown", "ArrowLeft")
    page.wait(f"Math.sin(tank.pose.p[2] - {yaw}) > 0.1", "a turn to the left")
    key(page, "keyUp", "ArrowLeft")
    stack.wait(lambda: not stack.executor.runner.wheel.held, "the end of the turn")


def test_a_field_wants_its_letters_for_itself(stack: Rig, pages: Any) -> None:
    page = pages()
    page.value("document.getElementById('sentence').focus()")
    key(page, "keyDown", "KeyW")
    page.value("new Promise(done => setTimeout(done, 300))")
    assert not stack.executor.runner.wheel.held
    key(page, "keyUp", "KeyW")
    page.value("document.getElementById('log').focus()")
    key(page, "keyDown", "KeyW")  # the log wants the arrows alone
    stack.wait(lambda: stack.moving, "the robot to be driven")
    page.value("document.getElementById('sentence').focus()")
    stands(stack)


ENDS = {
    "hidden": "Object.defineProperty(document, 'hidden', {value: true, configurable: true});"
    "document.dispatchEvent(new Event('visibilitychange'))",
    "blur": "window.dispatchEvent(new Event('blur'))",
    "left": "window.dispatchEvent(new Event('pagehide'))",
    "the connection is lost": "tank.cut()",
    "closed": "",
    "another page": "",
}


@pytest.mark.parametrize("end", ENDS)
def test_whatever_takes_the_page_away_stops_the_robot(stack: Rig, pages: Any, end: str) -> None:
    page = pages()
    press(stack, page)
    if end == "closed":
        page.go("about:blank")
    elif end == "another page":
        other = pages()
        other.front()
        if not page.value("document.hidden"):
            pytest.skip("this Chromium shows both")
    else:
        page.value(f"{{ {ENDS[end]} }}")
    stands(stack)
    if end == "the connection is lost":
        page.wait(LIVE)
        page.wait(f"{WHEEL} === ''")
        # the key is still down, and repeats: that begins nothing anew
        page.wire.ask("Input.dispatchKeyEvent", type="keyDown", code="KeyW", autoRepeat=True)
        page.value("new Promise(done => setTimeout(done, 300))")
        assert not stack.executor.runner.wheel.held
        key(page, "keyUp", "KeyW")


def test_a_page_that_hangs_is_stopped_by_the_dead_man(
    stack: Rig, pages: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = pages()
    press(stack, page)
    monkeypatch.undo()
    page.value(
        "setTimeout(() => { const end = performance.now() + 3000;"
        " while (performance.now() < end); }), 1"
    )
    stands(stack)
    key(page, "keyUp", "KeyW")


def test_stop_wins_while_somebody_drives_and_its_release_starts_nothing(
    stack: Rig, pages: Any
) -> None:
    page = pages()
    press(stack, page)
    page.mouse("mousePressed", "#stop")
    page.wait(STOPPED)
    stands(stack)
    page.mouse("mouseReleased", "#stop")
    page.again(lambda: page.hold("#release", 1.0), FREE)
    page.wire.ask("Input.dispatchKeyEvent", type="keyDown", code="KeyW", autoRepeat=True)
    page.value("new Promise(done => setTimeout(done, 400))")
    assert not stack.moving  # the key is still down
    key(page, "keyUp", "KeyW")
    press(stack, page)
    page.key("Escape", 27)
    page.wait(STOPPED)
    stands(stack)
    key(page, "keyUp", "KeyW")


def test_one_page_has_the_wheel_and_the_other_sees_that(stack: Rig, pages: Any) -> None:
    here, there = pages(), pages(apart=True)
    here.front()
    press(stack, here)
    there.wait(f"{WHEEL} === 'another page drives'")
    key(there, "keyDown", "KeyS")
    there.value("new Promise(done => setTimeout(done, 300))")
    with stack.robot.lock:
        assert stack.robot.mock.read().odometry.twist.linear > 0.1
    key(here, "keyUp", "KeyW")
    stands(stack)  # the other one still pushes, and does not begin by that
    key(there, "keyUp", "KeyS")
    there.wait(f"{WHEEL} === ''")
    there.value("new Promise(done => setTimeout(done, 1100))")
    press(stack, there)
    here.wait(f"{WHEEL} === 'another page drives'")
    key(there, "keyUp", "KeyW")


def touch(page: Page, kind: str, x: float = 0.0, y: float = 0.0) -> None:
    points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
    page.wire.ask("Input.dispatchTouchEvent", type=kind, touchPoints=points)


@pytest.mark.parametrize("size", [PHONE, PC])
def test_a_finger_on_the_stick_drives_and_the_stick_is_clear_of_stop(
    stack: Rig, pages: Any, size: tuple[int, int]
) -> None:
    page = pages(size=size, phone=size == PHONE)
    root, box, stop = "document.documentElement", page.place("#stick"), page.place("#stop")
    assert page.value(f"[{root}.scrollWidth, {root}.scrollHeight]") == list(size)
    assert box["bottom"] <= stop["top"] or box["top"] >= stop["bottom"]
    for name in ("#stick", "#speed"):
        place = page.place(name)
        assert place["left"] >= 0 and place["right"] <= size[0] and place["bottom"] <= size[1]
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.wire.ask("Emulation.setTouchEmulationEnabled", enabled=True)
    touch(page, "touchStart", x, y)
    touch(page, "touchMove", x, y - box["height"] / 2)
    stack.wait(lambda: stack.moving, "the robot to be driven")
    touch(page, "touchMove", x, y + box["height"])  # beyond the stick: it goes on to be held
    stack.wait(lambda: stack.robot.mock.read().odometry.twist.linear < -0.1, "the way back")
    touch(page, "touchEnd")
    stands(stack)
    assert page.complaints() == []


def test_a_gamepad_drives_while_its_button_is_held(stack: Rig, pages: Any) -> None:
    page = pages()
    page.value(
        "window.pad = {axes: [0, -1, 0, 0], buttons: Array.from({length: 12}, () => ({pressed:"
        " false}))}; navigator.getGamepads = () => [null, pad]; 1"
    )
    page.wire.ask("Emulation.setFocusEmulationEnabled", enabled=True)
    page.value("new Promise(done => setTimeout(done, 300))")
    assert not stack.executor.runner.wheel.held
    page.value("pad.buttons[5].pressed = true")
    stack.wait(lambda: stack.moving, "the robot to be driven")
    page.value("pad.buttons[5].pressed = false")
    stands(stack)
    page.value("pad.buttons[5].pressed = true")
    stack.wait(lambda: stack.moving, "the robot to be driven")
    page.value("pad.buttons[1].pressed = true")
    page.wait(STOPPED)
    stands(stack)


def test_the_speed_and_the_arms_poses_are_buttons(stack: Rig, pages: Any) -> None:
    page = pages()
    page.click("#speed")
    assert page.value("document.getElementById('speed').ariaLabel") == "speed: fast"
    fast = stack.robot.robot.speeds
    press(stack, page)
    stack.wait(
        lambda: stack.robot.controller.twist.linear == max(p.linear for p in fast.values()),
        "the fast speed",
    )
    key(page, "keyUp", "KeyW")
    stands(stack)
    page.click("#arm button:last-child")
    page.wait("[...document.querySelectorAll('#log h2')].pop().textContent.includes('wave')")
