"""What ``./tank`` calls: one module for each sub-command, over the other packages."""

__version__ = "0.1.0"
