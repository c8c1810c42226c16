"""Reads ROS messages of recordings for datasets."""
