"""Exceptions in a table: which check of what, why, by whom, from when until when, and whether it is in force."""

from collections.abc import Sequence
from datetime import date

from dashboard.components import days
from dashboard.shell.html import Html, html, join, section, table, two_lines
from dashboard.shell.title_lookup import TitleLookup
from evidence.decisions.exceptions import ExceptionRow
from evidence.judging.words import check_name
from locales import Language


def of_evidence(t: Language, book: TitleLookup, given: Sequence[ExceptionRow], today: date) -> Html:
    """The exceptions for the checks that fail in one evidence, those that are over too."""
    if not given:
        return Html("")
    heads = [t("Check"), t("Reason"), t("Decided by"), t("Days")]
    rows = [_row(t, book, one, today) for one in given]
    return join(
        [section(t("Exceptions"), t("a person accepts what fails, until a day")), table(heads, rows, "excepted")]
    )


def _row(t: Language, book: TitleLookup, one: ExceptionRow, today: date) -> list[object]:
    asked = f"{book.requirement(t, one.requirement)}, {book.place(t, one.system, one.target)}"
    return [
        two_lines(check_name(t, one.check), asked),
        html('<span class="any">{reason}</span>', reason=one.reason),
        two_lines(one.granted_by, t("recorded on {day}", day=t.day_of(one.recorded_at))),
        two_lines(days.between(t, one.in_force, one.last_day), _state(t, one, today)),
    ]


def _state(t: Language, one: ExceptionRow, today: date) -> str:
    if one.revoked_day is not None:
        return t("taken back on {day} by {name}", day=one.revoked_day, name=one.revoked_by)
    if one.is_in_force(today):
        return t("in force")
    return t("not yet in force") if one.in_force > today else t("over")
