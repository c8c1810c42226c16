"""``./tank cockpit``: the page of a robot that runs, for any browser.

For a robot that was started elsewhere: nothing of it runs on the robot.
"""

from __future__ import annotations

import argparse
import os

from tank_cli.cockpit_options import add_cockpit
from tank_cli.robot_option import add_robot

SPEC = "tank_cockpit.cockpit_node:CockpitNode"


def configure(parser: argparse.ArgumentParser) -> None:
    add_cockpit(parser)
    add_robot(parser)


def run(args: argparse.Namespace) -> int:
    os.environ["RCUTILS_CONSOLE_OUTPUT_FORMAT"] = "{message}"  # a person reads it
    from tank_core.ros.runtime.run_nodes import main
    from tank_stack.arguments import as_yaml

    given = {"page_host": args.host, "page_port": args.port}
    words = [word for k, v in given.items() for word in ("-p", f"{k}:={as_yaml(k, v)}")]
    words += ["-r", f"__ns:=/{args.robot}"] if args.robot else []
    return main(["tank_nodes", SPEC, "--ros-args", *words])
