"""Two processes of which one guards: what its end means."""

import subprocess
import sys

import pytest

GUARD = """
import sys, time
from pathlib import Path
from tank_hw_driver.guardian import twins
twins.SHORT_S = float(sys.argv[2])
count = Path(sys.argv[1])
def guard(ending):
    count.write_text(count.read_text() + "x" if count.exists() else "x")
    if len(count.read_text()) == 1:
        raise ZeroDivisionError("by nought")
    return 3
sys.exit(twins.guard_as_two(guard))
"""


@pytest.mark.parametrize(("short", "code"), [(0.0, 3), (600.0, 70)])
def test_a_child_that_raises_is_told_and_replaced(tmp_path, short: float, code: int) -> None:
    """But not where it raised as soon as it was there: it would do so again."""
    ran = subprocess.run(
        [sys.executable, "-c", GUARD, str(tmp_path / "count"), str(short)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ran.returncode == code, ran.stderr
    assert "by nought" in ran.stderr and "Traceback" not in ran.stderr
    assert ("raised; it is replaced" in ran.stderr) == (code == 3)
