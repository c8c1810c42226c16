"""A robot, a browser, and pages in it, for each file of tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from browser import Browser, Page
from in_browser import LIVE, PHONE

if TYPE_CHECKING:  # it needs ROS, without which the tests skip themselves
    from cockpit_rig import Rig


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    from cockpit_rig import rig

    from tank_core.ros.testing import alone

    with (
        pytest.MonkeyPatch.context() as patch,
        alone(),
        rig(tmp_path_factory.mktemp("state"), patch) as made,
    ):
        yield made


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("chromium")) as made:
        yield made


@pytest.fixture
def pages(stack: Rig, browser: Browser) -> Iterator[Any]:
    """Opens pages that are live, of a robot that may move; closes them."""
    opened: list[Page] = []

    def open_page(**how: Any) -> Page:
        page = browser.open(stack.address, **{"size": PHONE, "phone": True, **how})
        opened.append(page)
        page.wait(LIVE)
        return page

    yield open_page
    for page in opened:
        page.close()
    stack.cockpit.asking.stop(5.0)  # a long way is not driven to its end
    stack.cockpit.asking.release()
    stack.wait(lambda: not stack.robot.controller.stopped, "the robot to be free again")
    stack.wait(lambda: not stack.moving, "the robot to stand")
