"""Driving through a gate, learned from demonstrations by behavior cloning of chunks."""
