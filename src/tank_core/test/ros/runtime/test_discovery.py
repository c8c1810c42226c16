"""The discovery profile: Fast DDS takes it, and the user's own stays."""

from __future__ import annotations

import os
import subprocess
import sys
from xml.etree import ElementTree

from tank_core.ros.runtime.discovery import PROFILES, VARIABLES, speed_up_discovery


def test_it_is_set_where_nothing_is() -> None:
    environment: dict[str, str] = {}
    speed_up_discovery(environment)
    assert environment == dict.fromkeys(VARIABLES, str(PROFILES))
    ElementTree.parse(PROFILES)


def test_what_the_user_chose_stays() -> None:
    environment = {VARIABLES[0]: "/mine.xml"}
    speed_up_discovery(environment)
    assert environment == {VARIABLES[0]: "/mine.xml"}


def test_fast_dds_does_not_complain() -> None:
    program = (
        "from tank_core.ros.runtime.discovery import speed_up_discovery; "
        "speed_up_discovery(); import rclpy; rclpy.init(); rclpy.create_node('probe'); "
        "rclpy.shutdown()"
    )
    environment = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment
    )
    assert "xml" not in (done.stdout + done.stderr).lower()
