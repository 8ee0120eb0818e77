"""The errors of this room: each message says what is wrong, where, and what was expected or to do."""

from typing import Any, ClassVar

from locales import Problem, Text


class EvidenceProblem(Problem):
    """The base of this room's errors. `status`: the HTTP status that the API answers with (RFC 9110)."""

    status: ClassVar[int] = 500


class TooLarge(EvidenceProblem):
    """More bytes or more files than are accepted."""

    status: ClassVar[int] = 413


class TooCostly(EvidenceProblem):
    """Reading or judging a file takes more time or memory than a file of its size may."""

    status: ClassVar[int] = 422


class NotKept(EvidenceProblem):
    """The store has no bytes under this digest."""


class Corrupted(EvidenceProblem):
    """Stored bytes no longer have the digest under which they were stored."""


class StoreUnavailable(EvidenceProblem):
    """The store can't be read or written now."""

    status: ClassVar[int] = 503


class Unfitting(EvidenceProblem):
    """The files, days, systems or requirements do not go together; nothing is recorded."""

    status: ClassVar[int] = 422


class MappingNeeded(EvidenceProblem):
    """Somebody must say what the headings or words of a table mean; `proposed_mapping`: what they may mean, as JSON."""

    status: ClassVar[int] = 422

    def __init__(self, message: Text, proposed_mapping: dict[str, Any]) -> None:
        super().__init__(message)
        self.proposed_mapping = proposed_mapping


class Unknown(EvidenceProblem):
    """Something is named that does not exist, or that the person may not see."""

    status: ClassVar[int] = 404


class NotPossible(EvidenceProblem):
    """An act that goes against a rule of the field, such as reviewing one's own upload."""

    status: ClassVar[int] = 409
