"""Starts Tank's processes together.

``stack`` describes them as data, ``stack_runner`` runs a stack as one thing, by the ``supervisor``
or by ROS 2's launch (``ros/``).
"""
