"""The page of a simulation: room, other world, start, time that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="ROS 2 is not installed here")
from browser import Browser, Page
from cockpit_rig import Rig, rig
from in_browser import DRAWN, MARKS, PHONE
from rclpy.parameter import Parameter

from tank_core.ros.testing import alone
from tank_sim.sim_node import SimNode
from tank_sim.worlds import build_world

pytestmark = MARKS
THINGS = "tank.scene.real.group.children.length"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    settings = {"camera": False, "world": "gate", "seed": 1}
    with pytest.MonkeyPatch.context() as patch, alone():
        patch.setattr("tank_sim.sim_node.DISCOVERY_S", 0.0)
        robot = SimNode(parameter_overrides=[Parameter(n, value=v) for n, v in settings.items()])
        with rig(tmp_path_factory.mktemp("state"), patch, robot=robot) as made:
            yield made


@pytest.fixture
def page(stack: Rig, tmp_path: Any) -> Iterator[Page]:
    with Browser(tmp_path) as browser:
        page = browser.open(stack.address, PHONE, phone=True)
        page.wait(DRAWN)
        yield page


def things(stack: Rig) -> int:
    world = stack.robot.simulation.world
    return len(world.scene.fixtures) + len(world.objects)


def test_another_world_is_chosen_on_the_page_and_its_room_is_drawn(stack: Rig, page: Page) -> None:
    page.wait(f"{THINGS} === {things(stack)}", "the gate and the objects")
    page.say("this is the desk")
    page.wait("document.querySelector('.chips li.succeeded')", "the place to be kept")
    page.click("#world-button")
    page.wait("document.getElementById('world-name').value === 'gate'", "what it is now")
    page.value("document.getElementById('world-name').value = 'rooms'")
    page.value("document.getElementById('world-seed').value = '-3'")
    page.click("#world .main")
    assert not page.value("document.getElementById('world').hidden")  # no such seed
    page.value("document.getElementById('world-seed').value = '7'")
    page.click("#world .main")
    page.wait("document.getElementById('world-button').textContent === 'rooms'")
    page.wait(f"{THINGS} === {things(stack)}", "the room")
    simulation = stack.robot.simulation
    assert simulation.world == build_world("rooms", simulation.robot, 7)
    page.say("go to the desk")
    note = "document.querySelector('.failed-note')?.textContent"
    page.wait(f"/lost my bearings .* forgot desk/.test({note})")
    page.reload()
    page.wait(DRAWN)
    page.wait(f"{THINGS} === {things(stack)}", "the room again")
    assert page.complaints() == []


def test_time_stands_still_and_goes_on_and_a_reset_is_asked_twice(stack: Rig, page: Page) -> None:
    page.wait("!document.getElementById('pause').hidden")
    page.click("#pause")
    page.wait("document.getElementById('pause').textContent === 'Go on'")
    before = stack.robot.robot_time()
    page.click("#pause")
    page.wait("document.getElementById('pause').textContent === 'Pause'")
    stack.wait(lambda: stack.robot.robot_time() > before, "time to go on")
    with stack.robot.lock:
        joint = stack.robot.simulation.data.joint(stack.robot.simulation.world.objects[0].name)
        began = joint.qpos[0].copy()
        joint.qpos[0] += 1.0
    page.click("#reset")
    assert joint.qpos[0] > began + 0.5
    page.click("#reset")
    stack.wait(lambda: abs(joint.qpos[0] - began) < 0.01, "the object at its place again")
