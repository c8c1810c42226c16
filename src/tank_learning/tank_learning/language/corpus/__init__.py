"""Training sentences: written, composed, multiplied."""
