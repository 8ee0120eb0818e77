"""What can be wrong in this room, each with a message that says what, where, and what was expected or to do."""

from locales import Problem


class AccessProblem(Problem):
    """The base of this room's errors."""


class NotPossible(AccessProblem):
    """What was asked cannot be done to this account, role, agreement or token as it is now."""


class WeakPassword(AccessProblem):
    """The password is too short, too long or easy to guess; the message says which, never the password."""


class LinkNotValid(AccessProblem):
    """The link is unknown, used, replaced or over; which of these is not said."""


class OwnRole(AccessProblem):
    """Separation of duties: nobody gives or ends a role of themselves, nor their own days."""


class LastOfficer(AccessProblem):
    """Without the last security officer nobody could decide, nor appoint another."""
