"""Explains how a finding was judged."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from evidence.formats.severity_words import UNKNOWN
from evidence.formats.values import ERROR, NOT_EVALUATED, SKIPPED
from evidence.judging.findings.rules import Rules
from evidence.judging.findings.vex_of_findings import statement_in
from evidence.judging.levels import ASIDE, EXCUSED, IN_TERM, STATEMENT, WITHIN
from evidence.judging.values import FAIL, PASS, Explained, StoredResult
from locales import Text, text

#: why a result has its level
_WHY: Final[Mapping[str, Text]] = {
    FAIL: text("There are more of these than the policy allows."),
    WITHIN: text("The policy allows this number of findings of this severity."),
    ASIDE: text("The file says that this was accepted, or that it no longer applies."),
    STATEMENT: text("This is a statement, not a finding of a scan."),
    PASS: text("It ran and passed."),
}


class FindingsExplanation:
    """Explains how a finding was judged."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def explain(self, line: StoredResult, day: date) -> list[Explained]:
        """Explain the level of a result; the day makes no difference."""
        del day
        if line.level == FAIL:
            return [Explained(level=FAIL, why=_WHY[FAIL]), *_no_effect(line)]
        if line.level:
            return [Explained(level=line.level, why=why)] if (why := self._why(line)) else []
        if line.outcome == ERROR:
            return [Explained(why=text("The tool could not carry this out, so the scan is not complete."))]
        if line.outcome in (SKIPPED, NOT_EVALUATED) and self._rules.least_share:
            return [Explained(why=text("It was not carried out, so it has not passed."))]
        return [Explained(why=text("It says nothing of a weakness, so it counts for nothing."))]

    def _why(self, line: StoredResult) -> Text | None:
        if line.level == IN_TERM:
            return self._term(line)
        if line.level == EXCUSED:
            message = text("A statement in a VEX document takes it out of account: {statement}.")
            return Text(message.message, {"statement": statement_in(line.message)})
        return _WHY.get(line.level)

    def _term(self, line: StoredResult) -> Text | None:
        """The days of the finding's term; None where the policy has none any more."""
        last = self._rules.last_day(line.rating or UNKNOWN, line.first_day) if line.first_day else None
        return (
            text("First seen on {day}; it must be mended by {last}.", day=line.first_day, last=last) if last else None
        )


def _no_effect(line: StoredResult) -> list[Explained]:
    """The statement about a finding that fails all the same."""
    if not (statement := statement_in(line.message)):
        return []
    why = text("A statement in a VEX document does not take it out of account: {statement}.", statement=statement)
    return [Explained(level=FAIL, why=why)]
