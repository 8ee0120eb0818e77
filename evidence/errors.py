"""Errors of this room: each message says what is wrong, where, and what was expected or what to do."""

from typing import Any, ClassVar

from locales import Problem, Text


class EvidenceProblem(Problem):
    """Base of this room's errors. `status`: HTTP status of the API's response (RFC 9110)."""

    status: ClassVar[int] = 500


class TooLarge(EvidenceProblem):
    """More bytes or more files than are accepted."""

    status: ClassVar[int] = 413


class TooCostly(EvidenceProblem):
    """Reading or judging a file takes more time or memory than is allowed for its size."""

    status: ClassVar[int] = 422


class NotKept(EvidenceProblem):
    """The store has no file with this digest."""


class Corrupted(EvidenceProblem):
    """Stored bytes no longer have the digest under which they were stored."""


class StoreUnavailable(EvidenceProblem):
    """The store can't be read or written now."""

    status: ClassVar[int] = 503


class Unfitting(EvidenceProblem):
    """Files, days, systems or requirements do not fit together; nothing is recorded."""

    status: ClassVar[int] = 422


class MappingNeeded(EvidenceProblem):
    """Somebody must say what the headings or words of a table mean; `proposed_mapping`: what they may mean, as JSON."""

    status: ClassVar[int] = 422

    def __init__(self, message: Text, proposed_mapping: dict[str, Any]) -> None:
        super().__init__(message)
        self.proposed_mapping = proposed_mapping


class Unknown(EvidenceProblem):
    """The named object does not exist, or the person may not see it."""

    status: ClassVar[int] = 404


class NotPossible(EvidenceProblem):
    """The action breaks a rule, such as reviewing one's own upload."""

    status: ClassVar[int] = 409


class KeyReused(EvidenceProblem):
    """An Idempotency-Key came with another upload than before; nothing is recorded."""

    status: ClassVar[int] = 422
