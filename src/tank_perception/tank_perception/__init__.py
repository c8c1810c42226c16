"""Sees colored objects by one camera: what and where they are.

``perception.Perception`` is the door: an image and where it was taken in, detections out.
``detection/`` finds things in one image, ``tracking/`` keeps them over images, ``frames/`` knows
from where an image was taken, ``calibration/`` adjusts colors and camera. All of that is without
ROS; ``perception_node.py`` and ``ros/`` put it on the air.
"""

# [Hz] of images that are looked at, in the node and wherever perception runs without ROS
PERCEPTION_RATE = 5.0
