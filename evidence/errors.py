"""What can be wrong in this room, each with a message that says what, where, and what was expected or to do."""

from typing import ClassVar

from locales import Problem


class EvidenceProblem(Problem):
    """The base of this room's errors."""


class TooLarge(EvidenceProblem):
    """More bytes or more files than are accepted."""

    status: ClassVar[int] = 413


class TooCostly(EvidenceProblem):
    """Reading the file takes more time or memory than a file of its size may."""

    status: ClassVar[int] = 422


class NotKept(EvidenceProblem):
    """The store has no bytes under this digest."""


class Corrupted(EvidenceProblem):
    """The bytes are not those that were handed in."""


class StoreUnavailable(EvidenceProblem):
    """The store can't be read or written now."""

    status: ClassVar[int] = 503


class Unfitting(EvidenceProblem):
    """The files, days, systems or requirements do not go together; nothing is filed."""

    status: ClassVar[int] = 422


class Unknown(EvidenceProblem):
    """Something is named that does not exist."""

    status: ClassVar[int] = 404


class NotPossible(EvidenceProblem):
    """What is asked goes against a rule of the field, such as reviewing one's own upload."""

    status: ClassVar[int] = 409
