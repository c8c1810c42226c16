"""The sub-commands of ./tank: one module each, named like it."""
