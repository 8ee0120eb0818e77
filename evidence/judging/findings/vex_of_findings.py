"""The effect of VEX statements on the findings of a scan: which do not count, why, and until when."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from evidence.formats.findings import FINDING_KIND, VULNERABILITY, value_of
from evidence.formats.values import LONGEST_MESSAGE, Result
from evidence.formats.vex_statements import EACH, FIXED, NOT_AFFECTED, UNDER_INVESTIGATION, Statement
from evidence.judging.values import JudgeContext
from evidence.judging.vex_matching import Stated
from locales import Text, plural
from models.durations import days_after

if TYPE_CHECKING:
    from datetime import date

#: between what the tool wrote of a finding and the statement about it
MARK = " — VEX: "
_LONGEST_JUSTIFICATION = 300
_MOST_NAMED = 5
_LONGEST_NAME = 60


class StatedFindings:
    """Findings that statements are about. `ends`: by target, the last day on which all excuses of findings hold.

    `note`: what to add to the message of the finding that was asked about last.
    """

    def __init__(self, products: Sequence[str], days: int | None, context: JudgeContext) -> None:
        self.ends: dict[str, date] = {}
        self.note = ""
        self.number = 0  # findings that do not count
        self._products, self._days, self._context = products, days, context
        self._without: Counter[str] = Counter()  # effect, by why
        self._named: dict[str, None] = {}

    def excuses(self, result: Result, target: str) -> bool:
        """Whether a statement takes a finding on a target out of account."""
        self.note = ""
        if value_of(result, FINDING_KIND) != VULNERABILITY and not value_of(result, EACH):
            return False
        stated = self._context.statements.of(result, self._products, self._context.calendar)
        if stated is None:
            return False
        self.note = MARK + _in_words(stated.statement)
        if not self._is_excuse(stated, target):
            return False
        self.number += 1
        if len(self._named) <= _MOST_NAMED:
            self._named[f"{result.check} ({stated.statement.status})"[:_LONGEST_NAME]] = None
        return True

    def _is_excuse(self, stated: Stated, target: str) -> bool:
        status = stated.statement.status
        if status == NOT_AFFECTED:
            self._without["justification"] += not stated.statement.justification
            return bool(stated.statement.justification)
        if status == UNDER_INVESTIGATION:
            return self._is_in_term(stated, target)
        return status == FIXED

    def _is_in_term(self, stated: Stated, target: str) -> bool:
        """Whether the term for an investigation has not ended; it holds until then."""
        since = stated.investigated_since
        if since is None or self._days is None:
            self._without["term"] += 1
            return False
        end = days_after(self._context.calendar.day_of(since), self._days)
        if self._context.as_of > end:
            self._without["term"] += 1
            return False
        self.ends[target] = min(end, self.ends.get(target, end))
        return True

    def noted(self, result: Result) -> Result:
        """The result with the statement about it at the end of its message."""
        if not self.note:
            return result
        return result._replace(message=result.message[: LONGEST_MESSAGE - len(self.note)] + self.note)

    def points(self) -> list[Text]:
        """What someone else must look at, as a person wrote it."""
        if not self.number:
            return []
        names = ", ".join(list(self._named)[:_MOST_NAMED]) + (", …" if len(self._named) > _MOST_NAMED else "")
        return [
            plural(
                "One finding above a limit does not count because of a statement in a VEX document, which a person "
                "wrote: {names}. See whether it is true here.",
                "{n} findings above a limit do not count because of statements in VEX documents, which a person wrote: "
                "{names}. See whether they are true here.",
                self.number,
                names=names,
            )
        ]

    def warnings(self) -> list[Text]:
        """Statements without effect, and why."""
        warnings = []
        if number := self._without["justification"]:
            warnings.append(
                plural(
                    "A VEX statement says of one finding that it does not affect the product, without a justification, "
                    "so it has no effect.",
                    "VEX statements say of {n} findings that they do not affect the product, without a justification, "
                    "so they have no effect.",
                    number,
                )
            )
        if number := self._without["term"]:
            warnings.append(
                plural(
                    "One finding is under investigation by a VEX statement for longer than the policy allows, so it "
                    "counts.",
                    "{n} findings are under investigation by VEX statements for longer than the policy allows, so they "
                    "count.",
                    number,
                )
            )
        return warnings


def statement_in(message: str) -> str:
    """The statement at the end of the message of a finding; empty if there is none."""
    return message.rpartition(MARK)[2] if MARK in message else ""


def _in_words(statement: Statement) -> str:
    since = f"since {statement.since[:10]}" if statement.status == UNDER_INVESTIGATION and statement.since else ""
    parts = (
        statement.status,
        statement.justification[:_LONGEST_JUSTIFICATION],
        since,
        statement.author,
        statement.moment[:10],
    )
    return "; ".join(filter(None, (" ".join(part.split()) for part in parts)))
