"""Executes command lists: plans, primitives and motion laws without ROS, and the node that puts them on the air."""
