"""The checks that fail now in a series, found by the names that pages and results show."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy import text as sql
from sqlmodel import Session

from access.permissions import Person, require
from evidence.errors import NotPossible
from evidence.judging.words import check_name, checks_text
from evidence.library.evidence_items import MOST_AT_ONCE
from evidence.library.results import ResultFilters, ResultRow, results
from locales import LANGUAGES, Language, text
from models.rows import table
from models.vocabulary import ReviewState

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


def failing_check(session: Session, person: Person, series: int, target: str, review: str, name: str) -> str:
    """The policy's name of the failing check that `name` refers to, in the current judgement of a series.

    `name`: the policy's (`protocol: TLS 1.0`), that of pages in either language (`Versie: TLS 1.0`), or the tool's for
    the result (`TLS1`), when that shows only one. `review`: the requirement's. Raises `NotAllowed` and `NotPossible`.
    """
    require(person, "exception.decide")
    evidence, failing = _failing(session, series, review)
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


def _failing(session: Session, series: int, review: str) -> tuple[str, list[str]]:
    """The evidence that counts in the series now, and its failing checks. Raises `NotPossible` when nothing fails."""
    unreviewed = "accepted" if review == ReviewState.AUTOMATIC else "waiting"
    current = session.execute(sql(_CURRENT_JUDGEMENT), {"series": series, "unreviewed": unreviewed}).one_or_none()
    if current is None or not current.fails:
        raise NotPossible(text("Nothing fails in this series now, so there is nothing to make an exception for."))
    checks = table("coverage_check")
    failing = list(session.execute(select(checks.c.check).where(checks.c.coverage == current.id)).scalars())
    if not failing:
        raise NotPossible(text("This failure names no check; only a newer accepted pass replaces it."))
    return current.evidence, failing


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
