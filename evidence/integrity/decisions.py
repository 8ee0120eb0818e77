"""Compares roles, reviews and decisions with the activity log: every row must have entries and agree with them.

Entries written before a value was logged lack that value; it is not compared.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, Select, select
from sqlmodel import Session

from evidence.integrity.facts import plain
from locales import Text, text
from models.bulk_changes import table
from models.queries import with_cells

_PERSON, _SUBJECT, _MOMENT = "@person", "@subject", "@recorded_at"
_SUBJECT_NUMBER = "@number"
_SHOWN = 60  # characters of a value in a message
_NOT_LOGGED = object()  # the entry has no such detail


@dataclass(frozen=True, slots=True)
class LoggedTable:
    """How rows of a table are logged: the verbs that begin and end a row, and where an entry has each column.

    `begin`, `end`: column → the name of a detail, or the entry's own person, subject or moment. `key`: the columns that
    identify the row of an entry.
    """

    table: str
    key: tuple[str, ...]
    begins: str
    begin: Mapping[str, str]
    ends: str = ""
    end: Mapping[str, str] = field(default_factory=dict)


_CELL = {"requirement": _SUBJECT, "system": "system", "target": "target", "tool": "tool"}
LOGGED_TABLES = (
    LoggedTable(
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
    LoggedTable(
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
    LoggedTable(
        "check_exception",
        ("id",),
        "exception.grant",
        {
            **_CELL,
            "id": "id",
            "check": "check",
            "kind": "kind",
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
    LoggedTable(
        "series_closing",
        ("requirement", "system", "target", "tool", "recorded_at"),
        "series.close",
        {**_CELL, "reason": "reason", "closed_day": "closed_day", "recorded_at": _MOMENT, "closed_by": _PERSON},
    ),
    LoggedTable(
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
            "reasons": "reasons",
            "reference": "reference",
            "implementation": "implementation",
            "implementation_day": "implementation_day",
            "implemented_by": "implemented_by",
        },
    ),
    LoggedTable(
        "policy_edition",
        ("policy", "number"),
        "policy.publish",
        {
            "policy": "policy",
            "number": "number",
            "copy_of": "copy_of",
            "sha256": "sha256",
            "requirements": "requirements",
            "first_day": "first_day",
            "reason": "reason",
            "recorded_at": _MOMENT,
            "recorded_by": _PERSON,
        },
    ),
    LoggedTable(
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
    """Values of a row according to its entries. `entry`: the id of the last of them."""

    entry: int
    values: dict[str, Any]


def problems(session: Session) -> Iterator[Text]:
    """Yield a problem for every row that differs from the log, is not in it, or is gone."""
    for logged in LOGGED_TABLES:
        yield from _compare(session, logged)
    yield from _changed_policies(session)


def _changed_policies(session: Session) -> Iterator[Text]:
    """Yield a problem for every edition of a policy whose content has another digest than was logged with it."""
    row = table("policy_edition")
    for edition in session.execute(select(row.c.id, row.c.content, row.c.sha256).order_by(row.c.id)):
        if hashlib.sha256(edition.content.encode()).hexdigest() != edition.sha256:
            yield text(
                "Table {table}, row {row}: the content of this edition is not the one that was published.",
                table=row.name,
                row=str(edition.id),
            )


def _compare(session: Session, logged: LoggedTable) -> Iterator[Text]:
    expected = _read_expected(session, logged)
    for row in session.execute(_rows(logged)).mappings():
        key = tuple(plain(row[name]) for name in logged.key)
        expected_row = expected.pop(key, None)
        if expected_row is None:
            yield _unknown(logged.table, row["id"])
            continue
        for column, written in expected_row.values.items():
            if written is not _NOT_LOGGED and not _is_equal(plain(row[column]), written):
                yield _differs(logged.table, row["id"], column, plain(row[column]), written, expected_row.entry)
    for expected_row in expected.values():
        yield text(
            "Table {table}: the row of entry {entry} of the activity log is gone.",
            table=logged.table,
            entry=str(expected_row.entry),
        )


def _read_expected(session: Session, logged: LoggedTable) -> dict[tuple[Any, ...], _Expected]:
    expected: dict[tuple[Any, ...], _Expected] = {}
    log = table("activity")
    log_columns = (log.c[name] for name in ("id", "verb", "person", "subject", "recorded_at", "details"))
    entries = select(*log_columns).where(log.c.verb.in_([logged.begins, logged.ends])).order_by(log.c.id)
    not_ended = dict.fromkeys(column for column in logged.end if column not in logged.key)
    for entry in session.execute(entries):
        begins = entry.verb == logged.begins
        values = {
            column: _logged_value(entry, where) for column, where in (logged.begin if begins else logged.end).items()
        }
        key = tuple(values[name] for name in logged.key)
        if begins:
            expected[key] = _Expected(entry.id, {**not_ended, **values})
        elif key in expected:
            expected[key].entry = entry.id
            expected[key].values.update(values)
    return expected


def _logged_value(entry: Row[Any], where: str) -> Any:
    if where == _SUBJECT_NUMBER:
        return int(entry.subject)
    if where.startswith("@"):
        return plain(getattr(entry, where[1:]))
    return entry.details.get(where, _NOT_LOGGED)


def _rows(logged: LoggedTable) -> Select[Any]:
    rows = table(logged.table)
    if "tool" not in logged.begin:
        return select(rows)
    series, cell = table("series"), table("cell")
    named = select(rows, cell.c.requirement, cell.c.system, cell.c.target, series.c.tool)
    return named.select_from(with_cells(rows))


def _is_equal(actual: Any, written: Any) -> bool:
    """Whether values are equal; empty text and None are."""
    return (actual or None) == (written or None) if written in (None, "") else bool(actual == written)


def _unknown(name: str, row: object) -> Text:
    return text(
        "Table {table}, row {row}: the activity log does not know it; it was added outside the product.",
        table=name,
        row=str(row),
    )


def _differs(name: str, row: object, column: str, actual: Any, written: Any, entry: int) -> Text:
    return text(
        "Table {table}, row {row}: {column} is {actual}, and the activity log says {written} (entry {entry}).",
        table=name,
        row=str(row),
        column=column,
        actual=_short(actual),
        written=_short(written),
        entry=str(entry),
    )


def _short(value: Any) -> str:
    return "-" if value in (None, "") else str(value)[:_SHOWN]
