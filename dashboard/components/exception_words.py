"""Exceptions in words: their kinds, whether they are in force, and the day proposed for their end."""

from datetime import date
from typing import Final

from evidence.decisions.exceptions import ExceptionRow
from locales import Language, Text, text
from models.durations import add
from models.vocabulary import ExceptionKind

KINDS: Final[dict[str, Text]] = {
    ExceptionKind.ACCEPTED_RISK: text("Accepted risk"),
    ExceptionKind.FALSE_POSITIVE: text("False positive"),
}


def state(t: Language, exception: ExceptionRow, today: date) -> str:
    """Whether an exception is in force on a day, or how it ended."""
    if exception.revoked_day is not None:
        return t("withdrawn on {day} by {name}", day=exception.revoked_day, name=exception.revoked_by)
    if exception.is_in_force(today):
        return t("in force")
    return t("not yet in force") if exception.in_force > today else t("ended")


def latest_end(today: date) -> date:
    """The last day on which an exception that is granted today may end."""
    return add(today, "P1Y")


def proposed_end(today: date, audit_day: date | None) -> date:
    """The day of the audit, else three months ahead."""
    return min(audit_day or add(today, "P3M"), latest_end(today))
