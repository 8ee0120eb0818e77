"""Who provides evidence, and the days for which it is planned."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.columns import Moment


class Assignment(SQLModel, table=True):
    """The team, and optionally the person, that provides the evidence of a requirement; the latest row applies.

    `account`: None for the team as a whole.
    """

    __table_args__ = (Index("ix_assignment_version", "requirement", "recorded_at"),)

    id: int | None = Field(default=None, primary_key=True)
    requirement: str
    team: str = Field(foreign_key="team.key")
    account: str | None = Field(default=None, foreign_key="account.id")
    recorded_at: datetime = Field(sa_type=Moment)
    recorded_by: str


class PlannedDay(SQLModel, table=True):
    """The day for which the evidence of a cell is planned; the latest row applies, and None means no day any more.

    `by_default`: chosen by the product, which may choose again; otherwise by a person.
    """

    __tablename__ = "planned_day"
    __table_args__ = (Index("ix_planned_day_version", "requirement", "system", "target", "recorded_at"),)

    id: int | None = Field(default=None, primary_key=True)
    requirement: str
    system: str = ""
    target: str = ""
    day: date | None = None
    by_default: bool = False
    recorded_at: datetime = Field(sa_type=Moment)
    recorded_by: str
