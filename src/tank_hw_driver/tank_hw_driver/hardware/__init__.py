"""The wiring of a robot: a YAML file a board, and its calibration over it.

``boards/NAME.yaml`` holds what the vendor's documents say of a board; a calibration file has the
same keys, only those that differ::

    board: robot_hat_v3
    tracks: {left: {inverted: true, dead_band: 0.31}}

``description`` has the types, with each key's unit; ``checks`` what they must be together;
``board_file`` reads the files. Without numpy and ROS: the guardian reads them, too.
"""

from tank_hw_driver.hardware.board_file import (
    UNCALIBRATED,
    BoardFileError,
    board_names,
    calibration_path,
    find_calibration,
    load_hardware,
    read_calibration,
)
from tank_hw_driver.hardware.description import (
    BCM_PINS,
    PWM_CHANNELS,
    SPEED_OF_SOUND,
    Battery,
    CameraSource,
    Hardware,
    I2c,
    MotorPort,
    PwmChip,
    RangeFinderPins,
    Servo,
    ServoStart,
    Tracks,
    TrackWiring,
)

__all__ = [
    "BCM_PINS", "PWM_CHANNELS", "SPEED_OF_SOUND", "UNCALIBRATED", "Battery", "BoardFileError",
    "CameraSource", "Hardware", "I2c", "MotorPort", "PwmChip", "RangeFinderPins", "Servo",
    "ServoStart", "TrackWiring", "Tracks", "board_names", "calibration_path", "find_calibration",
    "load_hardware", "read_calibration",
]  # fmt: skip
