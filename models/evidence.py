"""Evidence: files with the days they represent, the cells they cover with a verdict, and their review."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import Document, Identifier, Moment


class Cell(SQLModel, table=True):
    """A requirement for the organisation (both empty), a system, or a target of a system. Written at its first use."""

    __table_args__ = (UniqueConstraint("requirement", "system", "target"),)

    id: int | None = Field(default=None, primary_key=True)
    requirement: str
    system: str = ""
    target: str = ""


class Series(SQLModel, table=True):
    """The same tool on the same cell; for records and registers the cell (`tool` empty).

    `first_word_at` is when a person first said something of its evidence, by a review or a closing, when some of it was
    judged again, or when some that waits for a review whatever its requirement says was filed (the database keeps it,
    `migrations/first_word.py`). Until then the rule need not look for any of these.
    """

    __table_args__ = (UniqueConstraint("cell", "tool"),)

    id: int | None = Field(default=None, primary_key=True)
    cell: int = Field(foreign_key="cell.id")
    tool: str = ""
    first_word_at: datetime | None = Field(default=None, sa_type=Moment)


class Evidence(SQLModel, table=True):
    """Objective evidence (ISO 19011, 3.9). Never changed: a correction is newer evidence, or a review.

    `content_key` is the SHA-256 of files, cells, days and what was declared: the same evidence handed in twice is one.
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
    """One file of an evidence; its bytes are in the store under their SHA-256."""

    __tablename__ = "evidence_file"

    evidence: str = Field(foreign_key="evidence.id", primary_key=True, sa_type=Identifier)
    position: int = Field(primary_key=True)
    sha256: str = Field(index=True)
    name: str
    size: int
    media_type: str


class Coverage(SQLModel, table=True):
    """Evidence x cell, with its verdict. Days and moment repeat the evidence's, so that one index answers the rule.

    Evidence can be judged again: each judgement is a row, and the latest `judged_at` is the verdict. `needs_review`: it
    waits for someone else's review although its requirement accepts by itself.
    """

    __table_args__ = (
        Index("ix_coverage_newest", "series", "last_day", "recorded_at", "fails", "evidence", "verdict", "judged_at"),
        UniqueConstraint("evidence", "series", "judged_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    evidence: str = Field(foreign_key="evidence.id", sa_type=Identifier)
    series: int = Field(foreign_key="series.id")
    verdict: str  # pass, fail, none
    fails: int  # 1 for a fail: a fail stands before others of the same moment
    needs_review: int = 0  # 1: never accepted automatically
    first_day: date
    last_day: date
    explicit_end: date | None = None
    recorded_at: datetime = Field(sa_type=Moment)
    judged_at: datetime = Field(sa_type=Moment)  # the first judgement is of the moment of recording
    reason: str = ""  # why there is no verdict, or what was judged


class CoverageCheck(SQLModel, table=True):
    """A check that failed in one coverage."""

    __tablename__ = "coverage_check"

    coverage: int = Field(foreign_key="coverage.id", primary_key=True)
    check: str = Field(primary_key=True)
    reason: str = ""


class Judgement(SQLModel, table=True):
    """When evidence was judged, and with what: by which policies, compared with which files of other registers."""

    evidence: str = Field(foreign_key="evidence.id", primary_key=True, sa_type=Identifier)
    judged_at: datetime = Field(primary_key=True, sa_type=Moment)
    judged_by: str
    policies: dict[str, str] = Field(default_factory=dict, sa_type=Document)  # id → SHA-256 of its file
    compared: dict[str, list[str]] = Field(default_factory=dict, sa_type=Document)  # policy → SHA-256 of each file


class Review(SQLModel, table=True):
    """A reviewer's word on evidence; the latest recorded counts."""

    __table_args__ = (Index("ix_review_latest", "evidence", "recorded_at", "decision"),)

    id: int | None = Field(default=None, primary_key=True)
    evidence: str = Field(foreign_key="evidence.id", sa_type=Identifier)
    decision: str  # accepted, rejected, withdrawn
    recorded_at: datetime = Field(sa_type=Moment)
    reviewed_by: str
    remark: str = ""
