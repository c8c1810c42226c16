"""The I2C bus and the pins: the Pi's own, or the chip model's.

``base`` has the protocols, ``open`` makes either kind by its name; ``pi_*`` and ``model_*`` are the
two kinds, and ``faults`` says what went wrong in the same sentences for both.
"""
