"""The marks of tests that look at a page in a browser, and what they wait for."""

import pytest
from browser import CHROMIUM

MARKS = [
    pytest.mark.slow,
    pytest.mark.alone,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium: apt-get install chromium"),
]
LIVE = "document.getElementById('link-word').textContent === 'live' && tank.pose"
DRAWN = f"{LIVE} && !!tank.scene"  # in three dimensions, too
STOPPED = "document.documentElement.dataset.stop === 'stopped'"
FREE = "document.documentElement.dataset.stop === 'free'"
PHONE, PC = (390, 844), (1280, 800)
