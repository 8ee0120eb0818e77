"""Errors about controls; each message says what is wrong, where, and what was expected."""

from typing import ClassVar

from locales import Problem


class ControlsProblem(Problem):
    """Base class of errors about controls."""


class WrongFile(ControlsProblem):
    """A catalogue, crosswalk, explanation or statement file is invalid: file, line, and what was expected."""


class Unknown(ControlsProblem):
    """A control, system, period, mapping, statement or address does not exist. HTTP status 404."""

    status: ClassVar[int] = 404


class NotPossible(ControlsProblem):
    """A request breaks a rule, such as excluding a requirement clause. HTTP status 409."""

    status: ClassVar[int] = 409


class ChangedByOther(ControlsProblem):
    """Someone else saved since the person opened what they change. HTTP status 409."""

    status: ClassVar[int] = 409
