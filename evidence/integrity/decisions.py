"""Roles, reviews and decisions against the activity log: each row is what its entries say, and each has its entries.

An entry of before a value was written into it does not say that value; what it does not say is not compared.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, Select, select
from sqlmodel import Session

from evidence.integrity.facts import plain
from locales import Text, text
from models.queries import with_cells
from models.rows import table

_PERSON, _SUBJECT, _MOMENT = "@person", "@subject", "@recorded_at"
_SUBJECT_NUMBER = "@number"
_SHOWN = 60  # characters of a value in a message
_UNTOLD = object()  # the entry does not say it


@dataclass(frozen=True, slots=True)
class Told:
    """How the log tells of a table's rows: the verb that begins one, the verb that ends it, and where each column is.

    `begin`, `end`: column → the name of a detail, or the entry's own person, subject or moment. `key`: the columns by
    which an entry's row is known.
    """

    table: str
    key: tuple[str, ...]
    begins: str
    begin: Mapping[str, str]
    ends: str = ""
    end: Mapping[str, str] = field(default_factory=dict)


_CELL = {"requirement": _SUBJECT, "system": "system", "target": "target", "tool": "tool"}
TOLD = (
    Told(
        "role_grant",
        ("id",),
        "people.grant",
        {
            "id": "grant",
            "account": _SUBJECT,
            "role": "role",
            "team": "team",
            "audit": "audit",
            "granted_at": _MOMENT,
            "granted_by": _PERSON,
        },
        "people.end_grant",
        {"id": "grant", "ended_at": _MOMENT, "ended_by": _PERSON},
    ),
    Told(
        "review",
        ("evidence", "recorded_at"),
        "evidence.review",
        {
            "evidence": _SUBJECT,
            "recorded_at": _MOMENT,
            "reviewed_by": _PERSON,
            "decision": "decision",
            "remark": "remark",
        },
    ),
    Told(
        "check_exception",
        ("id",),
        "exception.grant",
        {
            **_CELL,
            "id": "id",
            "check": "check",
            "reason": "reason",
            "first_day": "first_day",
            "last_day": "last_day",
            "in_force": "in_force",
            "recorded_at": _MOMENT,
            "granted_by": _PERSON,
        },
        "exception.revoke",
        {"id": _SUBJECT_NUMBER, "revoked_at": _MOMENT, "revoked_by": _PERSON, "revoked_day": "revoked_day"},
    ),
    Told(
        "series_closing",
        ("requirement", "system", "target", "tool", "recorded_at"),
        "series.close",
        {**_CELL, "reason": "reason", "closed_day": "closed_day", "recorded_at": _MOMENT, "closed_by": _PERSON},
    ),
    Told(
        "applicability",
        ("control", "recorded_at"),
        "applicability.decide",
        {
            "control": _SUBJECT,
            "applicable": "applicable",
            "justification": "justification",
            "first_day": "first_day",
            "in_force": "in_force",
            "recorded_at": _MOMENT,
            "decided_by": _PERSON,
        },
    ),
    Told(
        "nonconformity",
        ("id",),
        "nonconformity.record",
        {
            "id": "id",
            "control": _SUBJECT,
            "grade": "grade",
            "title": "title",
            "first_day": "first_day",
            "recorded_at": _MOMENT,
            "found_by": _PERSON,
        },
        "nonconformity.close",
        {"id": "id", "closed_day": "closed_day", "closed_recorded_at": _MOMENT, "closed_by": _PERSON},
    ),
)


@dataclass(slots=True)
class _Expected:
    """What the entries say of one row, and the last of them."""

    entry: int
    values: dict[str, Any]


def problems(session: Session) -> Iterator[Text]:
    """Every row that is not what the log says, that it does not know, or that is gone."""
    for one in TOLD:
        yield from _compared(session, one)


def _compared(session: Session, told: Told) -> Iterator[Text]:
    expected = _expected(session, told)
    for row in session.execute(_rows(told)).mappings():
        key = tuple(plain(row[name]) for name in told.key)
        said = expected.pop(key, None)
        if said is None:
            yield _unknown(told.table, row["id"])
            continue
        for column, written in said.values.items():
            if written is not _UNTOLD and not _same(plain(row[column]), written):
                yield _differs(told.table, row["id"], column, plain(row[column]), written, said.entry)
    for said in expected.values():
        yield text(
            "Table {table}: the row of entry {entry} of the activity log is gone.",
            table=told.table,
            entry=str(said.entry),
        )


def _expected(session: Session, told: Told) -> dict[tuple[Any, ...], _Expected]:
    found: dict[tuple[Any, ...], _Expected] = {}
    log = table("activity")
    columns = (log.c[name] for name in ("id", "verb", "person", "subject", "recorded_at", "details"))
    entries = select(*columns).where(log.c.verb.in_([told.begins, told.ends])).order_by(log.c.id)
    not_ended = dict.fromkeys(column for column in told.end if column not in told.key)
    for entry in session.execute(entries):
        begins = entry.verb == told.begins
        said = {column: _said(entry, where) for column, where in (told.begin if begins else told.end).items()}
        key = tuple(said[name] for name in told.key)
        if begins:
            found[key] = _Expected(entry.id, {**not_ended, **said})
        elif key in found:
            found[key].entry = entry.id
            found[key].values.update(said)
    return found


def _said(entry: Row[Any], where: str) -> Any:
    if where == _SUBJECT_NUMBER:
        return int(entry.subject)
    if where.startswith("@"):
        return plain(getattr(entry, where[1:]))
    return entry.details.get(where, _UNTOLD)


def _rows(told: Told) -> Select[Any]:
    rows = table(told.table)
    if "tool" not in told.begin:
        return select(rows)
    series, cell = table("series"), table("cell")
    named = select(rows, cell.c.requirement, cell.c.system, cell.c.target, series.c.tool)
    return named.select_from(with_cells(rows))


def _same(found: Any, written: Any) -> bool:
    """What was never filled is empty in one table and nothing in another."""
    return (found or None) == (written or None) if written in (None, "") else bool(found == written)


def _unknown(name: str, row: object) -> Text:
    return text(
        "Table {table}, row {row}: the activity log does not know it; it was added outside the product.",
        table=name,
        row=str(row),
    )


def _differs(name: str, row: object, column: str, found: Any, written: Any, entry: int) -> Text:
    return text(
        "Table {table}, row {row}: {column} is {found}, and the activity log says {written} (entry {entry}).",
        table=name,
        row=str(row),
        column=column,
        found=_short(found),
        written=_short(written),
        entry=str(entry),
    )


def _short(value: Any) -> str:
    return "-" if value in (None, "") else str(value)[:_SHOWN]
