"""What can be wrong with a backup, or with the place that it is made of or put back in."""

from locales import Problem


class BackupProblem(Problem):
    """The base of this room's errors; whatever is told, nothing half is left behind."""


class NoDatabase(BackupProblem):
    """There is no database here, or none that this product works with."""


class NotABackup(BackupProblem):
    """The file is no backup, or was cut off or changed."""


class KeyUnusable(BackupProblem):
    """The key to encrypt or decrypt with is none, or not the right one."""


class PlaceTaken(BackupProblem):
    """The place is not empty, or something else uses it."""
