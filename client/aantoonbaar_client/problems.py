"""What can go wrong, with the exit code of each. `README.md` lists the codes."""

from enum import IntEnum
from typing import Any


class ExitCode(IntEnum):
    """What the exit code of the program means; a build server looks at nothing else."""

    PASSES = 0
    FAILS = 1
    WRONG_USE = 2
    REFUSED = 3
    NOT_REACHED = 4
    NOT_JUDGED_YET = 5


class ClientProblem(Exception):
    """A message for the person, and the exit code. `answer`: the server's own error, if it sent one."""

    def __init__(self, message: str, code: ExitCode, answer: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message, self.code, self.answer = message, code, answer
