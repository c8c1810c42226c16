"""``./tank data``: one module a sub-command.

Each has ``configure(parser)`` and ``run(args)``.
"""
