"""Published statements, their clauses and promised measures, and the mapping of measures to controls."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Field, SQLModel

from models.columns import Document, Moment


class Statement(SQLModel, table=True):
    """A version of a statement: its Markdown, effective day, and the SHA-256 of the Markdown's bytes.

    `no_measure`: sentences without a measure, each with quote, start, end, reason_nl and reason_en.
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
    loaded_at: datetime | None = Field(default=None, sa_type=Moment)  # applies from this moment; None: always
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
    """A measure that the organisation promises."""

    key: str = Field(primary_key=True)
    position: int
    title_nl: str
    title_en: str
    retired_at: datetime | None = Field(default=None, sa_type=Moment)


class StatementDraft(SQLModel, table=True):
    """A text from which a statement is being made; its decisions are in the versions."""

    __tablename__ = "statement_draft"

    key: str = Field(primary_key=True)
    text: str
    language: str
    recorded_at: datetime = Field(sa_type=Moment)
    recorded_by: str


class StatementDraftVersion(SQLModel, table=True):
    """The details and decisions of a draft as saved; the latest row applies.

    `details` also holds the measures of its own. `sentences`: start, end, measures, decision, reason. `is_closed`: it
    was published or thrown away.
    """

    __tablename__ = "statement_draft_version"

    id: int | None = Field(default=None, primary_key=True)
    draft: str = Field(foreign_key="statement_draft.key", index=True)
    details: dict[str, Any] = Field(sa_type=Document)
    sentences: list[dict[str, Any]] = Field(sa_type=Document)
    is_closed: bool = False
    recorded_at: datetime = Field(sa_type=Moment)
    recorded_by: str


class StatementPublication(SQLModel, table=True):
    """A statement that was published in the product: the content of the two files that it would have on disk."""

    __tablename__ = "statement_publication"

    key: str = Field(primary_key=True)  # of the statement
    draft: str = Field(foreign_key="statement_draft.key")
    yaml: str
    text: str
    recorded_at: datetime = Field(sa_type=Moment)
    recorded_by: str


class ClauseMeasure(SQLModel, table=True):
    """A link: the clause promises the measure."""

    __tablename__ = "clause_measure"

    clause: int = Field(foreign_key="clause.id", primary_key=True)
    measure: str = Field(foreign_key="measure.key", primary_key=True)


class Mapping(SQLModel, table=True):
    """The mapping of a measure to a control; it counts from `reviewed_at` until `ended_at`.

    The editors of a statement may have reviewed it; `confirmed_at` is when the organisation confirmed or reviewed it.
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
