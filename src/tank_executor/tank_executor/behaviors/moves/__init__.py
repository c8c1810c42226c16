"""Moves, turns, arcs and headings."""
