"""What can be wrong in this room, each with a message that says what, where, and what was expected."""

from typing import ClassVar

from locales import Problem


class ControlsProblem(Problem):
    """The base of this room's errors."""


class WrongFile(ControlsProblem):
    """A catalogue, crosswalk or statement that can't be used as it stands: file, line, and what was expected."""


class Unknown(ControlsProblem):
    """Something is named that does not exist (a control, system, period, mapping, catalogue)."""

    status: ClassVar[int] = 404


class NotPossible(ControlsProblem):
    """What is asked goes against a rule of the field, such as excluding a requirement clause."""

    status: ClassVar[int] = 409
