"""Evidence requirements: a new version only where the definition changed; kind and scope never do."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from controls.rows import Change, Row, add, table
from controls.statement import Published
from controls.statement_file import ControlRequirementEntry, RequirementEntry
from controls.versions import latest
from locales import text


def bring_requirements_up_to_date(session: Session, now: datetime, statements: Sequence[Published]) -> Change:
    """Add a version of every requirement that is new, changed or back, and a retired one of those that vanished."""
    before = {row["key"]: row for row in _latest(session)}
    wanted = _wanted(statements, before)
    versions = [row for key, row in wanted.items() if key not in before or before[key] != row]
    gone = [{**row, "retired": True} for key, row in before.items() if key not in wanted and not row["retired"]]
    add(session, "evidence_requirement", [{**row, "recorded_at": now} for row in [*versions, *gone]])
    new = sum(1 for row in versions if row["key"] not in before)
    return Change(new, len(versions) - new, len(gone))


def _wanted(statements: Sequence[Published], before: dict[str, Row]) -> dict[str, Row]:
    wanted: dict[str, Row] = {}
    for published in statements:
        for where, measure, entry in published.requirements():
            _same_kind_and_scope(published, where, entry, before.get(entry.key))
            wanted[entry.key] = _row(measure, entry)
    return wanted


def _same_kind_and_scope(
    published: Published, where: tuple[str | int, ...], entry: RequirementEntry, before: Row | None
) -> None:
    """Evidence filed for the old kind or scope would mean something else under the new one."""
    for name in ("kind", "scope"):
        if before is not None and before[name] != getattr(entry, name):
            raise published.source.wrong(
                text(
                    "the {name} of {requirement} was {before} and can't change; give the new requirement another key.",
                    name=name,
                    requirement=entry.key,
                    before=before[name],
                ),
                *where,
                name,
            )


def _row(measure: str | None, entry: RequirementEntry) -> dict[str, Any]:
    return {
        "key": entry.key,
        "measure": measure,
        "control": entry.control if isinstance(entry, ControlRequirementEntry) else None,
        "kind": entry.kind,
        "scope": entry.scope,
        "applies_to": entry.applies_to,
        "renewal": entry.renewal or "",
        "review": entry.review,
        "formats": list(entry.formats),
        "policy": entry.policy,
        "team": entry.team,
        "title_nl": entry.title.nl,
        "title_en": entry.title.en,
        "judged_nl": entry.judged.nl if entry.judged else "",
        "judged_en": entry.judged.en if entry.judged else "",
        "retired": False,
    }


def _latest(session: Session) -> list[Row]:
    requirement = table("evidence_requirement")
    columns = [column for column in requirement.c if column.name not in ("id", "recorded_at")]
    return [dict(row) for row in session.execute(select(*columns).where(latest(requirement, "key"))).mappings()]
