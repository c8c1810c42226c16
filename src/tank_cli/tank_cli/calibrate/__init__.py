"""Adjusts Tank to one's own robot, camera and toys."""
