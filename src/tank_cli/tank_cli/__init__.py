"""What ``./tank`` calls: one module for each sub-command, over the other packages."""
