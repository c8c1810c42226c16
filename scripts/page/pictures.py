"""Takes the pictures of the cockpit in docs/images, with Chromium and ./tank sim.

In a shell that has ``eval "$(./tank env)"``: ``python scripts/page/pictures.py [FOLDER]``. Look at
what comes out before it is committed.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np

from tank_cockpit.testing.browser import Browser, Page

IMAGES = Path(__file__).parents[2] / "docs" / "images"
PC, PHONE = (1280, 800), (390, 844)
LIVE = "document.getElementById('link-word').textContent === 'live' && tank.pose && !!tank.scene"
STOPPED = "document.documentElement.dataset.stop === 'stopped'"
QUALITY = 88  # of the JPEGs


@contextmanager
def simulation(world: str) -> Iterator[str]:
    """A simulation, and its page's address."""
    command = [sys.executable, "-m", "tank_cli", "sim", "--world", world, "--port", "8123"]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, env={**os.environ, "DISPLAY": "", "BROWSER": "true"},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if found := re.search(r"http://\S+", line):
                yield found[0]
                return
        raise SystemExit(f"./tank sim ended: {process.wait()}")
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30.0)


def said(page: Page, text: str) -> None:
    """Wait until the page shows a text."""
    page.wait(f"document.body.innerText.includes({text!r})")


def beside(pictures: list[Path], out: Path) -> None:
    """Put pictures of one height side by side."""
    images = [cv2.imread(str(path)) for path in pictures]
    gap = np.full((images[0].shape[0], 16, 3), 255, np.uint8)
    parts = [part for image in images for part in (image, gap)][:-1]
    cv2.imwrite(str(out), np.hstack(parts), [cv2.IMWRITE_JPEG_QUALITY, QUALITY])


def main(folder: Path) -> None:
    with (
        tempfile.TemporaryDirectory() as scratch,
        Browser(Path(scratch)) as browser,
        simulation("playground") as address,
    ):
        page = browser.open(address, PC)
        page.wait(LIVE)
        page.say("what do you see?")
        page.wait("document.getElementById('log').innerText.includes('I see')")
        page.say("turn left 30 degrees and pick up the red cube")
        said(page, "grasp the red cube")
        page.wait("Math.hypot(tank.pose.p[0], tank.pose.p[1]) > 0.4")
        page.picture(folder / "cockpit.jpg", "jpeg", QUALITY)
        page.wait("document.getElementById('log').innerText.includes('holding the red cube')")
        page.close()
        shots = [Path(scratch) / f"{number}.png" for number in range(3)]
        phone = browser.open(address, PHONE, phone=True)
        phone.wait(LIVE)
        phone.say("drive back half a meter and take a picture")
        said(phone, "photo")
        phone.picture(shots[0])
        phone.wait("document.querySelectorAll('#photos > *').length > 0")
        phone.picture(shots[1])
        phone.close()
        phone = browser.open(address, PHONE, phone=True, dark=False)
        phone.wait(LIVE)
        phone.say("turn right 180 degrees")
        phone.wait("document.getElementById('log').innerText.includes('turn right')")
        phone.click("#stop")
        phone.wait(STOPPED)
        phone.picture(shots[2])
        phone.close()
        beside(shots, folder / "cockpit-phone.jpg")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES)
