"""Starts Tank's processes together.

The stack's description, a supervisor, and ROS 2's launch.
"""
