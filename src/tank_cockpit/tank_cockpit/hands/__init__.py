"""Driving by hand from pages, without ROS."""
