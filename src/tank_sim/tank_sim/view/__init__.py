"""Views of the simulation for people: viewers and pictures."""
