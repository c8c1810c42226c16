"""Private parts of gpiozero that the pins in ``bus/`` override or read.

Another version of gpiozero fails the first test: look at what is listed here again, then put the
new version in.
"""

import inspect
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin

CHECKED = "2.0.1"
OVERRIDDEN = {"_set_function": ["value"], "_set_frequency": ["value"], "_change_state": ["value"]}


def test_this_is_the_version_whose_private_parts_were_looked_at():
    found = version("gpiozero")
    assert found == CHECKED or found.startswith(f"{CHECKED}.post"), (
        f"gpiozero is {found}: see that bus/model_pins.py and bus/pi_pins.py still work with it, "
        f"then put it into {__file__}"
    )


@pytest.mark.parametrize("name", OVERRIDDEN)
def test_the_mock_pin_is_written_by_the_methods_that_we_override(name):
    assert list(inspect.signature(getattr(MockPWMPin, name)).parameters) == [
        "self",
        *OVERRIDDEN[name],
    ]


def test_an_edge_from_outside_reaches_whoever_waits_for_it():
    """By the attributes and the method that ``ModelPin.take_edge`` uses."""
    factory = MockFactory(pin_class=MockPWMPin)
    pin = factory.pin(4)
    assert (pin._function, pin._frequency, pin._state) == ("input", None, False)
    heard = []
    pin.edges, pin.bounce = "both", None

    def listen(ticks, state):
        heard.append((ticks, state))

    pin.when_changed = listen  # gpiozero keeps a weak reference
    assert pin._edges == "both" and pin._when_changed is not None
    pin._change_state(True)
    pin._last_change = 12.5
    pin._call_when_changed()
    assert heard == [(12.5, 1)]


def test_the_pins_of_lgpio_are_written_by_the_methods_that_we_override():
    """Read as text, because lgpio itself is there on a Pi alone."""
    spec = find_spec("gpiozero.pins.lgpio")
    assert spec is not None and spec.origin is not None
    text = Path(spec.origin).read_text(encoding="utf-8")
    for name in ("_set_function", "_set_state", "_set_frequency"):
        assert f"def {name}(self, value):" in text
    assert "self._handle = lgpio.gpiochip_open(chip)" in text
    assert "self.pin_class = LGPIOPin" in text
