"""Talks to a running stack.

Says sentences, stops it, and tells what it reports.
"""
