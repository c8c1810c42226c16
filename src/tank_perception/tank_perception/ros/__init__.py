"""Perception's side of ROS 2: views and lenses in, markers out."""
