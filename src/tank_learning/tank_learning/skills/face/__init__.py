"""Bringing a thing into the middle of the image: by imagining turns, and distilled from that."""
