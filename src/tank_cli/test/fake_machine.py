"""A Raspberry Pi with a robot as the doctor sees it, all in order.

Tests break it.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tank_cli.doctor.system import Ran

MEMINFO = "MemTotal: 426000 kB\nMemAvailable: 345000 kB\nSwapTotal: 204800 kB\n"
SWAPS = "Filename Type Size Used Priority\n/dev/zram0 partition 204800 0 100\n"
STATE = "LoadState=loaded\nActiveState=active\nUnitFileState=enabled\nNRestarts=0"
NEIGHBORS = (
    '{"nodes": ["/driver_node", "/executor_node"], "ages": [0.04, 0.02], '
    '"unheard": [], "clocks": []}'
)


@dataclass
class FakeMachine:
    """A machine of plain data.

    ``files``: text by path, devices too; ``shut``: paths that this user may not use.
    """

    files: dict[str, str] = field(default_factory=lambda: {
        "/proc/device-tree/model": "Raspberry Pi Zero 2 W Rev 1.0",
        "/proc/meminfo": MEMINFO, "/proc/swaps": SWAPS,
        "/proc/mounts": "/dev/root / ext4 rw,noatime 0 0\n",
        "/sys/class/thermal/thermal_zone0/temp": "48312\n",
        "/boot/firmware/cmdline.txt": "console=tty1 root=PARTUUID=1 rootwait",
        "/proc/cmdline": "console=tty1", "/dev/i2c-1": "", "/dev/gpiochip0": "", "/dev/gpiomem": "",
        "/dev/video0": "",
        "/tank/models/SHA256SUMS": "aa11  tank-nano.gguf\n", "/tank/models/tank-nano.gguf": "aa11",
    })  # fmt: skip
    commands: dict[str, Ran | None] = field(default_factory=lambda: {
        "vcgencmd get_throttled": Ran(0, "throttled=0x0"), "timedatectl": Ran(0, "yes"),
        "rpicam-hello": Ran(0, "0 : imx219 [3280x2464]"),
        "systemctl": Ran(0, STATE), "iw dev": Ran(0, "Power save: off"),
        "tank_cli.ros.neighbors": Ran(0, NEIGHBORS),
        "tank_sim.sensors.opengl": Ran(0, "egl"), "c++": Ran(0, ""), "cmake": Ran(0, ""),
    })  # fmt: skip
    modules: dict[str, str] = field(default_factory=lambda: {
        **dict.fromkeys(("numpy", "yaml", "jsonschema", "cv2", "llama_cpp", "mujoco",
        "prompt_toolkit", "smbus2", "rclpy", "tank_msgs"), "1.0"),
        "lgpio": "0.2.2.0", "gpiozero": "2.0.1.post3", "picamera2": "0.3.30",
    })  # fmt: skip
    there: list[int] = field(default_factory=lambda: [0x48, 0x5F, 0x70])
    env: Mapping[str, str] = field(
        default_factory=lambda: {
            "ROS_DISTRO": "jazzy",
            "ROS_DOMAIN_ID": "42",
            "ROS_AUTOMATIC_DISCOVERY_RANGE": "SUBNET",
        }
    )
    guards: list[str] = field(default_factory=lambda: ["/run/tank/guardian"])
    shut: set[str] = field(default_factory=set)
    python: tuple[int, int] = (3, 12)
    machine: str = "aarch64"
    user: str = "pi"
    root: Path = Path("/tank")
    wires: str = "pi"
    free: int | None = 8_000_000_000
    multicast_fault: str = ""
    hollow: bool = False  # lgpio has nothing in it

    def read(self, path: str) -> str | None:
        return self.files.get(path)

    def glob(self, pattern: str) -> list[str]:
        return sorted(fnmatch.filter(self.files, pattern))

    def may_use(self, path: str) -> bool:
        return path not in self.shut and (path in self.files or path in self.guards)

    def group_of(self, path: str) -> str:
        return {"/dev/i2c-1": "i2c", "/dev/video0": "video", "/run/tank": "tank"}.get(path, "gpio")

    def run(self, *command: str, timeout: float = 5.0) -> Ran | None:
        line = " ".join(command)
        return next((ran for words, ran in self.commands.items() if words in line), None)

    def version(self, module: str, package: str = "") -> str | None:
        return self.modules.get(module)

    def has(self, module: str, attribute: str) -> bool:
        return not self.hollow

    def free_disk(self, path: str) -> int | None:
        return self.free

    def sha256(self, path: str) -> str | None:
        return self.files.get(path)

    def addresses(self) -> list[int]:
        return self.there

    def guardians(self) -> list[Path]:
        return [Path(path) for path in self.guards]

    def multicast(self, port: int) -> str:
        return self.multicast_fault
