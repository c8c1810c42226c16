"""Talks to a running stack: says sentences, stops it, and tells what it reports."""
