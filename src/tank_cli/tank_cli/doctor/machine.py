"""Checks of the machine itself: memory, swap, heat, power, disk, clock."""

from __future__ import annotations

from tank_cli.doctor.findings import Check, Findings, fail, ok, warn
from tank_cli.doctor.system import System, is_pi, number

NEEDED_MB = 300  # resident, the whole robot in one process (docs/hardware.md)
SMALL_MB = 1024  # total; below it swap is wanted at start
# Raspberry Pi documentation, "frequency management and thermal control": throttled from 80 on
HOT_C, TOO_HOT_C = 70.0, 80.0
# Raspberry Pi documentation, "vcgencmd get_throttled": now; 16 bits higher: since the start.
THROTTLED = {0: "under-voltage", 1: "frequency capped", 2: "throttled", 3: "soft temperature limit"}
POWER = "charge the cells, or take some that give 4 A each; check the HAT's contacts"
FULL_MB, NEARLY_FULL_MB = 100, 500


def memory_mb(system: System) -> dict[str, int]:
    """The lines of /proc/meminfo [MB]."""
    rows = [line.split() for line in (system.read("/proc/meminfo") or "").splitlines()]
    return {
        row[0].rstrip(":"): int(row[1]) // 1024
        for row in rows
        if len(row) >= 2 and row[1].isdigit()
    }


def memory(system: System) -> Findings:
    found = memory_mb(system)
    total, free = found.get("MemTotal", 0), found.get("MemAvailable", 0)
    if not total:
        yield warn("memory", "/proc/meminfo tells nothing", "is /proc mounted?")
    elif total < NEEDED_MB:
        yield fail(
            "memory",
            f"{total} MB in all; the robot takes up to {NEEDED_MB}",
            "lower gpu_mem in config.txt, or take another board",
        )
    elif free < NEEDED_MB:
        yield warn(
            "memory",
            f"{free} MB of {total} available; the robot takes up to {NEEDED_MB}",
            "fine while it runs; else see: ps aux --sort -rss | head",
        )
    else:
        yield ok("memory", f"{free} MB of {total} available")


def swap(system: System) -> Findings:
    size = memory_mb(system).get("SwapTotal", 0)
    rows = [line.split() for line in (system.read("/proc/swaps") or "").splitlines()[1:]]
    on_card = [row[0] for row in rows if row and not row[0].startswith("/dev/zram")]
    if not size:
        yield warn(
            "swap",
            "none: an update or a start may run out of memory",
            "sudo apt-get install -y systemd-zram-generator (compressed memory)",
        )
    elif on_card and is_pi(system):
        yield warn(
            "swap",
            f"{size} MB, {', '.join(on_card)} on the card: slow, and it wears the card",
            "zram: sudo apt-get install -y systemd-zram-generator",
        )
    else:
        yield ok("swap", f"{size} MB")


def swap_on_a_small_machine(system: System) -> Findings:
    if memory_mb(system).get("MemTotal", 0) < SMALL_MB:
        yield from swap(system)
    else:
        yield ok("swap", "not needed with this memory")


def temperature(system: System) -> Findings:
    milli = number(system.read("/sys/class/thermal/thermal_zone0/temp") or "")
    if milli is None:
        yield warn(
            "temperature", "the kernel tells none", "cat /sys/class/thermal/thermal_zone*/temp"
        )
        return
    celsius = milli / 1000
    if celsius >= TOO_HOT_C:
        yield fail(
            "temperature", f"{celsius:.0f} C: it is being slowed down", "a heat sink, air, or shade"
        )
    elif celsius >= HOT_C:
        yield warn(
            "temperature",
            f"{celsius:.0f} C; from {TOO_HOT_C:.0f} on it is slowed down",
            "a heat sink, air, or shade",
        )
    else:
        yield ok("temperature", f"{celsius:.0f} C")


def throttling(system: System) -> Findings:
    ran = system.run("vcgencmd", "get_throttled")
    text = (
        ran.text.partition("=")[2]
        if ran and ran.status == 0
        else system.read("/sys/devices/platform/soc/soc:firmware/get_throttled")
    )
    bits = number(text or "", 16)
    if bits is None:
        yield warn(
            "power",
            "neither vcgencmd nor the kernel tells about under-voltage",
            "sudo apt-get install -y raspi-utils, or run it outside the container",
        )
        return
    now = [name for bit, name in THROTTLED.items() if bits >> bit & 1]
    since_start = [name for bit, name in THROTTLED.items() if bits >> (bit + 16) & 1]
    if now:
        yield fail("power", f"now: {', '.join(now)}", POWER if bits & 1 else "let it cool down")
    elif since_start:
        yield warn(
            "power",
            f"since the start: {', '.join(since_start)}",
            POWER if bits >> 16 & 1 else "a heat sink, air, or shade",
        )
    else:
        yield ok("power", "no under-voltage, not throttled")


def disk(system: System) -> Findings:
    mounts = [line.split() for line in (system.read("/proc/mounts") or "").splitlines()]
    root = next((row for row in mounts if len(row) > 3 and row[1] == "/"), None)
    if root is not None and "ro" in root[3].split(","):
        yield warn(
            "disk",
            "/ is read-only: wanted in a container or an overlay, else the card failed",
            "dmesg | grep -i mmc; save the card's data and take a new one",
        )
    free = system.free_disk(str(system.root))
    if free is None:
        yield warn("disk", f"{system.root} tells no free space", "df -h")
        return
    megabytes = free // 1_000_000
    if megabytes < FULL_MB:
        yield fail(
            "disk", f"{megabytes} MB free", "sudo journalctl --vacuum-size=20M; sudo apt-get clean"
        )
    elif megabytes < NEARLY_FULL_MB:
        yield warn(
            "disk", f"{megabytes} MB free", "sudo journalctl --vacuum-size=20M; sudo apt-get clean"
        )
    else:
        yield ok("disk", f"{megabytes} MB free")


def clock(system: System) -> Findings:
    ran = system.run("timedatectl", "show", "--property=NTPSynchronized", "--value")
    if ran is None or ran.status != 0 or ran.text not in ("yes", "no"):
        yield warn(
            "clock",
            "nobody tells whether it follows network time; stamps between Pi and laptop must agree "
            "to 0.2 s",
            "timedatectl, on both machines",
        )
    elif ran.text == "no":
        yield warn(
            "clock",
            "does not follow network time: velocities from another machine will be dropped",
            "sudo timedatectl set-ntp true, and connect to a network",
        )
    else:
        yield ok("clock", "follows network time")


CHECKS = (
    Check("memory", memory),
    Check("swap", swap_on_a_small_machine),
    Check("temperature", temperature, pc=False),
    Check("power", throttling, pc=False),
    Check("disk", disk),
    Check("clock", clock),
)
