"""Benchmarks of a whole stack over ROS 2."""
