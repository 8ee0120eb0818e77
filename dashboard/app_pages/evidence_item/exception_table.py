"""A table of exceptions: check, reason, person, period, and whether each is in force."""

from collections.abc import Sequence
from datetime import date

from dashboard.components import days
from dashboard.components.exception_words import KINDS, state
from dashboard.shell.html import Html, join, section, table, two_lines
from dashboard.shell.title_lookup import TitleLookup
from evidence.decisions.exceptions import ExceptionRow
from evidence.judging.words import check_name
from locales import Language


def exception_table(t: Language, titles: TitleLookup, exceptions: Sequence[ExceptionRow], today: date) -> Html:
    """The exceptions for checks that fail in one piece of evidence, ended ones included."""
    if not exceptions:
        return Html("")
    heads = [t("Check"), t("Reason"), t("Decided by"), t("Days")]
    rows = [_row(t, titles, exception, today) for exception in exceptions]
    return join(
        [
            section(t("Exceptions"), t("failures accepted by a person for a limited time")),
            table(heads, rows, "excepted"),
        ]
    )


def _row(t: Language, titles: TitleLookup, exception: ExceptionRow, today: date) -> list[object]:
    place = f"{titles.requirement(t, exception.requirement)}, {titles.place(t, exception.system, exception.target)}"
    return [
        two_lines(check_name(t, exception.check), place),
        two_lines(t.render(KINDS[exception.kind]), exception.reason),
        two_lines(exception.granted_by, t("recorded on {day}", day=t.day_of(exception.recorded_at))),
        two_lines(days.between(t, exception.in_force, exception.last_day), state(t, exception, today)),
    ]
