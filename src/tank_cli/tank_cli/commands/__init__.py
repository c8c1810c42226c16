"""The sub-commands of ./tank: a module each, in rooms of their kinds."""
