"""Decisions and findings: exceptions, closed series, applicability and nonconformities."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.columns import Document, Moment
from models.vocabulary import ExceptionKind


class CheckException(SQLModel, table=True):
    """An exception: a person accepts a failing check of a series from a first to a last day, with a reason."""

    __tablename__ = "check_exception"
    __table_args__ = (Index("ix_exception_series", "series", "check"),)

    id: int | None = Field(default=None, primary_key=True)
    series: int = Field(foreign_key="series.id")
    check: str
    kind: str = Field(default=ExceptionKind.ACCEPTED_RISK, sa_column_kwargs={"server_default": "accepted risk"})
    reason: str
    first_day: date  # as entered; in force never before the day it was recorded
    last_day: date
    in_force: date
    recorded_at: datetime = Field(sa_type=Moment)
    granted_by: str
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)
    revoked_day: date | None = None  # first day no longer in force
    revoked_by: str = ""


class SeriesClosing(SQLModel, table=True):
    """The closing of a series: its evidence recorded before the closing does not count from `closed_day`."""

    __tablename__ = "series_closing"

    id: int | None = Field(default=None, primary_key=True)
    series: int = Field(foreign_key="series.id", index=True)
    reason: str
    closed_day: date
    recorded_at: datetime = Field(sa_type=Moment)
    closed_by: str


class Applicability(SQLModel, table=True):
    """A line of the Statement of Applicability (ISO/IEC 27001, 6.1.3 d); the latest in force on a day applies.

    `reasons`: for inclusion; `implementation`: implemented, partly or planned (empty: not stated), since or for
    `implementation_day`, by `implemented_by`.
    """

    __table_args__ = (Index("ix_applicability_control", "control", "in_force", "recorded_at"),)

    id: int | None = Field(default=None, primary_key=True)
    control: str = Field(foreign_key="control.key")
    applicable: bool
    justification: str
    first_day: date
    in_force: date  # the later of first_day and the day on which it was recorded
    recorded_at: datetime = Field(sa_type=Moment)
    decided_by: str
    reasons: list[str] = Field(default_factory=list, sa_type=Document)
    reference: str = ""
    implementation: str = ""
    implementation_day: date | None = None
    implemented_by: str = ""


class Nonconformity(SQLModel, table=True):
    """An audit finding on a control, open from `first_day` until its closing is in force."""

    id: int | None = Field(default=None, primary_key=True)
    control: str = Field(foreign_key="control.key", index=True)
    grade: str  # major, minor
    title: str
    first_day: date
    recorded_at: datetime = Field(sa_type=Moment)
    found_by: str
    closed_day: date | None = None  # never before the day the closing was recorded
    closed_recorded_at: datetime | None = Field(default=None, sa_type=Moment)
    closed_by: str = ""
