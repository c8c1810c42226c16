"""Starts Tank's processes together: the stack's description, a supervisor, and ROS 2's launch."""
