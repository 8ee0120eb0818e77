"""The planned audit that readiness is forecast for: day, period, criteria (catalogues) and scope (systems)."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import Session

from models.bulk_changes import table


@dataclass(frozen=True, slots=True)
class AuditPlan:
    """The latest version of an audit's plan. Empty `systems` means all in scope."""

    key: str
    title: str
    day: date
    period_first: date
    period_last: date
    catalogues: tuple[str, ...]
    systems: tuple[str, ...]
    recorded_at: datetime
    recorded_by: str


def current(session: Session, known: datetime) -> AuditPlan | None:
    """Return the plan recorded last, as known at a moment; None if there is none."""
    audit = table("audit")
    columns = [audit.c[name] for name in AuditPlan.__dataclass_fields__]
    newest = (
        select(*columns).where(audit.c.recorded_at <= known).order_by(audit.c.recorded_at.desc(), audit.c.id.desc())
    )
    row = session.execute(newest.limit(1)).mappings().one_or_none()
    if row is None:
        return None
    return AuditPlan(**{**row, "catalogues": tuple(row["catalogues"]), "systems": tuple(row["systems"])})
