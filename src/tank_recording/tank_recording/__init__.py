"""Recordings: files for rosbag2 and others, shown again, compared with today.

What is written and read is pure; ``ros/`` listens and publishes.
"""
