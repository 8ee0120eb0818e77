"""The checks that fail now in a series, and which of them is meant by a name that pages or results show."""

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

_NAMED = 10  # failing checks that a refusal names

#: The newest judgement that counts in a series today: neither rejected nor withdrawn nor closed, and with a verdict;
#: a pass counts when it is accepted.
_STANDS = """
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
    """The check that fails in what stands in the series now and that `name` means, as the policy calls it.

    `name`: as the policy calls it (`protocol: TLS 1.0`), as pages do in either language (`Versie: TLS 1.0`), or as the
    tool calls the result that shows it (`TLS1`), if it shows just one. `review`: the requirement's.
    """
    require(person, "exception.decide")
    evidence, failing = _failing(session, series, review)
    found = {one for one in failing if name in _names(one)}
    found = {name} if name in found else found or _shown_by(session, person, evidence, target, failing, name)
    if len(found) == 1:
        return found.pop()
    named = checks_text(sorted(found or failing), _NAMED)
    if found:
        raise NotPossible(
            text("{check} shows several checks that fail; name one: {failing}.", check=name, failing=named)
        )
    raise NotPossible(
        text("{check} does not fail in this series now. Failing checks: {failing}.", check=name, failing=named)
    )


def _failing(session: Session, series: int, review: str) -> tuple[str, list[str]]:
    """The evidence that stands in the series now, and its failing checks: only what fails can be accepted."""
    unreviewed = "accepted" if review == ReviewState.AUTOMATIC else "waiting"
    stands = session.execute(sql(_STANDS), {"series": series, "unreviewed": unreviewed}).one_or_none()
    if stands is None or not stands.fails:
        raise NotPossible(text("Nothing fails in this series now, so there is nothing to make an exception for."))
    checks = table("coverage_check")
    failing = list(session.execute(select(checks.c.check).where(checks.c.coverage == stands.id)).scalars())
    if not failing:
        raise NotPossible(text("This fail names no check; only a newer accepted pass replaces it."))
    return stands.evidence, failing


def _names(check: str) -> set[str]:
    """What a failing check is called: by its policy, and on pages in each language."""
    return {check, *(check_name(Language(code), check) for code in LANGUAGES)}


def _shown_by(
    session: Session, person: Person, evidence: str, target: str, failing: Collection[str], name: str
) -> set[str]:
    """The failing checks that results of this name show; those of the target, if any are named after it."""
    called = {name, name.partition(" (")[0]}  # a port may be shown with its service: tcp/3389 (RDP)
    rows = [
        row
        for one in called
        for row in results(session, person, evidence, ResultFilters(failing=True, check=one), size=MOST_AT_ONCE).rows
    ]
    own = [row for row in rows if row.target == target] or rows
    return {check for row in own for check in _shown_in(row, name)} & set(failing)


def _shown_in(row: ResultRow, name: str) -> set[str]:
    """What a result stands for under this name: each of its items, or itself where pages add to its name."""
    items = {one.item for one in row.explained}
    if name == row.check:
        return items
    return {row.check} if name in items else set()
