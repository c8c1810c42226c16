"""Say a sentence to a stack that runs, over ROS 2, and follow it to its end.

Start one first, in another terminal: ./tank sim, or ./tank robot.
"""

import sys
import threading

from tank_client.client_node import Listener, StackClient
from tank_executor.plan import PlanState, PlanStatus

ended = threading.Event()


def on_status(status: PlanStatus) -> None:
    """Print what the executor reports.

    The client calls it from its own thread.
    """
    print(f"{status.state.name.lower()}: {status.message}", flush=True)
    if status.state not in (PlanState.IDLE, PlanState.RUNNING):
        ended.set()


with StackClient(Listener(on_status=on_status)) as client:
    if not client.wait_until(client.translator_listens, timeout=10.0):
        sys.exit("no stack is heard; start one: ./tank sim")
    client.say(" ".join(sys.argv[1:]) or "turn left 90 degrees")
    ended.wait(60.0)
