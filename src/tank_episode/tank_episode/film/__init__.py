"""Pictures and films of an episode."""
