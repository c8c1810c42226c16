"""The command line: one module for each sub-command of ``./tank``.

Over the other packages, which do the work.
"""
