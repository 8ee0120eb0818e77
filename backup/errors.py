"""The errors of a backup, and of the installation that it is made from or restored to."""

from locales import Problem


class BackupProblem(Problem):
    """The base of this room's errors. When one is raised, no partial backup or installation remains."""


class NoDatabase(BackupProblem):
    """There is no database, or not one of this version of the product."""


class NotABackup(BackupProblem):
    """The file is not a backup, is truncated, or was changed."""


class KeyUnusable(BackupProblem):
    """The key for encryption or decryption is not valid or not the right one."""


class PlaceTaken(BackupProblem):
    """The target is not empty, or something else uses it."""
