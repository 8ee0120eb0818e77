"""The processes that make previews, separate from those of uploads, so that neither waits for the other."""

import logging
import signal
from functools import cache
from typing import BinaryIO, Final

from pydantic import ValidationError

from evidence.intake.reading.process_pool import Budget, Pool, Worker, descriptor
from evidence.preview.values import Preview, Reason, decode

_BUDGET: Final = Budget(5.0, 400_000_000)
_LONGEST_ANSWER: Final = 16 << 20  # bytes
_log = logging.getLogger(__name__)


class Previewers(Pool["_Previewer"]):
    """A pool of processes that make previews."""

    def __init__(self, number: int) -> None:
        super().__init__(number, _Previewer)

    def preview(
        self, stream: BinaryIO, media_type: str, page: int, whose: str = "", budget: Budget = _BUDGET
    ) -> Preview:
        """The preview of a file; a file that breaks its process or its budget has none, and the reason says so."""
        with descriptor(stream) as source, self.borrow(whose) as previewer:
            return previewer.preview(source, media_type, page, budget)


class _Previewer(Worker):
    """A process that makes previews."""

    def __init__(self) -> None:
        super().__init__("evidence.preview.process")

    def preview(self, source: int, media_type: str, page: int, budget: Budget) -> Preview:
        try:
            self.ask(source, budget, media_type, page)
            answer = decode(self._answers.recv_bytes(_LONGEST_ANSWER))
        except (EOFError, OSError):
            return Preview(reason=self._reason())
        except ValidationError:
            _log.exception("a process answered with something that is no preview")
            return Preview(reason=Reason.DAMAGED)
        else:
            self._over = answer.reason == Reason.COSTLY  # memory that it took is not given back
            return answer
        finally:
            if self._over:
                self.end()

    def _reason(self) -> Reason:
        """Why there is no answer."""
        code = self.exit_code()
        if code == -signal.SIGPROF:
            return Reason.COSTLY
        _log.error("showing a file ended the process that read it (%s)", code)
        return Reason.DAMAGED


@cache
def previewers() -> Previewers:
    """Two processes, of which a person's files use one."""
    return Previewers(2)
