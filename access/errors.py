"""What can be wrong in this room, each with a message that says what, where, and what was expected or to do."""

from typing import ClassVar

from locales import Problem


class AccessProblem(Problem):
    """The base of this room's errors."""

    status: ClassVar[int] = 409


class NotPossible(AccessProblem):
    """What was asked cannot be done to this account, role, agreement or token as it is now."""


class WeakPassword(AccessProblem):
    """The password is too short, too long or easy to guess; the message says which, never the password."""

    status: ClassVar[int] = 422


class LinkNotValid(AccessProblem):
    """The link is unknown, used, replaced or over; which of these is not said."""

    status: ClassVar[int] = 404


class OwnRole(AccessProblem):
    """Separation of duties: nobody gives or ends a role of themselves, nor their own days."""

    status: ClassVar[int] = 403


class LastOfficer(AccessProblem):
    """Without the last security officer nobody could decide, nor appoint another."""
