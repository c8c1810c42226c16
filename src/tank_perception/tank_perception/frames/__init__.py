"""Frames: from where an image was taken, and through which lens."""
