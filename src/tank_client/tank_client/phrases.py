"""Sentences to begin with: what is offered where somebody types."""

from __future__ import annotations

PHRASES = (
    "drive forward one meter", "drive forward two meters, then come back", "back up a bit",
    "turn left", "turn right 45 degrees",
    "turn around", "drive forward one meter, then turn left and pick up the cube",
    "pick up the cube", "pick up the object on your left",
    "put it down", "put it down on your right", "spin around twice", "drive in a square",
    "wait five seconds",
    "go slowly backward half a meter", "take a picture", "what do you see", "where are you",
    "what are you holding", "did it work", "stop",
)  # fmt: skip
