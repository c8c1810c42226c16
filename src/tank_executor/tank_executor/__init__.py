"""Executes command lists.

Plans, primitives and motion laws without ROS, and the node that puts them on the air.
"""
