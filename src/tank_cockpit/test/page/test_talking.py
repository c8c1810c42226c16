"""The conversation in a real browser: mere plans, questions, ways out."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("rclpy", reason="ROS 2 is not installed here")
from browser import Page
from cockpit_rig import Rig
from in_browser import DRAWN, MARKS

pytestmark = MARKS


def drive(stack: Rig, page: Page) -> None:
    page.say("a long way, then left")
    stack.wait(lambda: stack.moving, "the robot to drive")


def test_a_dry_run_draws_the_plan_and_moves_nothing(stack: Rig, pages: Any) -> None:
    page, other = pages(), pages(phone=False)
    page.wait("!!tank.scene")
    before = page.value("tank.pose.p")
    page.value("document.getElementById('sentence').value = 'out and round'")
    page.click("#dry")
    page.wait("document.querySelectorAll('.chips li.would').length === 3", "the plan")
    other.wait("document.querySelectorAll('.chips li.would').length === 3", "the plan there")
    page.wait("tank.scene.plan.points.length === 4 && tank.scene.plan.group.children.length")
    assert not stack.moving and page.value("tank.pose.p") == before
    assert "1.50 m" in page.value("document.querySelector('#log article:last-of-type').innerText")
    page.click("#log article:last-of-type .question .main")  # do it
    stack.wait(lambda: stack.moving, "the robot to drive")
    page.wait("!tank.scene.plan.group.children.length", "no way that is only thought of")
    page.value("document.getElementById('sentence').value = 'sing'")
    page.click("#dry")
    page.wait("document.querySelector('article.not-understood:last-of-type .suggest')")


def test_what_was_said_comes_back_and_completes_what_is_typed(stack: Rig, pages: Any) -> None:
    page = pages()
    for sentence in ("where are you", "hum a tune"):
        page.say(sentence)
        page.wait(f"document.querySelector('#log').innerText.includes('{sentence}')")
    page.reload()
    page.wait(DRAWN)
    page.wait("[...document.querySelectorAll('#phrases option')][0].value === 'hum a tune'")
    assert page.value("[...document.querySelectorAll('#phrases option')].at(-1).value") == "stop"
    page.value("document.getElementById('sentence').focus()")
    for _ in range(2):
        page.key("ArrowUp", 38)
    assert page.value("document.getElementById('sentence').value") == "where are you"


def test_a_question_is_answered_by_a_button(stack: Rig, pages: Any) -> None:
    page = pages()
    page.say("kind of left")
    page.wait("document.querySelector('.asked .question')", "the question")
    asked = page.value("document.querySelector('.asked .asks').textContent")
    assert asked == "Did you mean: turn left 90 degrees?"
    assert page.value("document.querySelectorAll('.asked .question button').length") == 2
    page.click(".asked .question .main")
    page.wait("document.querySelector('article:last-of-type .chips li')", "that it was understood")
    assert "“yes”" in page.value("document.querySelector('article:last-of-type').innerText")
    page.say("kind of left")
    page.wait("document.querySelector('article:last-of-type .question')", "the question again")
    page.say("where are you")  # any other sentence ends it
    page.wait("document.querySelector('article:last-of-type .answer')")
    assert page.value("document.querySelectorAll('.question').length") == 0


def test_what_failed_has_what_can_be_said_and_what_waits_has_its_chips(
    stack: Rig, pages: Any
) -> None:
    page = pages()
    page.say("go to the desk")
    page.wait("document.querySelector('article:last-of-type.failed .suggest')", "a way out")
    drive(stack, page)
    page.say("out and round")
    page.wait("document.querySelectorAll('.waiting .chips li.pending').length === 3", "its steps")
    page.click("article.failed .suggest")
    assert page.value("document.getElementById('sentence').value") == "go back to the start"
