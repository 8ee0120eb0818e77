"""What makes a register wait for someone else's review: it can't be told from an older export, or from another's.

The product's own collectors read the state itself and are not asked.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from time import thread_time
from typing import Any

from sqlalchemy import text as sql
from sqlmodel import Session

from evidence.intake.delivery.cells import CellKey
from evidence.intake.delivery.delivery_fit import DeliveryFit
from evidence.intake.delivery.target_matching import Titles
from evidence.intake.judgement.delivery_judgement import judged_before, too_costly
from evidence.intake.reading.inspection import Inspection
from evidence.intake.reasons.declarations import Declarations
from evidence.judging.policies import policies
from evidence.judging.policy import Policy
from evidence.judging.table_mapping import TableMapping, kept_mapping
from evidence.judging.values import DoesNotFit, Row, TableRules
from locales import Text, Title, plural, text
from models.calendar import Calendar
from models.rows import table
from models.vocabulary import EvidenceKind, ReviewDecision, ReviewState

#: The rows of another register as they were accepted last, by policy.
Others = Callable[[str], Sequence[Row] | None]
_LOOK = 1_000  # after so many rows it is looked at what this costs
_LEAST = 0.5  # of what was counted before
_SIMILAR = 0.5  # of the rows, that stand word for word in another system's

# What passed of a cell, newest first. `decision`: the latest review; `automatic`: it was accepted without one.
_BEFORE = sql("""
SELECT v.declared, v.id, c.last_day, c.needs_review = 0 AND c.verdict = 'pass' AS automatic,
  (SELECT w.decision FROM review w WHERE w.evidence = c.evidence ORDER BY w.recorded_at DESC LIMIT 1) AS decision
FROM coverage c JOIN series s ON s.id = c.series JOIN cell e ON e.id = s.cell JOIN evidence v ON v.id = c.evidence
WHERE e.requirement = :requirement AND e.system = :system AND e.target = :target AND c.verdict = 'pass'
  AND NOT EXISTS (SELECT 1 FROM coverage j WHERE j.evidence = c.evidence AND j.series = c.series
                  AND j.judged_at > c.judged_at)
ORDER BY c.last_day DESC, c.recorded_at DESC
""")


@dataclass(slots=True)
class _Rows:
    """Those of one system: the day of the newest moment, and a hash of all that is said beside the system."""

    newest: date | None
    said: set[int]


def reasons_of_register(
    session: Session, inspection: Inspection, delivery_fit: DeliveryFit, declared: Declarations, others: Others
) -> list[Text]:
    """Each reason once: rows without moments, an old newest moment, rows of another system, far fewer than before."""
    reasons: list[Text] = []
    titles = delivery_fit.scope.titles
    for one in delivery_fit.requirements:
        policy = policies().get(one.policy or "")
        cells = [cell for cell in delivery_fit.cells if cell[0] == one.key]
        for each in policy.judging_policies() if policy and one.kind != EvidenceKind.RECORD else ():
            if each.table is None:
                continue
            if not each.table.moments and one.review == ReviewState.AUTOMATIC:
                reasons.append(_undated())
            if not each.table.is_log:
                systems = [cell[1] for cell in cells]
                rows = _delivered(inspection, each, delivery_fit.calendar, kept_mapping(declared))
                reasons += _of_rows(rows, each, each.table, systems, delivery_fit, others)
                reasons += [found for cell in cells for found in _fewer(session, cell, declared, titles)]
    return list({str(one): one for one in reasons}.values())


def _undated() -> Text:
    return text("Its rows have no dates, so it may be an older export.")


# ── Its rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _of_rows(
    delivered: Iterable[Row],
    policy: Policy[Any],
    rules: TableRules,
    systems: Sequence[str],
    delivery_fit: DeliveryFit,
    others: Others,
) -> Iterator[Text]:
    last, calendar, titles = delivery_fit.last_day, delivery_fit.calendar, delivery_fit.scope.titles
    found = _by_system(rules, delivered, calendar)
    for system in systems if rules.moments else ():
        rows = found.get(system.casefold() if rules.per else "")
        if rows and rows.newest and rules.fresh is not None and rows.newest < last - timedelta(days=rules.fresh):
            yield _old(titles.get(system, system) if rules.per else "", rows.newest, last)
        if rows and rules.tells_times:
            yield from _of_another(rules, system, rows, others(policy.id) or (), titles, calendar)


def _delivered(inspection: Inspection, policy: Policy[Any], calendar: Calendar, mapping: TableMapping) -> Iterator[Row]:
    """Nothing of a file that is another register: judging it says so. Raises `TooCostly`."""
    until = judged_before(inspection.files)
    for file in inspection.files:
        if file.run is not None and file.format in policy.formats:
            try:
                for number, row in enumerate(policy.rows(file.run, file.spool.results(), calendar, mapping)):
                    if number % _LOOK == 0 and thread_time() > until:
                        raise too_costly(file)
                    yield row
            except DoesNotFit:
                continue


def _by_system(rules: TableRules, rows: Iterable[Row], calendar: Calendar) -> dict[str, _Rows]:
    found: dict[str, _Rows] = {}
    for row in rows:
        system = str(row.get(rules.per, "")).casefold() if rules.per else ""
        one = found.setdefault(system, _Rows(None, set()))
        days = rules.days(row, calendar)
        one.newest = max([*days, *([one.newest] if one.newest else [])], default=None)
        if rules.tells_times:
            one.said.add(hash(tuple(str(value) for key, value in row.items() if key != rules.per)))
    return found


def _old(system: Title | str, newest: date, last: date) -> Text:
    if not system:
        return text(
            "Its newest row is of {newest}; nothing shows that this is the situation on {day} and not an older export.",
            newest=newest,
            day=last,
        )
    return text(
        "The newest row of {system} is of {newest}; nothing shows that this is the situation on {day} "
        "and not an older export.",
        system=system,
        newest=newest,
        day=last,
    )


def _of_another(
    rules: TableRules, system: str, rows: _Rows, accepted: Iterable[Row], titles: Titles, calendar: Calendar
) -> Iterator[Text]:
    for other, theirs in _by_system(rules, accepted, calendar).items():
        if other != system.casefold() and len(rows.said & theirs.said) > _SIMILAR * len(rows.said):
            yield text(
                "Most rows of {system} are identical to rows accepted for {other}.",
                system=titles.get(system, system),
                other=titles.get(other, other),
            )


# ── How many ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _fewer(session: Session, cell: CellKey, declared: Declarations, titles: Titles) -> Iterator[Text]:
    """Less than half of the most that was counted since somebody last accepted a number of this cell."""
    number = _counted(declared, cell[1])
    if number is None:
        return
    given = dict(zip(("requirement", "system", "target"), cell, strict=True))
    typed = _BEFORE.columns(declared=table("evidence").c.declared.type, last_day=table("coverage").c.last_day.type)
    before, on = 0, None
    for row in session.execute(typed, given):
        if row.decision in (ReviewDecision.REJECTED, ReviewDecision.WITHDRAWN) or not (row.automatic or row.decision):
            continue
        counted = _counted(row.declared, cell[1]) or 0
        if counted > before:
            before, on = counted, row.last_day
        if row.decision:
            break
    if on is not None and number < _LEAST * before:
        place = titles.get(cell[1], cell[1]) or text("the organisation")
        yield plural(
            "One is counted in {place}, and {before} were on {day}.",
            "{n} are counted in {place}, and {before} were on {day}.",
            number,
            place=place,
            before=before,
            day=on,
        )


def _counted(declared: Any, system: str) -> int | None:
    """How many there should be in a system, as declared; for all systems together where only that was said."""
    whole = declared.get("population")
    number = declared.get("populations", {}).get(system, whole["number"] if whole else None)
    return None if number is None else int(number)
