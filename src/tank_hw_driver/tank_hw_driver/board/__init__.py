"""Boards: motors, servos and battery behind one contract, ``board.Board``.

A board is described by ``boards/NAME.yaml``, and that file is all of a board whose chips are known:
its motors hang on GPIO pins (``gpio_board``) or on a PCA9685 (``pwm_board``), its servos on that
PCA9685, its battery on an ADS7830 or nowhere. A board with other motor drivers is a class beside
these two, chosen by ``board.open_board``; a new chip is a file in ``chips/`` and a model of its
registers in ``chip_model/registers.py``. ``probing`` tells boards apart on the bus, by the
addresses that their files name.
"""
