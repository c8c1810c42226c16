"""Driving through a gate, cloned from demonstrations as chunks."""
