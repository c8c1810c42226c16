"""Recordings in a real browser: begun by a button, looked at on a time line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("rclpy", reason="ROS 2 is not installed here")
from browser import Browser
from cockpit_rig import rig
from in_browser import LIVE, MARKS, PC, PHONE

from tank_core.ros.testing import alone
from tank_core.testing.own_domain import own_domain
from tank_recording.reading import Recording

pytestmark = MARKS
RECORDINGS = Path(__file__).parents[3] / "tank_recording" / "test" / "recordings"


def test_a_press_records_and_the_next_one_says_where(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with alone(), rig(tmp_path, monkeypatch, page_port=24100) as stack:
        page = browser.open(stack.address, size=PC)
        page.wait(LIVE)
        page.click("#record")
        page.wait("document.querySelector('#record.recording')?.textContent.startsWith('■')")
        listeners = "the executor, the cockpit, and the recorder"
        stack.wait(lambda: stack.robot.count_subscribers("odom") >= 3, listeners)
        page.click("#record")
        page.wait("document.getElementById('record').textContent === 'Record'")
        said = page.value("document.getElementById('recorded').textContent")
        assert page.complaints() == []
        page.close()
    (folder,) = (tmp_path / "tank" / "recordings").iterdir()
    assert str(folder) in said and list(Recording(folder).messages(["/odom"]))


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page of a recording, which has been played to its end."""
    state = str(tmp_path_factory.mktemp("state"))
    environment = {**os.environ, "ROS_DOMAIN_ID": str(own_domain()), "XDG_STATE_HOME": state}
    words = ["replay", str(RECORDINGS / "interrupted.mcap"), "--cockpit", "--port", "24150"]
    process = subprocess.Popen(
        [sys.executable, "-m", "tank_cli", *words, "--rate", "10"],
        stderr=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
    assert process.stderr is not None
    try:
        line = next(line for line in process.stderr if "the cockpit is at" in line)
        assert any("has ended" in line for line in process.stderr)
        yield line.split("is at ")[1].strip()
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate()


@pytest.mark.parametrize("size", [PHONE, PC])
def test_a_recording_has_a_time_line_and_nothing_that_seems_to_move_a_robot(
    browser: Browser, address: str, size: tuple[int, int]
) -> None:
    page = browser.open(address, size=size, phone=size == PHONE, dark=size == PHONE)
    page.wait("document.querySelector('body.replay') && tank.pose")
    page.wait("document.querySelectorAll('.chips li.succeeded').length >= 2", "the steps")
    root = "document.documentElement"
    assert page.value(f"[{root}.scrollWidth, {root}.scrollHeight]") == list(size)
    for name in ("#play", "#moment", "#clock"):
        box = page.place(name)
        assert box["width"] > 30 and box["left"] >= 0 and box["right"] <= size[0], name
        assert box["bottom"] <= size[1], name
    ended = "document.getElementById('banner').textContent.startsWith('The recording has ended')"
    page.wait(f"{ended} && document.getElementById('faults-button').textContent === 'no faults'")
    for name in ("#stop", "#say", "#record", "#stick"):
        assert page.place(name)["width"] == 0, name
    end = page.value("Number(document.getElementById('moment').value)")
    page.value(
        "(() => { const m = document.getElementById('moment'); m.value = 1;"
        " m.dispatchEvent(new Event('input')); m.dispatchEvent(new Event('change')); })()"
    )
    page.wait("document.getElementById('clock').textContent.startsWith('0:01')")
    page.click("#play")
    page.wait(f"Number(document.getElementById('moment').value) >= {end}", "the end again")
    assert page.complaints() == []
    if folder := os.environ.get("TANK_PICTURES"):
        page.picture(Path(folder) / f"replay-{size[0]}.png")
    page.close()
