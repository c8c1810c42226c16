"""What a learned skill proposes, clamped, watched and checked by the executor."""
