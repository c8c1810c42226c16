"""The Python programs of README.md and docs/api/episode.md work.

Each does what it says.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = ("README.md", "docs/api/episode.md")


def program(page: str) -> str:
    """The first Python program of a page."""
    found = re.search(r"^```python\n(.*?)^```", (ROOT / page).read_text("utf-8"), re.M | re.S)
    assert found is not None, page
    return found[1]


@pytest.mark.slow
def test_it_picks_up_the_red_cube() -> None:
    done = subprocess.run(
        [sys.executable, "-c", program("README.md")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "'held': 'red_cube'" in done.stdout


def test_it_is_the_same_on_both_pages() -> None:
    assert len({program(page) for page in PAGES}) == 1
