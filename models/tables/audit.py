"""The audit that readiness is forecast for: its day, period, criteria (catalogues) and scope (systems)."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from models.columns import Document, Moment


class Audit(SQLModel, table=True):
    """A version of an audit's plan; the latest recorded version of a key applies. Empty `systems`: all in scope."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(index=True)
    title: str
    day: date
    period_first: date
    period_last: date
    catalogues: list[str] = Field(sa_type=Document)
    systems: list[str] = Field(default_factory=list, sa_type=Document)
    recorded_at: datetime = Field(sa_type=Moment)
    recorded_by: str
