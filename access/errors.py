"""The errors of this room; each message says what is wrong, where, and what is expected or to be done.

`status` is the HTTP status with which the API answers (RFC 9110, 15).
"""

from typing import ClassVar

from locales import Problem


class AccessProblem(Problem):
    """Base of the errors of this room; one that nobody can act on is a fault of ours (500)."""

    status: ClassVar[int] = 500


class NotPossible(AccessProblem):
    """The account, role, agreement, link or token does not allow the change in its present state."""

    status = 409


class NotFound(NotPossible):
    """No account, role, team, audit, token or passkey has this name or number."""

    status = 404


class InvalidValue(NotPossible):
    """A value is outside what is accepted; the message says what is."""

    status = 422


class OwnRole(AccessProblem):
    """Separation of duties: people do not give or end their own roles, nor change their own first and last day."""

    status = 403


class LastOfficer(AccessProblem):
    """The change would leave no security officer who can sign in, decide and appoint another."""

    status = 409


class WeakPassword(AccessProblem):
    """The password is too short, too long or easy to guess; the message says which, never the password."""

    status = 422


class WrongCode(AccessProblem):
    """The code is not the current one, or was used before; the message does not say which of the two."""

    status = 422


class LinkNotValid(AccessProblem):
    """The one-time link is unknown, used, replaced or expired; the message does not say which."""

    status = 410


class PasskeyNotVerified(AccessProblem):
    """The device's response does not fit the challenge, or came too late; the message does not say which."""

    status = 422


class ProviderUnavailable(AccessProblem):
    """The identity provider does not answer, or nothing that can be used; trying again later may help."""

    status = 503


class ProviderAnswerRejected(AccessProblem):
    """What came back is not this provider's answer to this request; the sign-in has to start again."""

    status = 401


class NotDecrypted(AccessProblem):
    """The key is not the one that encrypted the secret, or the stored bytes were changed."""


class KeyUnusable(AccessProblem):
    """The signing key's file is no Ed25519 key, or other users of the machine can read it."""


class CheckpointUnreadable(AccessProblem):
    """The file beside the signing key exists and holds no checkpoint."""
