"""A transformer of actions that picks a thing up and puts it into a cell."""
