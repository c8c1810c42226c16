"""Errors.

Each message is one line that names the thing, the bad value, the valid choices and the cure.
"""


class TankError(Exception):
    """The parent of every error that Tank raises on purpose."""


class InvalidCommandError(TankError, ValueError):
    """A command, or a command list, that is outside the command language."""


class ConfigFileError(TankError, ValueError):
    """A file of settings is missing, unreadable or wrong.

    Each kind of file has its own.
    """


class RobotFileError(ConfigFileError):
    """A robot description that is missing, unreadable or wrong."""


class ModelError(TankError, RuntimeError):
    """A model failed, or its file is missing, truncated or foreign."""


class BackendError(TankError, RuntimeError):
    """A robot, real or simulated, that does not answer."""
