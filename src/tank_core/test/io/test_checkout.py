"""The checkout is found by $TANK_ROOT or by where the code lies.

Never by where one stands.
"""

from pathlib import Path

import pytest

from tank_core.exceptions import TankError
from tank_core.io import checkout
from tank_core.io.checkout import MARK

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Another checkout as the current folder; nothing in the environment."""
    (tmp_path / MARK).parent.mkdir(parents=True)
    (tmp_path / MARK).touch()
    monkeypatch.chdir(tmp_path)
    for name in (checkout.ROOT_VARIABLE, checkout.HOME_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_it_is_the_one_that_the_code_lies_in_whatever_the_current_folder() -> None:
    assert checkout.checkout() == checkout.find_checkout() == ROOT
    assert checkout.home() == ROOT / ".tank"


def test_the_one_that_is_named_comes_first(
    monkeypatch: pytest.MonkeyPatch, elsewhere: Path
) -> None:
    monkeypatch.setenv("TANK_ROOT", str(elsewhere))
    assert checkout.checkout() == elsewhere
    monkeypatch.setenv("TANK_HOME", "/somewhere")
    assert checkout.home() == Path("/somewhere")


def test_a_name_that_is_no_checkout_counts_for_nothing(
    monkeypatch: pytest.MonkeyPatch, elsewhere: Path
) -> None:
    monkeypatch.setenv("TANK_ROOT", str(elsewhere / "src"))
    assert checkout.checkout() == ROOT


@pytest.mark.parametrize("named", ["", "/nowhere"])
def test_without_one_the_error_names_the_cure(
    monkeypatch: pytest.MonkeyPatch, named: str, elsewhere: Path
) -> None:
    monkeypatch.setattr(checkout, "__file__", "/usr/lib/python3/site-packages/checkout.py")
    monkeypatch.setenv("TANK_ROOT", named)
    assert checkout.find_checkout() is None
    with pytest.raises(TankError, match=r"clone it, and set TANK_ROOT to its folder"):
        checkout.home()
