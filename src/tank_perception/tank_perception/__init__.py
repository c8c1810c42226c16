"""Sees colored objects.

Segmentation, shapes, places on the floor and a tracker without ROS, and the node that puts them on
the air.
"""

# [Hz] of images that are looked at, in the node and wherever perception runs without ROS
PERCEPTION_RATE = 5.0
