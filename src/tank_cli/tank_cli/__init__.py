"""What ``./tank`` calls.

One module for each sub-command, over the other packages.
"""
