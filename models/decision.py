"""Decisions and findings: exceptions, closed series, applicability, nonconformities."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.columns import Moment


class CheckException(SQLModel, table=True):
    """A named person accepts one failing check of one series, with a reason, from a first to a last day."""

    __tablename__ = "check_exception"
    __table_args__ = (Index("ix_exception_series", "series", "check"),)

    id: int | None = Field(default=None, primary_key=True)
    series: int = Field(foreign_key="series.id")
    check: str
    reason: str
    first_day: date  # in force from this day, but never before the day on which it was recorded
    last_day: date
    in_force: date
    recorded_at: datetime = Field(sa_type=Moment)
    granted_by: str
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)
    revoked_day: date | None = None  # from this day no longer in force
    revoked_by: str = ""


class SeriesClosing(SQLModel, table=True):
    """The evidence of a test's series recorded before the closing no longer counts from `closed_day` on."""

    __tablename__ = "series_closing"

    id: int | None = Field(default=None, primary_key=True)
    series: int = Field(foreign_key="series.id", index=True)
    reason: str
    closed_day: date
    recorded_at: datetime = Field(sa_type=Moment)
    closed_by: str


class Applicability(SQLModel, table=True):
    """A line of the Statement of Applicability (ISO/IEC 27001, 6.1.3 d); the latest in force on a day holds."""

    __table_args__ = (Index("ix_applicability_control", "control", "in_force", "recorded_at"),)

    id: int | None = Field(default=None, primary_key=True)
    control: str = Field(foreign_key="control.key")
    applicable: bool
    justification: str
    first_day: date
    in_force: date  # the later of first_day and the day on which it was recorded
    recorded_at: datetime = Field(sa_type=Moment)
    decided_by: str


class Nonconformity(SQLModel, table=True):
    """An audit's finding on a control. Open from its first day until the day on which its closing is in force."""

    id: int | None = Field(default=None, primary_key=True)
    control: str = Field(foreign_key="control.key", index=True)
    grade: str  # major, minor
    title: str
    first_day: date
    recorded_at: datetime = Field(sa_type=Moment)
    found_by: str
    closed_day: date | None = None  # in force: never before the day on which the closing was recorded
    closed_recorded_at: datetime | None = Field(default=None, sa_type=Moment)
    closed_by: str = ""
