"""The mapping of measures to controls: proposed by a statement's file, reviewed and ended by people.

Decisions of people stay: reading the same file again neither ends a review nor brings back an ended row.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlmodel import Session

from access.activity.record import record
from access.permissions import Person, require
from controls.audit.audit_bounds import of_catalogues
from controls.errors import NotPossible, Unknown
from controls.files.statement_file import MappingReview
from controls.statement.version_chain import Chain
from locales import text
from models.bulk_changes import Change, Row, add, change, table

MeasureAndControl = tuple[str, str]


@dataclass(frozen=True, slots=True)
class MappingRow:
    """One row of the mapping, with the titles of its measure and control."""

    id: int
    measure: str
    measure_nl: str
    measure_en: str
    control: str
    catalogue: str
    ref: str
    control_nl: str
    control_en: str
    relation: str
    rationale_nl: str
    rationale_en: str
    proposed_at: datetime
    reviewed_at: datetime | None
    reviewed_by: str
    confirmed_at: datetime | None  # by the organisation; until then only the editors of the file reviewed it
    confirmed_by: str
    ended_at: datetime | None
    ended_by: str


def list_mappings(
    session: Session,
    person: Person,
    *,
    measure: str | None = None,
    control: str | None = None,
    waiting: bool = False,
    ended: bool = False,
) -> list[MappingRow]:
    """List mapping rows in force; `waiting`: only those without review; `ended`: also those that ended."""
    require(person, "controls.read")
    mapping, measures, controls = table("mapping"), table("measure"), table("control")
    columns = [mapping.c[name] for name in MappingRow.__dataclass_fields__ if name in mapping.c]
    query = (
        select(
            *columns,
            measures.c.title_nl.label("measure_nl"),
            measures.c.title_en.label("measure_en"),
            controls.c.catalogue,
            controls.c.ref,
            controls.c.title_nl.label("control_nl"),
            controls.c.title_en.label("control_en"),
        )
        .join(measures, measures.c.key == mapping.c.measure)
        .join(controls, controls.c.key == mapping.c.control)
        .where(*of_catalogues(session, person, controls.c.catalogue))
        .order_by(measures.c.position, controls.c.catalogue, controls.c.position, mapping.c.id)
    )
    if measure is not None:
        query = query.where(mapping.c.measure == measure)
    if control is not None:
        query = query.where(mapping.c.control == control)
    if waiting:
        query = query.where(mapping.c.reviewed_at.is_(None))
    if not ended:
        query = query.where(mapping.c.ended_at.is_(None))
    return [MappingRow(**row) for row in session.execute(query).mappings()]


def review(session: Session, person: Person, ids: Sequence[int], now: datetime) -> int:
    """Review rows that wait for it; from now on they count. Returns how many: rows reviewed before are unchanged.

    Raises `Unknown` for an id that does not exist or has ended.
    """
    require(person, "mapping.review")
    mapping = table("mapping")
    known = (
        session.execute(select(mapping.c.id).where(mapping.c.id.in_(ids), mapping.c.ended_at.is_(None))).scalars().all()
    )
    if missing := set(ids) - set(known):
        raise Unknown(text("There is no mapping {id}, or it has ended.", id=str(min(missing))))
    waiting = mapping.c.id.in_(ids) & mapping.c.reviewed_at.is_(None)
    reviewed = list(session.execute(select(mapping.c.id).where(waiting).order_by(mapping.c.id)).scalars())
    if reviewed:
        by = {"reviewed_at": now, "reviewed_by": person.name, "confirmed_at": now, "confirmed_by": person.name}
        session.execute(update(mapping).where(waiting).values(by))
        record(session, person, "mapping.review", "mapping", now, ids=reviewed)
    return len(reviewed)


def confirm(session: Session, person: Person, now: datetime, measures: Sequence[str] | None = None) -> int:
    """Confirm for the organisation what the editors of the file reviewed; returns the number of rows.

    `measures`: None for all. Rows count before it as well; readiness reports how many controls depend on them.
    """
    require(person, "mapping.review")
    mapping = table("mapping")
    editors = mapping.c.reviewed_at.is_not(None) & mapping.c.confirmed_at.is_(None) & mapping.c.ended_at.is_(None)
    if measures is not None:
        editors &= mapping.c.measure.in_(measures)
    confirmed = list(session.execute(select(mapping.c.id).where(editors).order_by(mapping.c.id)).scalars())
    if confirmed:
        values = {"confirmed_at": now, "confirmed_by": person.name}
        session.execute(update(mapping).where(editors).values(values))
        record(session, person, "mapping.confirm", "mapping", now, ids=confirmed)
    return len(confirmed)


def end(session: Session, person: Person, mapping_id: int, now: datetime) -> None:
    """End a mapping row: it no longer counts but stays on record, and the same file does not propose it again.

    Raises `Unknown` without such a row, `NotPossible` if it ended already.
    """
    require(person, "mapping.review")
    mapping = table("mapping")
    row = session.execute(
        select(mapping.c.measure, mapping.c.control, mapping.c.ended_at).where(mapping.c.id == mapping_id)
    ).one_or_none()
    if row is None:
        raise Unknown(text("There is no mapping {id}.", id=str(mapping_id)))
    if row.ended_at is not None:
        raise NotPossible(text("This mapping already ended on {moment}.", moment=row.ended_at))
    session.execute(update(mapping).where(mapping.c.id == mapping_id).values(ended_at=now, ended_by=person.name))
    record(session, person, "mapping.end", str(mapping_id), now, measure=row.measure, control=row.control)


# ── From the files ───────────────────────────────────────────────────────────────────────────────────────────────────


def bring_mappings_up_to_date(
    session: Session, now: datetime, chains: Sequence[Chain], reworded: Collection[str]
) -> Change:
    """Propose new rows, end those that disappeared or changed relation, and keep what people decided.

    A row reviewed for other sentences than those of the files (its measure is in `reworded`) ends too: it is proposed
    again, and the former review stays on record.
    """
    wanted = {(row["measure"], row["control"]): row for chain in chains for row in _rows(chain, now)}
    recorded = {pair: {**row, "stale": _is_stale(row, wanted.get(pair), reworded)} for pair, row in _newest(session)}
    proposed = [row for pair, row in wanted.items() if _is_new(row, recorded.get(pair))]
    ended_rows = [row for pair, row in recorded.items() if row["ended_at"] is None and _must_end(row, wanted.get(pair))]
    updated = [
        _updated(row, recorded[pair])
        for pair, row in wanted.items()
        if pair in recorded and _is_same(row, recorded[pair])
    ]
    changed = [
        row for row in updated if any(row[name] != recorded[row["measure"], row["control"]][name] for name in row)
    ]
    ended = change(session, "mapping", "id", [{"id": row["id"], "ended_at": now, "ended_by": ""} for row in ended_rows])
    change(session, "mapping", "id", changed)
    return Change(add(session, "mapping", proposed), len(changed), ended)


def _is_stale(row: Row, wanted: Row | None, reworded: Collection[str]) -> bool:
    """Whether a row in force was reviewed for other sentences, and the file names no review of the new ones."""
    in_force = row["ended_at"] is None and row["reviewed_at"] is not None
    needs_review = wanted is not None and wanted["reviewed_at"] is None
    return in_force and needs_review and row["measure"] in reworded


def _rows(chain: Chain, now: datetime) -> Iterator[dict[str, Any]]:
    for measure in chain.last.content.measures:
        reviewed = _review_of(chain, measure.key)
        for entry in measure.mapping:
            yield {
                "measure": measure.key,
                "control": entry.control,
                "relation": entry.relation,
                "rationale_nl": entry.rationale.nl,
                "rationale_en": entry.rationale.en,
                "proposed_at": now,
                "reviewed_at": now if reviewed else None,
                "reviewed_by": reviewed.by if reviewed else "",
            }


def _review_of(chain: Chain, measure: str) -> MappingReview | None:
    """Return the file's review, unless a later version changed the measure's sentences."""
    review = chain.last.content.mapping_review
    days = [version.content.statement.effective for version in chain.versions_changing(measure)]
    return review if review and all(day <= review.on for day in days) else None


def _newest(session: Session) -> list[tuple[MeasureAndControl, Row]]:
    mapping = table("mapping")
    newest = select(func.max(mapping.c.id)).group_by(mapping.c.measure, mapping.c.control)
    rows = session.execute(select(mapping).where(mapping.c.id.in_(newest))).mappings()
    return [((row["measure"], row["control"]), dict(row)) for row in rows]


def _is_new(row: Row, before: Row | None) -> bool:
    """Whether a row is not on record yet, differs in relation or sentence, or was ended by a file (without a name)."""
    return (
        before is None
        or before["stale"]
        or before["relation"] != row["relation"]
        or (before["ended_at"] is not None and not before["ended_by"])
    )


def _must_end(before: Row, row: Row | None) -> bool:
    return row is None or row["relation"] != before["relation"] or bool(before["stale"])


def _is_same(row: Row, before: Row) -> bool:
    return before["ended_at"] is None and before["relation"] == row["relation"] and not before["stale"]


def _updated(row: Row, before: Row) -> dict[str, Any]:
    """Return the recorded row with the new rationale, and the file's review if none is on record."""
    identity = {"id": before["id"], "measure": row["measure"], "control": row["control"]}
    words = {name: row[name] for name in ("rationale_nl", "rationale_en")}
    reviewed = before if before["reviewed_at"] else row
    return {**identity, **words, "reviewed_at": reviewed["reviewed_at"], "reviewed_by": reviewed["reviewed_by"]}
