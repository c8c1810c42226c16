"""Tank's core: command types, robot descriptions, the Backend contract.

Only ``ros/`` imports ROS.
"""

import os

__version__ = "0.1.0"

# of an image that is decoded at all: 7300 x 5500; it takes 3 bytes a pixel, and more while it is
# looked at
MOST_PIXELS = 40_000_000
# OpenCV asks once, when it is loaded: a PNG of 1 MB may be an image of 1 GB, and end the process.
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(MOST_PIXELS))
