"""Reasons for registers that may be an older export, or one of another system.

They do not apply to the product's own collectors, which read the current state.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from time import thread_time
from typing import Any

from sqlalchemy import text as sql
from sqlmodel import Session

from evidence.intake.delivery.cells import CellKey
from evidence.intake.delivery.declarations import Declarations
from evidence.intake.delivery.delivery_fit import DeliveryFit
from evidence.intake.delivery.target_matching import Titles
from evidence.intake.reading.inspection import Inspection
from evidence.intake.verdicts.delivery_judgement import judged_before, too_costly
from evidence.judging.policy import Policy
from evidence.judging.table_mapping import TableMapping, kept_mapping
from evidence.judging.values import DoesNotFit, Row, TableRules
from locales import Text, Title, plural, text
from models.bulk_changes import table
from models.calendar import Calendar
from models.durations import days_after
from models.vocabulary import EvidenceKind, ReviewDecision, ReviewMode

#: gives the last accepted rows of another register, by policy
Others = Callable[[str], Sequence[Row] | None]
_CHECK_COST_EVERY = 1_000  # rows
_LEAST = 0.5  # share of the earlier count
_SIMILAR = 0.5  # share of rows that are identical to another system's

# Passes of a cell, newest first. `decision`: the latest review; `automatic`: accepted without review.
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
    """Rows of a system: the day of the newest, and hashes of the rows without the system."""

    newest: date | None
    row_hashes: set[int]


def reasons_of_register(
    session: Session, inspection: Inspection, delivery_fit: DeliveryFit, declared: Declarations, others: Others
) -> list[Text]:
    """Reasons, each once: no dates, an old newest row, rows of another system, far fewer than before."""
    reasons: list[Text] = []
    titles = delivery_fit.scope.titles
    for requirement in delivery_fit.requirements:
        policy = delivery_fit.policy(requirement)
        cells = [cell for cell in delivery_fit.cells if cell[0] == requirement.key]
        for judging in policy.judging_policies() if policy and requirement.kind != EvidenceKind.RECORD else ():
            if judging.table is None:
                continue
            if not judging.table.moments and requirement.review == ReviewMode.AUTOMATIC:
                reasons.append(_undated())
            if not judging.table.is_log:
                systems = [cell[1] for cell in cells]
                rows = _delivered(inspection, judging, delivery_fit.calendar, kept_mapping(declared))
                reasons += _reasons_of_rows(rows, judging, judging.table, systems, delivery_fit, others)
                apart = declared.get("populations", {})
                of_system = [cell[1] if len(cells) == 1 or cell[1] in apart else None for cell in cells]
                for cell, system in zip(cells, of_system, strict=True):
                    reasons += _fewer(session, cell, system, declared, titles)
    return list({str(reason): reason for reason in reasons}.values())


def _undated() -> Text:
    return text("Its rows have no dates, so it may be an older export.")


# ── Its rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _reasons_of_rows(
    delivered: Iterable[Row],
    policy: Policy[Any],
    rules: TableRules,
    systems: Sequence[str],
    delivery_fit: DeliveryFit,
    others: Others,
) -> Iterator[Text]:
    last, calendar, titles = delivery_fit.last_day, delivery_fit.calendar, delivery_fit.scope.titles
    rows_by_system = _by_system(rules, delivered, calendar)
    for system in systems if rules.moments else ():
        rows = rows_by_system.get(system.casefold() if rules.per else "")
        if rows and rows.newest and rules.fresh is not None and rows.newest < days_after(last, -rules.fresh):
            yield _old(titles.get(system, system) if rules.per else "", rows.newest, last)
        if rows and rules.tells_times:
            yield from _rows_of_another(rules, system, rows, others(policy.id) or (), titles, calendar)


def _delivered(inspection: Inspection, policy: Policy[Any], calendar: Calendar, mapping: TableMapping) -> Iterator[Row]:
    """Rows of the files; a file of another register has none, as judging refuses it. Raises `TooCostly`."""
    until = judged_before(inspection.files)
    for file in inspection.files:
        if file.run is not None and file.format in policy.formats:
            try:
                for number, row in enumerate(policy.rows(file.run, file.spool.results(), calendar, mapping)):
                    if number % _CHECK_COST_EVERY == 0 and thread_time() > until:
                        raise too_costly(file)
                    yield row
            except DoesNotFit:
                continue


def _by_system(rules: TableRules, rows: Iterable[Row], calendar: Calendar) -> dict[str, _Rows]:
    rows_by_system: dict[str, _Rows] = {}
    for row in rows:
        system = str(row.get(rules.per, "")).casefold() if rules.per else ""
        system_rows = rows_by_system.setdefault(system, _Rows(None, set()))
        days = rules.days(row, calendar)
        system_rows.newest = max([*days, *([system_rows.newest] if system_rows.newest else [])], default=None)
        if rules.tells_times:
            system_rows.row_hashes.add(hash(tuple(str(value) for key, value in row.items() if key != rules.per)))
    return rows_by_system


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


def _rows_of_another(
    rules: TableRules, system: str, rows: _Rows, accepted: Iterable[Row], titles: Titles, calendar: Calendar
) -> Iterator[Text]:
    for other, theirs in _by_system(rules, accepted, calendar).items():
        if other != system.casefold() and len(rows.row_hashes & theirs.row_hashes) > _SIMILAR * len(rows.row_hashes):
            yield text(
                "Most rows of {system} are identical to rows accepted for {other}.",
                system=titles.get(system, system),
                other=titles.get(other, other),
            )


# ── How many ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _fewer(
    session: Session, cell: CellKey, system: str | None, declared: Declarations, titles: Titles
) -> Iterator[Text]:
    """A reason when less than half is counted of the highest count since a reviewer last accepted one.

    `system`: whose count is compared; None: one number was declared for several, which is compared with all of theirs.
    """
    number = _counted(declared, system)
    if number is None:
        return
    values = dict(zip(("requirement", "system", "target"), cell, strict=True))
    typed = _BEFORE.columns(declared=table("evidence").c.declared.type, last_day=table("coverage").c.last_day.type)
    before, on = 0, None
    for row in session.execute(typed, values):
        if row.decision in (ReviewDecision.REJECTED, ReviewDecision.WITHDRAWN) or not (row.automatic or row.decision):
            continue
        counted = _counted(row.declared, system) or 0
        if counted > before:
            before, on = counted, row.last_day
        if row.decision:
            break
    if on is not None and number < _LEAST * before:
        place = text("all systems together") if system is None else titles.get(system, system)
        place = place or text("the organisation")
        yield plural(
            "One is counted in {place}, and {before} were on {day}.",
            "{n} are counted in {place}, and {before} were on {day}.",
            number,
            place=place,
            before=before,
            day=on,
        )


def _counted(declared: Any, system: str | None) -> int | None:
    """The declared count for a system, or for all systems if that is asked or declared alone; None without any."""
    whole = declared.get("population")
    number = declared.get("populations", {}).get(system, whole["number"] if whole else None)
    return None if number is None else int(number)
