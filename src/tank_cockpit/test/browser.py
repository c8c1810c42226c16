"""The browser of the tests; benchmarks use it, too."""

from tank_cockpit.testing.browser import CHROMIUM as CHROMIUM
from tank_cockpit.testing.browser import Browser as Browser
from tank_cockpit.testing.browser import Page as Page
from tank_cockpit.testing.browser import until as until
