"""Evidence: files with the days they represent, their verdicts for cells, and their reviews."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import Document, Identifier, Moment


class Cell(SQLModel, table=True):
    """A requirement applied to the organisation (both empty), a system or a target. Created at first use."""

    __table_args__ = (UniqueConstraint("requirement", "system", "target"),)

    id: int | None = Field(default=None, primary_key=True)
    requirement: str
    system: str = ""
    target: str = ""


class Series(SQLModel, table=True):
    """Evidence of one tool for one cell; for records and registers, of the cell (`tool` empty).

    `first_word_at`: the first moment of a review, a closing, a second judgement, or evidence that needs a review
    although its requirement accepts automatically. Triggers maintain it (`migrations/first_word.py`); before that
    moment the rule need not look for any of these.
    """

    __table_args__ = (UniqueConstraint("cell", "tool"),)

    id: int | None = Field(default=None, primary_key=True)
    cell: int = Field(foreign_key="cell.id")
    tool: str = ""
    first_word_at: datetime | None = Field(default=None, sa_type=Moment)


class Evidence(SQLModel, table=True):
    """Objective evidence (ISO 19011, 3.9). Append-only: a correction is newer evidence or a review.

    `content_key`: the SHA-256 of files, cells, days and declarations; uploading the same twice records it once.
    """

    id: str = Field(primary_key=True, sa_type=Identifier)
    recorded_at: datetime = Field(sa_type=Moment, index=True)
    kind: str  # test, register, record
    title: str
    first_day: date
    last_day: date
    explicit_end: date | None = None
    tool: str = ""
    format: str = ""
    note: str = ""
    declared: dict[str, Any] = Field(default_factory=dict, sa_type=Document)
    review_reasons: list[str] = Field(default_factory=list, sa_type=Document)  # why it is not accepted automatically
    uploaded_by: str
    content_key: str = Field(unique=True)


class EvidenceFile(SQLModel, table=True):
    """A file of a piece of evidence; its bytes are in the store under their SHA-256."""

    __tablename__ = "evidence_file"

    evidence: str = Field(foreign_key="evidence.id", primary_key=True, sa_type=Identifier)
    position: int = Field(primary_key=True)
    sha256: str = Field(index=True)
    name: str
    size: int
    media_type: str


class Coverage(SQLModel, table=True):
    """The verdict of evidence for a cell. Days and moments repeat those of the evidence, for one covering index.

    Each judgement is a row; the latest `judged_at` applies. `needs_review`: it needs another person's review although
    its requirement accepts automatically.
    """

    __table_args__ = (
        Index("ix_coverage_newest", "series", "last_day", "recorded_at", "fails", "evidence", "verdict", "judged_at"),
        UniqueConstraint("evidence", "series", "judged_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    evidence: str = Field(foreign_key="evidence.id", sa_type=Identifier)
    series: int = Field(foreign_key="series.id")
    verdict: str  # pass, fail, none
    fails: int  # 1 for a fail, which takes precedence at the same moment
    needs_review: int = 0  # 1: never accepted automatically
    first_day: date
    last_day: date
    explicit_end: date | None = None
    recorded_at: datetime = Field(sa_type=Moment)
    judged_at: datetime = Field(sa_type=Moment)  # for the first judgement equal to recorded_at
    reason: str = ""  # why there is no verdict, or what was judged


class CoverageCheck(SQLModel, table=True):
    """A failed check of a coverage."""

    __tablename__ = "coverage_check"

    coverage: int = Field(foreign_key="coverage.id", primary_key=True)
    check: str = Field(primary_key=True)
    reason: str = ""


class Judgement(SQLModel, table=True):
    """A judgement of evidence: its moment, policies, and the files of other registers it was compared with."""

    evidence: str = Field(foreign_key="evidence.id", primary_key=True, sa_type=Identifier)
    judged_at: datetime = Field(primary_key=True, sa_type=Moment)
    judged_by: str
    policies: dict[str, str] = Field(default_factory=dict, sa_type=Document)  # id → SHA-256 of its file
    compared: dict[str, list[str]] = Field(default_factory=dict, sa_type=Document)  # policy → SHA-256 of each file
    #: why someone else must look at it, as seen then; none: judged before these were recorded
    review_reasons: list[str] | None = Field(default=None, sa_type=Document, nullable=True)


class Review(SQLModel, table=True):
    """A review decision on evidence; the latest recorded decision applies."""

    __table_args__ = (Index("ix_review_latest", "evidence", "recorded_at", "decision"),)

    id: int | None = Field(default=None, primary_key=True)
    evidence: str = Field(foreign_key="evidence.id", sa_type=Identifier)
    decision: str  # accepted, rejected, withdrawn
    recorded_at: datetime = Field(sa_type=Moment)
    reviewed_by: str
    remark: str = ""
