"""Stacks as descriptions for ROS 2's launch."""
