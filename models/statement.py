"""The published statement, its clauses, the measures they promise, and the mapping of measures to controls."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Field, SQLModel

from models.columns import Document, Moment


class Statement(SQLModel, table=True):
    """A statement as published: its Markdown, the day it took effect, and the SHA-256 of the Markdown's bytes.

    `no_measure` holds its sentences without a measure: quote, start, end, reason_nl and reason_en of each.
    """

    key: str = Field(primary_key=True)
    title_nl: str
    title_en: str
    organisation: str
    language: str
    effective: date
    source: str
    sha256: str
    text: str
    replaces: str | None = None  # the version before
    loaded_at: datetime | None = Field(default=None, sa_type=Moment)  # it counts from here on; empty: always
    no_measure: list[dict[str, Any]] = Field(default_factory=list, sa_type=Document)


class Clause(SQLModel, table=True):
    """An exact quotation of a statement: characters `start` to `end` of its text."""

    id: int | None = Field(default=None, primary_key=True)
    statement: str = Field(foreign_key="statement.key", index=True)
    key: str
    section: str
    quote: str
    start: int
    end: int
    retired_at: datetime | None = Field(default=None, sa_type=Moment)


class Measure(SQLModel, table=True):
    """What the organisation says it does."""

    key: str = Field(primary_key=True)
    position: int
    title_nl: str
    title_en: str
    retired_at: datetime | None = Field(default=None, sa_type=Moment)


class ClauseMeasure(SQLModel, table=True):
    """A clause promises a measure."""

    __tablename__ = "clause_measure"

    clause: int = Field(foreign_key="clause.id", primary_key=True)
    measure: str = Field(foreign_key="measure.key", primary_key=True)


class Mapping(SQLModel, table=True):
    """A measure is shown by, or supports, a control. It counts from `reviewed_at` until `ended_at`.

    The review of a row that came with a statement is its editors'; `confirmed_at` is when somebody of the organisation
    confirmed or reviewed it.
    """

    id: int | None = Field(default=None, primary_key=True)
    measure: str = Field(foreign_key="measure.key", index=True)
    control: str = Field(foreign_key="control.key", index=True)
    relation: str  # primary, supporting
    rationale_nl: str = ""
    rationale_en: str = ""
    proposed_at: datetime = Field(sa_type=Moment)
    reviewed_at: datetime | None = Field(default=None, sa_type=Moment)
    reviewed_by: str = ""
    confirmed_at: datetime | None = Field(default=None, sa_type=Moment)
    confirmed_by: str = ""
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    ended_by: str = ""
