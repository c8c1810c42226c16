"""A register-level model of the robot's chips and pins.

It lives in a process of its own, so that it outlives whatever it is used to test::

    python -m tank_hw_driver.chip_model --board robot_hat_v3 --socket PATH

Clients are ``client.ModelClient`` and ``bus.model_wires.ModelWires``.
"""
