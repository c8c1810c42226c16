"""Adjusting to one's own robot, camera and toys"""
