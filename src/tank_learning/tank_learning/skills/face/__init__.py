"""Bringing a thing into the middle of the image.

By imagining turns, and by what is distilled from that.
"""
