"""The checks that fail now in a series, found by the names that pages and results show."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy import text as sql
from sqlmodel import Session

from access.permissions import Person, require
from evidence.errors import NotPossible
from evidence.judging.words import check_name, checks_text
from evidence.library.evidence_items import MOST_AT_ONCE
from evidence.library.results import ResultFilters, ResultRow, results
from locales import LANGUAGES, Language, text
from models.bulk_changes import table
from models.calendar import calendar_of
from models.queries import latest, with_cells
from models.vocabulary import ReviewMode

_MOST_LISTED = 10  # failing checks that an error message lists

#: The newest judgement that counts in a series today: with a verdict, not rejected, withdrawn or closed; a pass counts
#: once it is accepted.
_CURRENT_JUDGEMENT = """
SELECT e.id, e.evidence, e.fails FROM coverage e
WHERE e.series = :series AND e.verdict <> 'none'
  AND NOT EXISTS (SELECT 1 FROM coverage j WHERE j.evidence = e.evidence AND j.series = e.series
                  AND j.judged_at > e.judged_at)
  AND NOT EXISTS (SELECT 1 FROM series_closing x WHERE x.series = e.series AND e.recorded_at < x.recorded_at)
  AND COALESCE((SELECT v.decision FROM review v WHERE v.evidence = e.evidence ORDER BY v.recorded_at DESC LIMIT 1),
               CASE WHEN e.fails = 1 THEN 'accepted' WHEN e.needs_review = 0 THEN :unreviewed END) = 'accepted'
ORDER BY e.last_day DESC, e.recorded_at DESC, e.fails DESC, e.evidence DESC LIMIT 1
"""


def failing_checks(
    session: Session, person: Person, series: int, target: str, review: str, names: Iterable[str]
) -> list[str]:
    """The policy's name of the failing check that each name refers to, in the current judgement of a series.

    `names`: the policy's (`protocol: TLS 1.0`), that of pages in either language (`Versie: TLS 1.0`), or the tool's for
    the result (`TLS1`), when that shows only one. `review`: the requirement's. Raises `NotAllowed` and `NotPossible`.
    """
    require(person, "exception.decide")
    evidence, failing = _failing(session, series, review)
    return [_failing_check(session, person, evidence, target, failing, name) for name in names]


def _failing_check(
    session: Session, person: Person, evidence: str, target: str, failing: Collection[str], name: str
) -> str:
    matching = {check for check in failing if name in _names(check)}
    matching = {name} if name in matching else matching or _shown_by(session, person, evidence, target, failing, name)
    if len(matching) == 1:
        return matching.pop()
    listed = checks_text(sorted(matching or failing), _MOST_LISTED)
    if matching:
        raise NotPossible(
            text("{check} shows several checks that fail; name one: {failing}.", check=name, failing=listed)
        )
    raise NotPossible(
        text("{check} does not fail in this series now. Failing checks: {failing}.", check=name, failing=listed)
    )


@dataclass(frozen=True, slots=True)
class OpenFailure:
    """Checks that fail now in one series and that no exception accepts today."""

    requirement: str
    system: str
    target: str
    tool: str
    checks: tuple[str, ...]

    @property
    def cell(self) -> tuple[str, str, str]:
        return self.requirement, self.system, self.target


def open_failures(session: Session, person: Person, evidence: str, now: datetime) -> list[OpenFailure]:
    """The failing checks of an evidence that an exception can accept, by series. Raises `NotAllowed`.

    Only where this evidence is the current judgement of its series: nobody accepts what a newer run replaced.
    """
    require(person, "exception.decide")
    rows = session.execute(_series_of(evidence, now)).all()
    today = calendar_of(session).day_of(now)
    return [
        OpenFailure(row.requirement, row.system, row.target, row.tool, checks)
        for row in rows
        if (checks := _open_checks(session, evidence, row.series, row.review, today))
    ]


def _series_of(evidence: str, now: datetime) -> Select[Any]:
    """The series in which the evidence was judged, with their place and the review that the requirement needs."""
    coverage, cell, series = table("coverage"), table("cell"), table("series")
    definition = table("evidence_requirement")
    joined = with_cells(coverage).join(definition, definition.c.key == cell.c.requirement)
    places = (cell.c.requirement, cell.c.system, cell.c.target, series.c.tool, definition.c.review)
    return (
        select(coverage.c.series, *places)
        .select_from(joined)
        .where(coverage.c.evidence == evidence, latest(definition, "key", known=now), ~definition.c.retired)
        .distinct()
        .order_by(cell.c.requirement, cell.c.system, cell.c.target, series.c.tool)
    )


def _open_checks(session: Session, evidence: str, series: int, review: str, today: date) -> tuple[str, ...]:
    current = _current(session, series, review)
    if current is None or not current.fails or current.evidence != evidence:
        return ()
    exception = table("check_exception").c
    in_force = (exception.series == series, exception.in_force <= today, exception.last_day >= today)
    accepted = session.execute(select(exception.check).where(*in_force, exception.revoked_at.is_(None))).scalars()
    return tuple(sorted(set(_checks_of(session, current.id)) - set(accepted)))


def _failing(session: Session, series: int, review: str) -> tuple[str, list[str]]:
    """The evidence that counts in the series now, and its failing checks. Raises `NotPossible` when nothing fails."""
    current = _current(session, series, review)
    if current is None or not current.fails:
        raise NotPossible(text("Nothing fails in this series now, so there is nothing to make an exception for."))
    failing = _checks_of(session, current.id)
    if not failing:
        raise NotPossible(text("This failure names no check; only a newer accepted pass replaces it."))
    return current.evidence, failing


def _current(session: Session, series: int, review: str) -> Row[Any] | None:
    unreviewed = "accepted" if review == ReviewMode.AUTOMATIC else "waiting"
    return session.execute(sql(_CURRENT_JUDGEMENT), {"series": series, "unreviewed": unreviewed}).one_or_none()


def _checks_of(session: Session, coverage: int) -> list[str]:
    checks = table("coverage_check")
    return list(session.execute(select(checks.c.check).where(checks.c.coverage == coverage)).scalars())


def _names(check: str) -> set[str]:
    """Names of a check: the policy's, and that of pages in each language."""
    return {check, *(check_name(Language(code), check) for code in LANGUAGES)}


def _shown_by(
    session: Session, person: Person, evidence: str, target: str, failing: Collection[str], name: str
) -> set[str]:
    """The failing checks that results with this name show; only those of the target, if there are any."""
    result_names = {name, name.partition(" (")[0]}  # a port may be shown with its service: tcp/3389 (RDP)
    rows = [
        row
        for result_name in result_names
        for row in results(
            session, person, evidence, ResultFilters(failing=True, check=result_name), size=MOST_AT_ONCE
        ).rows
    ]
    own = [row for row in rows if row.target == target] or rows
    return {check for row in own for check in _shown_in(row, name)} & set(failing)


def _shown_in(row: ResultRow, name: str) -> set[str]:
    """Checks that a result shows under a name: its items, or itself where pages extend its name."""
    items = {explanation.item for explanation in row.explained}
    if name == row.check:
        return items
    return {row.check} if name in items else set()
