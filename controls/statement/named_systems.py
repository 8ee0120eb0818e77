"""Systems named in a statement: brought into scope once; later changes by the organisation stay."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from controls.files.statement_file import SystemEntry
from controls.statement.publishing import PublishedStatement
from models.bulk_changes import Change, Row, add, change, present, table


def bring_systems_up_to_date(session: Session, now: datetime, statements: Sequence[PublishedStatement]) -> Change:
    """Add new systems with their period in scope, and update the titles of those that nobody renamed."""
    named = {entry.key: (published, entry) for published in statements for entry in published.content.systems}
    before = {
        row["key"]: row for row in present(session, "system", ["key", "title_nl", "title_en", "position", "named_in"])
    }
    last = max((row["position"] for row in before.values()), default=0)
    new = [key for key in named if key not in before]
    rows = [{**_row(*named[key]), "position": last + number} for number, key in enumerate(new, start=1)]
    add(session, "system", rows)
    _bring_into_scope(session, now, [(named[key][0], named[key][1]) for key in new])
    renamed = _renamed(session)
    wanted = [_wanted(row, named, renamed) for row in before.values()]
    changed = [row for row in wanted if row != before[row["key"]]]
    return Change(len(rows), change(session, "system", "key", changed))


def _row(published: PublishedStatement, entry: SystemEntry) -> dict[str, Any]:
    return {
        "key": entry.key,
        "title_nl": entry.title.nl,
        "title_en": entry.title.en,
        "named_in": published.content.statement.key,
    }


def _wanted(row: Row, named: Mapping[str, tuple[PublishedStatement, SystemEntry]], renamed: set[str]) -> dict[str, Any]:
    """Return a system's row as it should be; one that no statement names any more stays in scope."""
    if row["key"] not in named:
        return {**row, "named_in": None}
    fresh = _row(*named[row["key"]])
    return {**row, "named_in": fresh["named_in"]} if row["key"] in renamed else {**row, **fresh}


def _renamed(session: Session) -> set[str]:
    activity = table("activity")
    return set(session.execute(select(activity.c.subject).where(activity.c.verb == "scope.rename_system")).scalars())


def _bring_into_scope(
    session: Session, now: datetime, entries: Sequence[tuple[PublishedStatement, SystemEntry]]
) -> None:
    periods = [
        {
            "key": f"{entry.key}@{entry.since.isoformat()}",
            "system": entry.key,
            "target": "",
            "first_day": entry.since,
            "recorded_at": now,
            "recorded_by": published.content.statement.key,
        }
        for published, entry in entries
    ]
    add(session, "scope_period", periods)
    period = table("scope_period")
    rows = session.execute(select(period.c.key, period.c.id).where(period.c.recorded_at == now))
    ids = {row.key: row.id for row in rows}
    add(
        session,
        "scope_attribute",
        [
            {"period": ids[f"{entry.key}@{entry.since.isoformat()}"], "attribute": attribute}
            for _, entry in entries
            for attribute in sorted(set(entry.attributes))
        ],
    )
