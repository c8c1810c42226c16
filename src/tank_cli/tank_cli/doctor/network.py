"""Checks of discovery.

Domain, range, multicast, firewall, and who else is there.
"""

from __future__ import annotations

import json
import sys

from tank_cli.doctor.findings import Check, Diagnosis, Findings, Severity, fail, ok, warn
from tank_cli.doctor.system import System, is_pi, number
from tank_core.ros.runtime.environment import (
    HIGHEST_DOMAIN,
    MIDDLEWARE,
    RANGES,
    SAFE_DOMAIN,
    WHEELS,
    middlewares,
)

FIRST_PORT, PORTS_PER_DOMAIN = 7400, 250  # DDSI-RTPS 2.3, 9.6.1.1
RMW = "rmw_fastrtps_cpp"
SUBNET = "export ROS_AUTOMATIC_DISCOVERY_RANGE=SUBNET on both machines (and no ROS_LOCALHOST_ONLY)"
NEIGHBORS_MB = 120  # that a look at ROS takes: another process with rclpy
AHEAD_S, LATE_S = 0.2, 0.5  # of stamps; what the robot drops (docs/safety.md)


def _domain(system: System) -> int | None:
    return number(system.env.get("ROS_DOMAIN_ID") or "0")


def domain(system: System) -> Findings:
    found = _domain(system)
    if found is None or not 0 <= found <= HIGHEST_DOMAIN:
        yield fail(
            "domain",
            f"ROS_DOMAIN_ID is {system.env.get('ROS_DOMAIN_ID')!r}",
            f"export ROS_DOMAIN_ID=N, 0 to {SAFE_DOMAIN}, the same on both machines",
        )
    elif found > SAFE_DOMAIN:
        yield warn(
            "domain",
            f"ROS_DOMAIN_ID {found}: its ports may be taken by other programs",
            f"take 0 to {SAFE_DOMAIN}, the same on both machines",
        )
    else:
        yield ok("domain", f"ROS_DOMAIN_ID {found}; it must be the same on both machines")


def discovery_range(system: System) -> Findings:
    reach = system.env.get("ROS_AUTOMATIC_DISCOVERY_RANGE") or "SUBNET"
    peers = system.env.get("ROS_STATIC_PEERS", "")
    told = f"{reach}{f', and by name {peers}' if peers else ''}"
    if reach not in RANGES:
        yield fail(
            "discovery",
            f"ROS_AUTOMATIC_DISCOVERY_RANGE is {reach!r}",
            f"say one of {', '.join(RANGES)}",
        )
    elif system.env.get("ROS_LOCALHOST_ONLY") == "1":
        yield _if_alone(
            system,
            "ROS_LOCALHOST_ONLY=1: nodes on other machines are not seen",
            "unset ROS_LOCALHOST_ONLY; " + SUBNET,
        )
    elif reach == "OFF" or (reach == "LOCALHOST" and not peers):
        yield _if_alone(system, f"{told}: nodes on other machines are not seen", SUBNET)
    else:
        yield ok("discovery", told)


def _if_alone(system: System, text: str, cure: str) -> Diagnosis:
    """A PC by itself is right to be alone; a robot is meant to be seen."""
    return (
        warn("discovery", text, cure)
        if is_pi(system)
        else ok("discovery", f"{text}; for a robot on the network: {cure}")
    )


def middleware(system: System) -> Findings:
    chosen = system.env.get(MIDDLEWARE, "")
    known = middlewares(system.env)
    cure = f"unset {MIDDLEWARE}"
    if chosen and known and chosen not in known:
        told = f"{MIDDLEWARE}={chosen} is not installed; there is {', '.join(known)}"
        if system.env.get(WHEELS):
            yield warn("middleware", f"{told}. Tank unsets it each time", cure)
        else:
            yield fail("middleware", told, f"{cure}, or install it")
    elif chosen and chosen != RMW:
        yield warn(
            "middleware",
            f"{MIDDLEWARE}={chosen}; Tank is tested with {RMW}, and both machines need the same",
            cure,
        )
    else:
        yield ok("middleware", chosen or f"{RMW}, the default")


def multicast(system: System) -> Findings:
    port = FIRST_PORT + PORTS_PER_DOMAIN * (_domain(system) or 0)
    fault = system.multicast(port)
    if fault:
        yield fail(
            "multicast",
            f"does not come back within this machine: {fault}",
            "sudo ip link set lo multicast on; is a network up? Is UDP to 239.255.0.1 let through?",
        )
    else:
        yield ok(
            "multicast",
            f"comes back within this machine, UDP port {port}; switches and access points must "
            "pass it, too",
        )


def firewall(system: System) -> Findings:
    first = FIRST_PORT + PORTS_PER_DOMAIN * (_domain(system) or 0)
    open_ports = f"UDP {first} to {first + PORTS_PER_DOMAIN - 1}"
    if "ENABLED=yes" in (system.read("/etc/ufw/ufw.conf") or ""):
        yield warn(
            "firewall",
            f"ufw is on; it must let {open_ports} pass",
            f"sudo ufw allow proto udp to any port {first}:{first + PORTS_PER_DOMAIN - 1}",
        )
    elif (ran := system.run("firewall-cmd", "--state")) is not None and ran.text.startswith(
        "running"
    ):
        ports = f"{first}-{first + PORTS_PER_DOMAIN - 1}/udp"
        yield warn(
            "firewall",
            f"firewalld is on; it must let {open_ports} pass",
            f"sudo firewall-cmd --permanent --add-port={ports}; sudo firewall-cmd --reload",
        )
    else:
        yield ok(
            "firewall",
            f"none of ufw and firewalld; if there is another one, it must let {open_ports} pass",
        )


def power_save(system: System) -> Findings:
    """A Wi-Fi chip that sleeps answers late, and some lose multicast."""
    ran = system.run("iw", "dev", "wlan0", "get", "power_save")
    if ran is not None and "Power save: on" in ran.text:
        yield warn(
            "wi-fi",
            "saves power: answers come late, and discovery may fail",
            "sudo iw dev wlan0 set power_save off (for good: docs/hardware.md)",
        )
    elif ran is not None and ran.status == 0:
        yield ok("wi-fi", "does not save power")


def neighbors(system: System) -> Findings:
    if system.version("rclpy", "ros-rclpy") is None:
        return  # told by "ros"
    rows = dict(
        line.split(":")[:2]
        for line in (system.read("/proc/meminfo") or "").splitlines()
        if ":" in line
    )
    free = number((rows.get("MemAvailable", "").split() or [""])[0])
    if free is not None and free < NEIGHBORS_MB * 1024:
        yield Diagnosis(
            Severity.SKIP,
            "neighbors",
            f"only {free // 1024} MB are available, and a look at ROS takes {NEIGHBORS_MB}; look "
            "from the laptop",
        )
        return
    ran = system.run(sys.executable, "-m", "tank_cli.ros.neighbors", timeout=30.0)
    if ran is None or ran.status != 0:
        last = ran.text.splitlines()[-1:] if ran else ["it does not answer"]
        yield fail(
            "neighbors",
            f"a ROS node cannot be made: {' '.join(last)}",
            "mend that; else ./tank setup",
        )
        return
    seen = json.loads(ran.text.splitlines()[0])
    names = seen["nodes"]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        yield warn(
            "neighbors",
            f"twice: {', '.join(doubled)}",
            "two robots in one domain? Give each its own ROS_DOMAIN_ID",
        )
    yield ok(
        "neighbors",
        ", ".join(sorted(set(names)))
        or "no ROS node is seen within 2 s; start one there, and look again",
    )
    for sentence in seen["unheard"]:
        what, _, cure = sentence.rpartition("; ")
        yield warn("matching", what, cure)
    if len(seen["clocks"]) > 1:
        yield warn(
            "clock",
            f"two on /clock: {', '.join(sorted(seen['clocks']))}",
            "give each simulation its own ROS_DOMAIN_ID",
        )
    if seen["ages"]:
        yield _stamps(seen["ages"])


def _stamps(ages: list[float]) -> Diagnosis:
    """The youngest one says most: a message may be late, and never early."""
    age = min(ages)
    if age < -AHEAD_S or age > LATE_S:
        side = "ahead of" if age < 0 else "behind"
        return warn(
            "stamps",
            f"those of the robot are {abs(age):.2f} s {side} this machine's clock",
            "timedatectl timesync-status on both machines",
        )
    return ok("stamps", f"those of the robot are {age:+.2f} s from this machine's clock")


CHECKS = (
    Check("domain", domain),
    Check("discovery", discovery_range),
    Check("middleware", middleware),
    Check("multicast", multicast),
    Check("firewall", firewall),
    Check("wi-fi", power_save, pc=False),
    Check("neighbors", neighbors),
)
