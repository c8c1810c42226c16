"""Options and runs of ``./tank learn record`` and ``./tank learn show``."""
