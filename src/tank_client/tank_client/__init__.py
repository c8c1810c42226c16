"""Talks to a running stack (./tank sim, ./tank robot, launch) from Python.

Begin with ``client_node.StackClient``: it says sentences, stops the robot and tells what the stack
reports. Say a sentence and wait for its end::

    from tank_client.client_node import Listener, StackClient
    from tank_client.request import Request

    request = Request("turn left")
    listener = Listener(on_understanding=request.understood, on_status=request.progressed)
    with StackClient(listener) as client:
        client.wait_until(lambda: client.translator_listens() and client.executor_listens(), 10.0)
        client.say(request.instruction)
        client.wait_until(lambda: request.code is not None, 60.0)
    print(request.understanding, request.status, request.code)

``request`` follows one instruction to its end, ``narrator`` puts reports into words, ``readiness``
judges whether a stack is ready; these three are pure. It runs in the environment of ``./tank env``.
"""
