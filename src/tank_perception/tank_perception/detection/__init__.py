"""Detection: from one image to the things on the floor."""
