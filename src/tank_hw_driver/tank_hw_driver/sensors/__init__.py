"""Battery, range finder and camera of the real robot."""
